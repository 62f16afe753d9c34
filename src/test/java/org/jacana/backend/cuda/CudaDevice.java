package org.jacana.backend.cuda;

import org.jacana.Device;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.Assumptions;

/** The GPU that tests run on: the stand-in, or with -Djacana.test.cuda=real the machine's own. */
public final class CudaDevice {
  private CudaDevice() {}

  /** Why there is none to test on; null where there is one. Loads the stand-in. */
  public static synchronized String whyNot() {
    if ("real".equals(System.getProperty("jacana.test.cuda"))) {
      return Backends.whyNoCuda();
    }
    if (!CudaSim.available()) {
      return "the stand-in for a GPU needs Linux and g++";
    }
    CudaSim.load();
    System.setProperty("jacana.cuda.libraries", CudaSim.build().toString());
    return Backends.whyNoCuda();
  }

  /** Whether tests use the stand-in. */
  public static boolean simulated() {
    return !"real".equals(System.getProperty("jacana.test.cuda"));
  }

  /** The backend; the calling test is skipped where there is none. */
  public static CudaBackend backend() {
    String reason = whyNot();
    Assumptions.assumeTrue(reason == null, () -> "no GPU, real or not: " + reason);
    return (CudaBackend) Backends.of(Device.cuda(0));
  }
}
