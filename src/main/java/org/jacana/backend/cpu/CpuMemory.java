package org.jacana.backend.cpu;

import org.jacana.backend.reference.HostMemory;

/** Host memory from the C library, given back at once when the pool drops it. */
final class CpuMemory extends HostMemory {
  /**
   * oneDNN's products with few terms read a little beyond their operand: memory of ours, then,
   * whose pages are never touched otherwise.
   */
  private static final int SLACK = 1 << 16;

  @Override
  protected Block take(int bytes) {
    long address = Native.allocate((long) bytes + Math.min(bytes, SLACK));
    return new Block(Native.view(address, bytes), address);
  }

  @Override
  protected void drop(Block block) {
    Native.free(block.address());
  }
}
