package org.jacana.backend.cpu;

/** Numbers in native memory, where oneDNN reads them. */
final class Factors implements AutoCloseable {
  private final long address;

  Factors(float... values) {
    address = Native.allocate(4L * values.length);
    Native.view(address, 4L * values.length).asFloatBuffer().put(values);
  }

  /** The address of one of them. */
  long at(int i) {
    return address + 4L * i;
  }

  @Override
  public void close() {
    Native.free(address);
  }
}
