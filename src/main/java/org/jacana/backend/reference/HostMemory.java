package org.jacana.backend.reference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import org.jacana.backend.Buffer;
import org.jacana.backend.BufferListener;

/**
 * A pool of 64-byte-aligned host memory by size class. Blocks given back are kept for the next
 * request of their class, because fresh memory costs a page fault per 4 KiB; when memory runs out
 * the pool gives everything unused back and tries once more. Safe for use by several threads.
 */
public class HostMemory {
  /** A host tensor is addressed by a Java buffer, whose index is an int. */
  private static final long LARGEST = Integer.MAX_VALUE - 64L;

  private static final boolean POISON = Boolean.getBoolean("jacana.poison");

  /** Memory and its address. */
  public record Block(ByteBuffer memory, long address) {}

  private final Map<Integer, ArrayDeque<Block>> free = new TreeMap<>();
  private long live;
  private long peak;
  private long cached;
  private volatile BufferListener listener;

  /** What the thread takes its memory from while it records a step. */
  private final ThreadLocal<Reserve> recording = new ThreadLocal<>();

  /** Over all threads. */
  private volatile int recordings;

  /** Fresh memory of exactly this size; the address is 0 when nobody will ask for it. */
  protected Block take(int bytes) {
    ByteBuffer b =
        ByteBuffer.allocateDirect(bytes + 64).alignedSlice(64).order(ByteOrder.nativeOrder());
    return new Block(b, 0);
  }

  /** Returns memory to the system. */
  protected void drop(Block block) {
    // A direct buffer that nothing refers to is freed by the JDK.
  }

  /** A buffer of at least these bytes, uninitialised. */
  public HostBuffer allocate(long bytes) {
    if (bytes > LARGEST) {
      throw new IllegalArgumentException(
          "allocate: a tensor in host memory holds at most 2 GiB, asked for "
              + bytes
              + " bytes; split it along its first axis");
    }
    int size = sizeClass((int) bytes);
    Reserve reserve = reserve();
    Block block;
    synchronized (this) {
      block = reserve == null ? null : reserve.poll(size);
      ArrayDeque<Block> list = block == null ? free.get(size) : null;
      if (list != null) {
        block = list.pollLast();
        cached -= block == null ? 0 : size;
      }
    }
    if (block == null) {
      block = takeOrTrim(size);
    }
    synchronized (this) {
      live += bytes;
      peak = Math.max(peak, live);
    }
    if (POISON) {
      for (int i = 0; i + 8 <= size; i += 8) {
        block.memory().putLong(i, -1L);
      }
    }
    HostBuffer made = new HostBuffer(this, reserve, block, bytes);
    BufferListener hears = listener;
    if (hears != null) {
      hears.made(made);
    }
    return made;
  }

  private Block takeOrTrim(int size) {
    try {
      return take(size);
    } catch (OutOfMemoryError first) {
      trim();
      try {
        return take(size);
      } catch (OutOfMemoryError second) {
        OutOfMemoryError e =
            new OutOfMemoryError(
                "allocate: no "
                    + size
                    + " bytes of host memory left ("
                    + liveBytes()
                    + " in use by tensors); use a smaller batch, close tensors earlier, or raise"
                    + " -XX:MaxDirectMemorySize");
        e.initCause(second);
        throw e;
      }
    }
  }

  /** Four classes per power of two waste at most a quarter. */
  static int sizeClass(int bytes) {
    if (bytes <= 64) {
      return 64;
    }
    int step = Integer.highestOneBit(bytes - 1) / 4;
    long up = ((long) bytes + step - 1) / step * step;
    return (int) Math.min((up + 63) / 64 * 64, LARGEST);
  }

  /** What this thread's buffers belong to while it records a step, else null. */
  Reserve reserve() {
    return recordings == 0 ? null : recording.get();
  }

  /** From now on this thread's buffers come from memory of their own, until {@link #leave}. */
  synchronized Reserve separate() {
    Reserve made = new Reserve();
    recording.set(made);
    recordings++;
    return made;
  }

  /** Back to the memory of all. */
  synchronized void leave() {
    recording.remove();
    recordings--;
  }

  /** Ends a reserve: what it has is everybody's. */
  synchronized void drop(Reserve reserve) {
    reserve
        .drop()
        .forEach(
            (size, blocks) -> {
              cached += (long) size * blocks.size();
              list(size).addAll(blocks);
            });
  }

  private ArrayDeque<Block> list(int size) {
    return free.computeIfAbsent(size, k -> new ArrayDeque<>());
  }

  void giveBack(Buffer buffer, Reserve reserve, Block block) {
    giveBack(block, reserve, buffer.bytes());
    BufferListener hears = listener;
    if (hears != null) {
      hears.freed(buffer);
    }
  }

  private synchronized void giveBack(Block block, Reserve reserve, long bytes) {
    live -= bytes;
    // The block may be larger than its class, by what alignment left over.
    int size = sizeClass((int) bytes);
    if (reserve == null || reserve.dropped()) {
      cached += size;
      list(size).addLast(block);
    } else {
      reserve.add(size, block);
    }
  }

  /** Gives unused memory back to the system. */
  public synchronized void trim() {
    free.values().forEach(list -> list.forEach(this::drop));
    free.clear();
    cached = 0;
  }

  public synchronized long liveBytes() {
    return live;
  }

  public synchronized long peakBytes() {
    return peak;
  }

  /** Lets {@link #peakBytes} begin anew, with what is live now. */
  public synchronized void resetPeak() {
    peak = live;
  }

  /** Sets who hears of buffers from now on; null for nobody. */
  public void listen(BufferListener hears) {
    listener = hears;
  }

  /** Bytes kept for reuse. */
  public synchronized long cachedBytes() {
    return cached;
  }
}
