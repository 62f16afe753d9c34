package org.jacana.backend.cpu;

import org.jacana.Device;
import org.jacana.backend.reference.ReferenceBackend;

/** The host's processor: plain Java kernels on several threads, oneDNN where it is faster. */
public final class CpuBackend extends ReferenceBackend {
  @Override
  public Device device() {
    return Device.CPU;
  }
}
