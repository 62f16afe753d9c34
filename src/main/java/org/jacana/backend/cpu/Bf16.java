package org.jacana.backend.cpu;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * BF16 on this processor: whether it multiplies such numbers, and loops over their bits, two
 * numbers to an int. The JIT turns loops of few operations into vector instructions, hence two
 * short ones in a row (measured on Java 17: 9 times faster than one).
 */
final class Bf16 {
  /** Ints of a tile. */
  private static final int TILE = Cursor.TILE;

  /** Numbers of the least piece; even, so that pieces start with whole ints. */
  private static final long GRAIN = 64L * TILE;

  /** The signs of two numbers. */
  private static final int SIGNS = 0x80008000;

  private Bf16() {}

  private static final class Processor {
    static final boolean MULTIPLIES =
        (dnnl.dnnl_get_effective_cpu_isa() & dnnl.dnnl_cpu_isa_avx512_core_bf16)
            == dnnl.dnnl_cpu_isa_avx512_core_bf16;
  }

  /**
   * Whether oneDNN multiplies BF16 by instructions of its own (AVX512_BF16); without them it would
   * convert within its kernels, which is slower than F32.
   */
  static boolean available() {
    return Native.available() && Processor.MULTIPLIES;
  }

  /** y = max(0, x) of n numbers, NaN where x is. */
  static void relu(Loops loops, long y, long x, long n) {
    keep(loops, y, x, x, n);
  }

  /** dx = dy where y > 0 or is NaN, else 0. */
  static void reluGrad(Loops loops, long dx, long dy, long y, long n) {
    keep(loops, dx, dy, y, n);
  }

  /** out = a where b > 0 or is NaN, else 0. */
  private static void keep(Loops loops, long out, long a, long b, long n) {
    loops.ranges(n, GRAIN, (from, to) -> Tiles.run(i -> keep(out, a, b, from, to), 0));
  }

  private static void keep(long out, long a, long b, long from, long to) {
    int count = (int) (to - from);
    Numbers first = new Numbers(a, from, count);
    Numbers second = new Numbers(b, from, count);
    Numbers result = new Numbers(out, from, count);
    int[] s = Tiles.ints(TILE);
    int[] t = Tiles.ints(TILE);
    for (int i = 0; i < count; i += 2 * TILE) {
      int length = Math.min(2 * TILE, count - i);
      int ints = (length + 1) / 2;
      second.get(i, length, t);
      markKept(t, ints);
      first.get(i, length, s);
      keepMarked(s, t, ints);
      result.put(i, length, s);
    }
  }

  /** Numbers in memory, two to an int; the last of an odd count is the lower half of an int. */
  private static final class Numbers {
    private final ByteBuffer bytes;
    private final IntBuffer ints;

    Numbers(long address, long first, int count) {
      bytes = Native.view(address + 2 * first, 2L * count);
      ints = bytes.asIntBuffer();
    }

    /** {@code at} is even. */
    void get(int at, int count, int[] to) {
      ints.get(at / 2, to, 0, count / 2);
      if (count % 2 != 0) {
        to[count / 2] = bytes.getShort(2 * (at + count - 1)) & 0xffff;
      }
    }

    void put(int at, int count, int[] from) {
      ints.put(at / 2, from, 0, count / 2);
      if (count % 2 != 0) {
        bytes.putShort(2 * (at + count - 1), (short) from[count / 2]);
      }
    }
  }

  /** Leaves the sign bit of each number set where it is > 0 or NaN, and all others clear. */
  private static void markKept(int[] t, int n) {
    for (int i = 0; i < n; i++) {
      int v = t[i];
      int m = v & ~SIGNS;
      t[i] = ((m + 0x7fff7fff & ~v) | (m + 0x007f007f)) & SIGNS;
    }
  }

  /** Clears the numbers of a that have no mark in k. */
  private static void keepMarked(int[] a, int[] k, int n) {
    for (int i = 0; i < n; i++) {
      int mark = k[i];
      a[i] &= mark | mark - (mark >>> 15);
    }
  }

  /** Whether n numbers are all of a magnitude below 2^127, and so none NaN. */
  static boolean moderate(long x, long n) {
    boolean[] found = new boolean[1];
    Tiles.run(i -> found[0] = allModerate(x, n), 0);
    return found[0];
  }

  private static boolean allModerate(long x, long n) {
    int[] seen = Tiles.ints(TILE);
    int[] t = Tiles.ints(TILE);
    Arrays.fill(seen, 0);
    for (long from = 0; from < n; from += GRAIN) {
      int count = (int) Math.min(GRAIN, n - from);
      Numbers part = new Numbers(x, from, count);
      for (int i = 0; i < count; i += 2 * TILE) {
        int length = Math.min(2 * TILE, count - i);
        part.get(i, length, t);
        markLarge(seen, t, (length + 1) / 2);
      }
    }
    int any = 0;
    for (int s : seen) {
      any |= s;
    }
    return (any & SIGNS) == 0;
  }

  /** Sets the sign bit of each number of a where that of b has a magnitude from 2^127 on. */
  private static void markLarge(int[] a, int[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] |= (b[i] & ~SIGNS) + 0x01000100;
    }
  }
}
