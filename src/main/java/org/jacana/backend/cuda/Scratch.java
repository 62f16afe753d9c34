package org.jacana.backend.cuda;

import jcuda.Pointer;

/**
 * Device memory for one call. Everything runs on one stream, so it may be closed, and used again by
 * a later call, while the kernels that use it are still waiting to run.
 */
record Scratch(CudaBuffer buffer) implements AutoCloseable {
  long address() {
    return buffer.address();
  }

  Pointer pointer() {
    return buffer.pointer(0);
  }

  long bytes() {
    return buffer.bytes();
  }

  @Override
  public void close() {
    buffer.release();
  }
}
