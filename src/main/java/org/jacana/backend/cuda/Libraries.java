package org.jacana.backend.cuda;

import java.nio.file.Path;

/**
 * The CUDA driver and NVIDIA's libraries, each found and loaded when it is first asked for. Where
 * the driver is missing, no class of JCuda is touched and no process started.
 */
final class Libraries {
  private static final Failure NO_DRIVER =
      new Failure(
          "no NVIDIA driver is installed (the dynamic linker knows no libcuda.so.1)",
          "install NVIDIA's driver, and in a container pass the GPU in (docker run --gpus all)");

  private Libraries() {}

  private static final class Search {
    static final SearchPath PATH = SearchPath.ofSystem();
  }

  private static final class DriverLibrary {
    static final Path FILE;
    static final boolean ANSWERS;
    static final Failure FAILURE;

    static {
      Failure failure =
          Bindings.wrongPlatform(System.getProperty("os.name"), System.getProperty("os.arch"));
      // Class paths take longer to search than the driver's folders.
      FILE = failure == null ? Search.PATH.driver() : null;
      if (failure == null && FILE == null) {
        failure = NO_DRIVER;
      }
      if (failure == null) {
        failure = Bindings.missing(Libraries.class.getClassLoader());
      }
      if (failure == null) {
        failure = DriverCheck.load(FILE);
      }
      ANSWERS = failure == null;
      FAILURE = ANSWERS ? DriverCheck.start(FILE) : failure;
    }
  }

  private static final class Cublas {
    static final LibraryLoader.Outcome OUTCOME = load(Wanted.CUBLAS);
  }

  private static final class Cudnn {
    static final LibraryLoader.Outcome OUTCOME = load(Wanted.CUDNN);
  }

  private static final class Nvrtc {
    static final LibraryLoader.Outcome OUTCOME = load(Wanted.NVRTC);
  }

  private static LibraryLoader.Outcome load(Wanted w) {
    if (driverFailure() != null) {
      return new LibraryLoader.Outcome(w, null, 0, driverFailure());
    }
    return new LibraryLoader(Search.PATH, Driver.version()).load(w);
  }

  /** Where libraries are looked for. */
  static SearchPath search() {
    return Search.PATH;
  }

  /** The driver's library, or null. */
  static Path driverFile() {
    return DriverLibrary.FILE;
  }

  /** Whether the driver was loaded, so that it tells at least its version. */
  static boolean driverAnswers() {
    return DriverLibrary.ANSWERS;
  }

  /** Why the driver cannot be used; null where it can. */
  static Failure driverFailure() {
    return DriverLibrary.FAILURE;
  }

  /** How loading a library went; without a driver nothing is loaded. */
  static LibraryLoader.Outcome outcome(Wanted w) {
    return switch (w) {
      case CUBLAS -> Cublas.OUTCOME;
      case CUDNN -> Cudnn.OUTCOME;
      case NVRTC -> Nvrtc.OUTCOME;
    };
  }

  /** Why no GPU can be used here, in one sentence; null where one can. */
  static String whyNoDriver() {
    return driverFailure() == null ? null : driverFailure().sentence();
  }

  /**
   * Why a model cannot be trained on a GPU here, in one sentence; null where it can. Looks whether
   * cuBLAS and cuDNN are there and does not load them.
   */
  static String whyNoTraining() {
    if (driverFailure() != null) {
      return driverFailure().sentence();
    }
    LibraryLoader loader = new LibraryLoader(Search.PATH, Driver.version());
    for (Wanted w : new Wanted[] {Wanted.CUBLAS, Wanted.CUDNN}) {
      Failure failure = loader.locate(w).failure();
      if (failure != null) {
        return failure.sentence();
      }
    }
    return null;
  }

  /**
   * @throws UnsupportedOperationException where no GPU can be used
   */
  static void requireDriver() {
    require(driverFailure());
  }

  /**
   * Loads cuBLAS.
   *
   * @throws UnsupportedOperationException with what to do where it cannot be used
   */
  static void requireCublas() {
    require(Cublas.OUTCOME.failure());
  }

  /**
   * Loads cuDNN.
   *
   * @throws UnsupportedOperationException with what to do where it cannot be used
   */
  static void requireCudnn() {
    require(Cudnn.OUTCOME.failure());
  }

  /**
   * Loads NVRTC, the compiler of CUDA C++.
   *
   * @throws UnsupportedOperationException with what to do where it cannot be used
   */
  static void requireNvrtc() {
    require(Nvrtc.OUTCOME.failure());
  }

  private static void require(Failure failure) {
    if (failure != null) {
      throw new UnsupportedOperationException(failure.sentence());
    }
  }
}
