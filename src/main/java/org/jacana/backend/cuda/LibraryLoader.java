package org.jacana.backend.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds and loads one of NVIDIA's libraries by its full path, with what it needs, and then JCuda's
 * half of it: the dynamic linker satisfies that one by name from what is already loaded.
 */
final class LibraryLoader {
  /**
   * How it went: the file and its version of the name, and why it failed, null where it did not.
   */
  record Outcome(Wanted library, Path file, int major, Failure failure) {
    boolean ok() {
      return failure == null;
    }
  }

  private static final List<Integer> CUDA = List.of(12, 13);

  private final SearchPath search;
  private final int driver;

  /**
   * @param driver the CUDA version of the driver; 0 where there is none
   */
  LibraryLoader(SearchPath search, int driver) {
    this.search = search;
    this.driver = driver;
  }

  /** Loads the first usable version. */
  Outcome load(Wanted w) {
    Outcome first = null;
    for (int major : w.majors()) {
      Path file = null;
      Failure failure;
      try {
        file = search.find(w.file(major));
        if (file == null) {
          continue;
        }
        failure = fits(w, file, major);
        if (failure == null) {
          open(w, file, major);
          return new Outcome(w, file, major, null);
        }
      } catch (IOException | UncheckedIOException | LinkageError | IllegalArgumentException e) {
        failure = DriverCheck.cannotLoad(file == null ? w.file(major) : file.toString(), e);
      }
      if (first == null) {
        first = new Outcome(w, file, major, failure);
      }
    }
    return first != null ? first : new Outcome(w, null, 0, notFound(w));
  }

  /** Finds the first usable version and leaves it at that. */
  Outcome locate(Wanted w) {
    Outcome first = null;
    for (int major : w.majors()) {
      Path file = search.find(w.file(major));
      if (file != null) {
        Outcome o = new Outcome(w, file, major, fits(w, file, major));
        if (o.ok()) {
          return o;
        }
        first = first == null ? o : first;
      }
    }
    return first != null ? first : new Outcome(w, null, 0, notFound(w));
  }

  private Failure notFound(Wanted w) {
    return new Failure(
        w.linkedFor()
            + " ("
            + w.title()
            + ", for "
            + w.use()
            + ") was not found in "
            + String.join(", ", search.tried()),
        w.fix());
  }

  /** CUDA 13's libraries start only on a driver of CUDA 13. */
  private Failure fits(Wanted w, Path file, int major) {
    return w == Wanted.CUDNN || driver == 0 || driver >= 1000 * major || major == 12
        ? null
        : new Failure(
            w.title()
                + " is there only for CUDA "
                + major
                + " ("
                + file
                + "), and the driver is for CUDA "
                + DriverCheck.text(driver),
            "install driver 580 or newer, or " + w.fix());
  }

  private void open(Wanted w, Path file, int major) throws IOException {
    if (w == Wanted.CUDNN) {
      openForCudnn(file);
    }
    boolean beside = Elf.map(file).looksBeside();
    for (String part : w.before(major)) {
      Path p = file.resolveSibling(part);
      boolean there = Files.isRegularFile(p);
      // Left to the linker where it finds it: not every part is needed in every run.
      if (!(there && beside)) {
        load(there ? p : search.find(part));
      }
    }
    if (w == Wanted.NVRTC) {
      load(builtins(file, major));
    }
    load(file);
    Bindings.load(w.type(), w.binding(), w.linkedFor(), w.file(major));
  }

  /** cuDNN opens cuBLAS and NVRTC by name, of the CUDA version that it was made for. */
  private void openForCudnn(Path cudnn) throws IOException {
    List<Integer> there = new ArrayList<>();
    for (int major : CUDA) {
      if (search.find("libcublasLt.so." + major) != null) {
        there.add(major);
      }
    }
    for (int major : there) {
      if (there.size() == 1 || asksFor(cudnn, "libcublasLt.so." + major)) {
        load(search.find("libcublasLt.so." + major));
        load(search.find("libcublas.so." + major));
        Path nvrtc = search.find("libnvrtc.so." + major);
        if (nvrtc != null) {
          load(builtins(nvrtc, major));
          load(nvrtc);
        }
      }
    }
  }

  private static boolean asksFor(Path cudnn, String library) throws IOException {
    for (String part : List.of("libcudnn_graph.so.9", "libcudnn_ops.so.9", "libcudnn.so.9")) {
      Path p = cudnn.resolveSibling(part);
      if (Files.isRegularFile(p)) {
        Elf elf = Elf.map(p);
        if (elf.needed().contains(library)
            || elf.mentions(library.getBytes(StandardCharsets.ISO_8859_1))) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * NVRTC's second file, whose name has the exact version; the artifact's is found by name only.
   */
  private Path builtins(Path nvrtc, int major) {
    for (int minor = 9; minor >= 0; minor--) {
      String name = "libnvrtc-builtins.so." + major + "." + minor;
      Path p = nvrtc.resolveSibling(name);
      if (Files.isRegularFile(p)) {
        return p;
      }
      p = search.find(name);
      if (p != null) {
        return p;
      }
    }
    return null;
  }

  private static void load(Path file) {
    if (file != null) {
      System.load(file.toString());
    }
  }
}
