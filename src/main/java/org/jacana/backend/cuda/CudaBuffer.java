package org.jacana.backend.cuda;

import org.jacana.backend.Buffer;

/** Device memory lent by a {@link Memory}. */
final class CudaBuffer extends Buffer {
  private final Memory owner;
  private final Arena.Block block;

  CudaBuffer(Memory owner, Arena.Block block, long bytes) {
    super(bytes);
    this.owner = owner;
    this.block = block;
  }

  Memory owner() {
    return owner;
  }

  /** The device address of the first byte. */
  long address() {
    return block.address();
  }

  /** The same as {@link #address} in JCuda's form, moved by some bytes. */
  Address pointer(long offset) {
    return offset == 0 && block.offset() == 0
        ? block.slab().base()
        : block.slab().base().withByteOffset(block.offset() + offset);
  }

  @Override
  protected void free() {
    owner.giveBack(block, bytes());
  }
}
