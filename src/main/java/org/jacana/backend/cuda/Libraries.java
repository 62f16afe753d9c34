package org.jacana.backend.cuda;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds and loads the CUDA libraries. */
final class Libraries {
  private Libraries() {}

  private static final class Loaded {
    static final String REASON = load();

    private static String load() {
      try {
        String folder = System.getProperty("jacana.cuda.libraries");
        if (folder != null) {
          for (String name : new String[] {"libcuda.so.1", "libcublas.so.12", "libcudnn.so.9"}) {
            Path p = Path.of(folder, name).toAbsolutePath();
            if (Files.exists(p)) {
              System.load(p.toString());
            }
          }
        }
        Driver.start();
        return Driver.deviceCount() > 0 ? null : "the driver sees no GPU";
      } catch (CudaException | LinkageError e) {
        return e.getMessage().lines().findFirst().orElse("no reason");
      }
    }
  }

  /** Why no GPU can be used here; null where one can. */
  static String whyNoDriver() {
    return Loaded.REASON;
  }

  static void requireDriver() {
    if (Loaded.REASON != null) {
      throw new UnsupportedOperationException(Loaded.REASON);
    }
  }

  /** Loads cuBLAS. */
  static void requireCublas() {
    requireDriver();
  }

  /** Loads cuDNN. */
  static void requireCudnn() {
    requireDriver();
  }
}
