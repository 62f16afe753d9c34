package org.jacana.backend.cuda;

import static org.jacana.backend.cuda.Driver.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * Page-locked host memory, the only host memory that an asynchronous copy may name. Freed by {@link
 * #close}.
 */
final class Pinned implements AutoCloseable {
  /** A pointer that tells its address. */
  private static final class Block extends Pointer {
    long value() {
      return getNativePointer();
    }
  }

  private final Block block = new Block();
  private final ByteBuffer bytes;

  Pinned(int size) {
    check(JCudaDriver.cuMemHostAlloc(block, size, 0), "cuMemHostAlloc");
    bytes = block.getByteBuffer(0, size).order(ByteOrder.nativeOrder());
  }

  ByteBuffer bytes() {
    return bytes;
  }

  Pointer pointer() {
    return block;
  }

  Pointer pointer(long offset) {
    return block.withByteOffset(offset);
  }

  long address() {
    return block.value();
  }

  int size() {
    return bytes.capacity();
  }

  @Override
  public void close() {
    check(JCudaDriver.cuMemFreeHost(block), "cuMemFreeHost");
  }
}
