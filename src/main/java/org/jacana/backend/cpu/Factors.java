package org.jacana.backend.cpu;

/** Numbers in native memory, where oneDNN reads them. */
final class Factors implements AutoCloseable {
  private final Scratch memory;

  Factors(float... values) {
    memory = Scratch.lend(4L * values.length);
    memory.floats().put(0, values);
  }

  /** The address of one of them. */
  long at(int i) {
    return memory.address() + 4L * i;
  }

  @Override
  public void close() {
    memory.close();
  }
}
