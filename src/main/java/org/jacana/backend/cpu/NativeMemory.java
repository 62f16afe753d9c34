package org.jacana.backend.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.LongAdder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/** The calls behind {@link Native}'s memory, which checks their arguments. */
final class NativeMemory {
  private static final LongAdder TAKEN = new LongAdder();
  private static final LongAdder CALLS = new LongAdder();

  private NativeMemory() {}

  /** Bytes asked of the system so far. */
  static long taken() {
    return TAKEN.sum();
  }

  /** How often the system was asked for memory. */
  static long calls() {
    return CALLS.sum();
  }

  static long allocate(long bytes) {
    TAKEN.add(bytes);
    CALLS.increment();
    Pointer block = Pointer.malloc(bytes + 2L * Native.ALIGNMENT);
    if (block == null || block.isNull()) {
      throw new OutOfMemoryError("allocate: the system has no block of " + bytes + " bytes");
    }
    long start = block.address();
    long aligned = (start + 2L * Native.ALIGNMENT - 1) & -Native.ALIGNMENT;
    // The block's start goes into the eight bytes before the aligned address: free needs it.
    new LongPointer(new Address(aligned - Long.BYTES)).put(start);
    return aligned;
  }

  static void free(long address) {
    long start = new LongPointer(new Address(address - Long.BYTES)).get();
    Pointer.free(new Address(start));
  }

  static ByteBuffer view(long address, long bytes) {
    BytePointer p = new BytePointer(new Address(address));
    return p.capacity(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  static long address(ByteBuffer direct) {
    Pointer p = new Pointer(direct);
    return p.address() + p.position();
  }

  static void copy(long to, long from, long bytes) {
    Pointer.memmove(new Address(to), new Address(from), bytes);
  }

  static void zero(long address, long bytes) {
    Pointer.memset(new Address(address), 0, bytes);
  }
}
