package org.jacana.backend.cuda;

import org.jacana.Device;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.Assumptions;

/** The CUDA backend on the stand-in driver, for tests. */
public final class CudaDevice {
  private CudaDevice() {}

  /** The backend; the calling test is skipped where the stand-ins cannot be built. */
  public static CudaBackend backend() {
    Assumptions.assumeTrue(CudaSim.available(), "needs Linux and g++");
    CudaSim.load();
    return (CudaBackend) Backends.of(Device.cuda(0));
  }
}
