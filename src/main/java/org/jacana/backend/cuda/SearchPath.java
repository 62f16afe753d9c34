package org.jacana.backend.cuda;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Where CUDA's libraries may be, in the order in which they are looked for: the linker's folders,
 * CUDA's own, those of Python packages, and the class path. A folder named by the user stands for
 * all of these.
 */
final class SearchPath {
  /** What names a folder (or more, apart by colons) that is searched in place of all others. */
  static final String PROPERTY = "jacana.cuda.libraries";

  /** The same as {@link #PROPERTY}, as an environment variable. */
  static final String VARIABLE = "JACANA_CUDA_LIBRARIES";

  private static final String DRIVER = "libcuda.so.1";

  /** A kind of place: its name in messages, a library in it or null, its folders or null. */
  private record Place(String name, Function<String, Path> find, Supplier<List<Path>> folders) {
    String withFolders() {
      if (folders == null) {
        return name;
      }
      List<String> there =
          folders.get().stream().filter(Files::isDirectory).map(Path::toString).toList();
      return name + ": " + (there.isEmpty() ? "none" : String.join(", ", there));
    }
  }

  private final Path root;
  private final Map<String, String> environment;
  private final Path home;
  private final List<Place> own = new ArrayList<>();
  private final List<Place> linker = new ArrayList<>();
  private final List<Place> cuda = new ArrayList<>();

  /**
   * @param root what stands for the file system's root
   * @param environment the environment's variables
   * @param home the user's folder
   * @param given the folders named by the user, or null
   * @param classPath finds a library on the class path
   */
  SearchPath(
      Path root,
      Map<String, String> environment,
      Path home,
      String given,
      Function<String, Path> classPath) {
    this.root = root;
    this.environment = environment;
    this.home = home;
    if (given != null && !given.isBlank()) {
      own.add(folders(PROPERTY + " (" + given + ")", split(given)));
    }
    linker.add(folders("LD_LIBRARY_PATH", split(environment.get("LD_LIBRARY_PATH"))));
    linker.add(cache());
    linker.add(
        folders(
            "the linker's folders",
            under(
                "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib64", "usr/lib64", "lib")));
    cuda.add(lazily("CUDA's folders", this::cudaFolders));
    cuda.add(lazily("Python's site-packages/nvidia", this::pythonFolders));
    cuda.add(new Place("the class path", classPath, null));
  }

  /** The places of this system. */
  static SearchPath ofSystem() {
    String given = System.getProperty(PROPERTY);
    Map<String, String> environment = System.getenv();
    return new SearchPath(
        Path.of("/"),
        environment,
        Path.of(System.getProperty("user.home", "/")),
        given == null ? environment.get(VARIABLE) : given,
        Redist::find);
  }

  /** The file of a CUDA library, or null. */
  Path find(String library) {
    return find(places(), library);
  }

  /** The file of the driver's library, or null: the linker's folders and those of containers. */
  Path driver() {
    List<Place> places = new ArrayList<>(own);
    places.addAll(linker);
    places.add(
        folders(
            "the folders of containers",
            under(
                "usr/local/nvidia/lib64",
                "usr/local/nvidia/lib",
                "usr/lib/wsl/lib",
                "run/opengl-driver/lib")));
    return find(places, DRIVER);
  }

  private static Path find(List<Place> places, String library) {
    for (Place p : places) {
      Path f = p.find().apply(library);
      if (f != null) {
        return f;
      }
    }
    return null;
  }

  private List<Place> places() {
    if (!own.isEmpty()) {
      return own;
    }
    List<Place> all = new ArrayList<>(linker);
    all.addAll(cuda);
    return all;
  }

  /** The names of the places searched for CUDA's libraries. */
  List<String> tried() {
    return places().stream().map(Place::name).toList();
  }

  /** The places searched for CUDA's libraries, with those of their folders that exist. */
  List<String> triedFolders() {
    return places().stream().map(Place::withFolders).toList();
  }

