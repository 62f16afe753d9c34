package org.jacana;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Buffers through which arrays go to and from a device: one per thread, used again and again, so
 * that a training loop makes no garbage by uploading its batches.
 */
final class Staging {
  /** What a thread may hold on to; arrays that are longer go in pieces. */
  static final int KEPT = 8 << 20;

  private static final ThreadLocal<ByteBuffer> BUFFER = new ThreadLocal<>();

  private Staging() {}

  /** A buffer of its own. */
  static ByteBuffer fresh(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  /** A buffer to be done with before the thread's next call. */
  static ByteBuffer lend(long bytes) {
    if (bytes > KEPT) {
      return fresh(bytes);
    }
    ByteBuffer b = BUFFER.get();
    if (b == null || b.capacity() < bytes) {
      b = fresh(Math.max(4096, Math.min(KEPT, 2 * bytes)));
      BUFFER.set(b);
    }
    b.clear().limit((int) bytes);
    return b;
  }
}
