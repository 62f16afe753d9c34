package org.jacana.backend.cuda;

import org.jacana.Device;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.Assumptions;

/** The GPU that tests run on: the stand-in, or with -Djacana.test.cuda=real the machine's. */
final class CudaDevice {
  private CudaDevice() {}

  /** Ends the test as skipped where there is none. */
  static CudaBackend backend() {
    if (!"real".equals(System.getProperty("jacana.test.cuda"))) {
      Assumptions.assumeTrue(CudaSim.available(), "no stand-in for a GPU on this machine");
      CudaSim.load();
    }
    Backend b = Backends.of(Device.cuda(0));
    return (CudaBackend) b;
  }
}
