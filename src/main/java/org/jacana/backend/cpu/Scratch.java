package org.jacana.backend.cpu;

import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Native memory for the length of one call, kept for the next ones: in the steady state of a
 * training run nothing is asked of the system. Safe for use by several threads, each with a block
 * of its own.
 */
final class Scratch implements AutoCloseable {
  /**
   * Whatever is smaller gets a block of this size, so that one fits all; pages unused cost none.
   */
  private static final long SMALL = 1 << 20;

  private static final ArrayDeque<Scratch> BLOCKS = new ArrayDeque<>();
  private static final ArrayDeque<Scratch> LARGE = new ArrayDeque<>();

  private final ArrayDeque<Scratch> home;
  private long address;
  private long bytes;
  private FloatBuffer floats;

  private Scratch(ArrayDeque<Scratch> home) {
    this.home = home;
  }

  /** At least so many bytes of any values, until closed. */
  static Scratch lend(long bytes) {
    ArrayDeque<Scratch> home = bytes <= SMALL ? BLOCKS : LARGE;
    Scratch s;
    synchronized (BLOCKS) {
      s = home.pollLast();
    }
    if (s == null) {
      s = new Scratch(home);
    }
    s.hold(Math.max(bytes, SMALL));
    return s;
  }

  private void hold(long wanted) {
    if (wanted > bytes) {
      destroy();
      address = Native.allocate(wanted);
      bytes = wanted;
      floats = Native.view(address, Math.min(wanted, Integer.MAX_VALUE)).asFloatBuffer();
    }
  }

  long address() {
    return address;
  }

  /** The block's first floats, at most 2 GiB of them; absolute access only. */
  FloatBuffer floats() {
    return floats;
  }

  /** Copies n floats from a place in the block, counted in floats. */
  void get(long from, int n, float[] to) {
    if (from + n <= floats.capacity()) {
      floats.get((int) from, to, 0, n);
    } else {
      Native.view(address + 4 * from, 4L * n).asFloatBuffer().get(0, to, 0, n);
    }
  }

  private void destroy() {
    Native.free(address);
    address = 0;
    bytes = 0;
    floats = null;
  }

  /** Gives what nobody uses back to the system. */
  static void clear() {
    List<Scratch> all;
    synchronized (BLOCKS) {
      all = new ArrayList<>(BLOCKS);
      all.addAll(LARGE);
      BLOCKS.clear();
      LARGE.clear();
    }
    all.forEach(Scratch::destroy);
  }

  /** Bytes that nobody uses. */
  static long idleBytes() {
    synchronized (BLOCKS) {
      return BLOCKS.stream().mapToLong(s -> s.bytes).sum()
          + LARGE.stream().mapToLong(s -> s.bytes).sum();
    }
  }

  @Override
  public void close() {
    synchronized (BLOCKS) {
      home.addLast(this);
    }
  }
}
