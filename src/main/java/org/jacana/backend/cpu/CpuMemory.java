package org.jacana.backend.cpu;

import org.jacana.backend.reference.HostMemory;

/** Host memory from the C library, given back at once when the pool drops it. */
final class CpuMemory extends HostMemory {
  @Override
  protected Block take(int bytes) {
    long address = Native.allocate(bytes);
    return new Block(Native.view(address, bytes), address);
  }

  @Override
  protected void drop(Block block) {
    Native.free(block.address());
  }
}
