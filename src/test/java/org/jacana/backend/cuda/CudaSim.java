package org.jacana.backend.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * A CUDA driver without a GPU: builds the stand-ins in {@code src/test/cuda-sim} with g++, loads
 * them before JCuda asks for the real libraries, and controls them. See the README in that folder.
 */
final class CudaSim {
  private static final Path SOURCES = Path.of("src/test/cuda-sim").toAbsolutePath();
  private static final Path KERNELS =
      Path.of(System.getProperty("jacana.sim.kernels", "cuda")).toAbsolutePath();
  private static final Path TARGET = Path.of("target/cuda-sim").toAbsolutePath();

  /** With -Djacana.sim.check=true every access of a kernel is looked at, for bounds and races. */
  private static final boolean CHECK = Boolean.getBoolean("jacana.sim.check");

  private static boolean loaded;

  private CudaSim() {}

  /**
   * Whether this machine can build and load the stand-ins: Linux with g++, on a known processor.
   */
  static boolean available() {
    String arch = System.getProperty("os.arch");
    return System.getProperty("os.name").equals("Linux")
        && List.of("amd64", "x86_64", "aarch64").contains(arch)
        && Files.isDirectory(SOURCES)
        && hasCompiler();
  }

  private static boolean hasCompiler() {
    try {
      Process process =
          new ProcessBuilder("g++", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * The folder with the built libraries; builds only when a source changed since the last time.
   *
   * @throws IllegalStateException with the compiler's words, when it does not build
   */
  static synchronized Path build() {
    try {
      Files.createDirectories(TARGET);
      try (FileChannel lock =
              FileChannel.open(
                  TARGET.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var held = lock.lock()) {
        Path out = TARGET.resolve(hash());
        if (!held.isValid() || !Files.isDirectory(out)) {
          compile(out);
        }
        return out;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void compile(Path out) throws IOException {
    Path log = TARGET.resolve("build.log");
    ProcessBuilder builder =
        new ProcessBuilder("bash", SOURCES.resolve("build.sh").toString(), out.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("SIM_KERNELS", KERNELS.toString());
    builder.environment().put("SIM_CHECK", CHECK ? "1" : "");
    Process process = builder.start();
    try {
      if (process.waitFor() == 0) {
        return;
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
    }
    throw new IllegalStateException("cuda-sim does not build:\n" + Files.readString(log));
  }

  /** Of every file that the build reads, with its name. */
  private static String hash() throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    TreeSet<Path> files = new TreeSet<>();
    for (Path folder : List.of(SOURCES, KERNELS)) {
      if (Files.isDirectory(folder)) {
        Files.walkFileTree(
            folder,
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().matches(".*\\.(cpp|cu|cuh|h|ld|map|sh)")) {
                  files.add(file);
                }
                return FileVisitResult.CONTINUE;
              }
            });
      }
    }
    digest.update((byte) (CHECK ? 1 : 0));
    for (Path file : files) {
      digest.update(file.toString().getBytes(StandardCharsets.UTF_8));
      digest.update(Files.readAllBytes(file));
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  /**
   * Makes this process use the stand-ins: JCuda's libraries then find their sonames in memory. Once
   * per process; later calls do nothing.
   *
   * @throws IllegalStateException if JCuda was used before and is bound to other libraries, or has
   *     failed to find any
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    if (mapped("libJCudaDriver")) {
      throw new IllegalStateException(
          "cuda-sim: JCuda was loaded before the stand-ins; call CudaSim.load() first, or in a"
              + " process of its own");
    }
    Path folder = build();
    for (String name : List.of("libcuda.so.1", "libcublas.so.12", "libcudnn.so.9")) {
      Path library = folder.resolve(name);
      if (Files.exists(library)) {
        System.load(library.toString());
      }
    }
    System.setProperty("jacana.cuda.libraries", folder.toString());
    loaded = true;
  }

  /** Whether the process has a library of this name in memory. */
  private static boolean mapped(String name) {
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.anyMatch(line -> line.contains("/" + name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lets a call fail: the {@code nth} from now (1 is the next), once or from then on.
   *
   * @param function its name without a version, {@code cuMemAlloc} or {@code cublasGemmEx}
   * @param status what it returns then, without doing anything
   */
  static void failCall(String function, int nth, boolean forEver, int status) {
    failCall0(function, nth, forEver, status);
  }

  /**
   * How often a function was called since {@link #reset}: of the driver or a stand-in by its name,
   * launches of a kernel by {@code kernel:name}, asynchronous copies of memory that is not pinned
   * by {@code unpinned}.
   */
  static long calls(String function) {
    return calls0(function);
  }

  /** Blocks of device memory that are not freed. */
  static long liveAllocations() {
    return live0(false, false);
  }

  /** Bytes of device memory that are not freed. */
  static long liveBytes() {
    return live0(false, true);
  }

  /** Blocks of pinned host memory that are not freed. */
  static long livePinned() {
    return live0(true, false);
  }

  /** True (the default): a stream's work runs when somebody waits for it. False: at once. */
  static void late(boolean late) {
    set0(0, late ? 1 : 0);
  }

  /** Runs threads, blocks and free nodes of graphs in an order made from the seed; 0: in order. */
  static void shuffle(long seed) {
    set0(1, seed);
  }

  /** The device's whole memory; 2 GiB by default. */
  static void memory(long bytes) {
    set0(2, bytes);
  }

  /**
   * To what multiple blocks of device memory are aligned, 256 by default as on a device. With 16
   * the guard begins within 15 bytes of a block's end.
   */
  static void alignment(int bytes) {
    if (Integer.bitCount(bytes) != 1 || bytes < 16 || bytes > 4096) {
      throw new IllegalArgumentException(
          "alignment: a power of two from 16 to 4096 is needed, got " + bytes);
    }
    set0(3, bytes);
  }

  /** What cuDriverGetVersion says, 12080 by default; also bounds the PTX version that loads. */
  static void driverVersion(int version) {
    set0(4, version);
  }

  /** Overrides an attribute of the device, by its CUdevice_attribute number. */
  static void attribute(int attribute, int value) {
    attribute0(attribute, value);
  }

  /** The words of the last error: which kernel, block, thread and address, or which argument. */
  static String lastError() {
    return lastError0();
  }

  /**
   * Back to the defaults: no failures, counters 0, a healthy context, no work and no capture
   * pending. Memory, modules, streams and contexts stay.
   */
  static void reset() {
    reset0();
  }

  private static native void failCall0(String function, int nth, boolean forEver, int status);

  private static native long calls0(String function);

  private static native long live0(boolean host, boolean bytes);

  private static native void set0(int what, long value);

  private static native void attribute0(int attribute, int value);

  private static native String lastError0();

  private static native void reset0();
}