  private static Place folders(String name, List<Path> folders) {
    return new Place(name, library -> in(folders, library), () -> folders);
  }

  /** Lists folders when a library is first looked for there. */
  private static Place lazily(String name, Supplier<List<Path>> folders) {
    Supplier<List<Path>> once =
        new Supplier<>() {
          private List<Path> known;

          @Override
          public synchronized List<Path> get() {
            if (known == null) {
              known = folders.get();
            }
            return known;
          }
        };
    return new Place(name, library -> in(once.get(), library), once);
  }

  private Place cache() {
    return new Place(
        "the linker's cache",
        new Function<>() {
          private Map<String, String> known;

          @Override
          public synchronized Path apply(String library) {
            if (known == null) {
              known = LinkerCache.read(root.resolve("etc/ld.so.cache"));
            }
            String p = known.get(library);
            return p != null && Files.isRegularFile(Path.of(p)) ? Path.of(p) : null;
          }
        },
        null);
  }

  private static Path in(List<Path> folders, String library) {
    for (Path folder : folders) {
      Path p = folder.resolve(library);
      if (Files.isRegularFile(p)) {
        return p.toAbsolutePath();
      }
    }
    return null;
  }

  private static List<Path> split(String folders) {
    if (folders == null) {
      return List.of();
    }
    List<Path> out = new ArrayList<>();
    for (String f : folders.split(":")) {
      try {
        if (!f.isBlank()) {
          out.add(Path.of(f));
        }
      } catch (InvalidPathException e) {
        // No folder has that name.
        continue;
      }
    }
    return out;
  }

  private List<Path> under(String... folders) {
    return Arrays.stream(folders).map(root::resolve).toList();
  }

  private List<Path> cudaFolders() {
    Set<Path> homes = new LinkedHashSet<>();
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH", "CUDA_ROOT")) {
      homes.addAll(split(environment.get(variable)));
    }
    homes.add(root.resolve("usr/local/cuda"));
    homes.addAll(matching(root.resolve("usr/local"), "cuda-*"));
    homes.add(root.resolve("opt/cuda"));
    List<Path> out = new ArrayList<>();
    for (Path h : homes) {
      out.add(h.resolve("lib64"));
      out.add(h.resolve("targets/x86_64-linux/lib"));
      out.add(h.resolve("lib"));
    }
    return out;
  }

  /** Folders with libraries in NVIDIA's packages, as pip and conda lay them out. */
  private List<Path> pythonFolders() {
    Set<Path> packages = new LinkedHashSet<>();
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      split(environment.get(variable)).forEach(p -> addPackages(packages, p));
    }
    packages.addAll(split(environment.get("PYTHONPATH")));
    addPackages(packages, home.resolve(".local"));
    addPackages(packages, root.resolve("usr/local"));
    addPackages(packages, root.resolve("usr"));
    for (String conda : List.of("miniconda3", "anaconda3", "miniforge3")) {
      addPackages(packages, home.resolve(conda));
      addPackages(packages, root.resolve("opt").resolve(conda));
    }
    addPackages(packages, root.resolve("opt/conda"));
    Set<Path> out = new LinkedHashSet<>();
    for (Path p : packages) {
      matching(p.resolve("nvidia"), "*").forEach(one -> out.add(one.resolve("lib")));
    }
    split(environment.get("CONDA_PREFIX")).forEach(p -> out.add(p.resolve("lib")));
    return List.copyOf(out);
  }

  private static void addPackages(Set<Path> to, Path prefix) {
    for (Path lib : matching(prefix.resolve("lib"), "python3*")) {
      to.add(lib.resolve("site-packages"));
      to.add(lib.resolve("dist-packages"));
    }
  }

  /** Folders whose names match, the newest version first. */
  private static List<Path> matching(Path folder, String glob) {
    List<Path> out = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return out;
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
      found.forEach(out::add);
    } catch (IOException e) {
      // A folder that may not be read holds nothing to load either.
      return out;
    }
    Collections.sort(out, Collections.reverseOrder());
    return out;
  }
}
