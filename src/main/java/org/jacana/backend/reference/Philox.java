package org.jacana.backend.reference;

import static org.jacana.backend.reference.Cursor.TILE;

import org.jacana.DType;
import org.jacana.backend.Distribution;
import org.jacana.backend.View;

/**
 * The counter-based generator Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011). Number i of a stream is a function of the seed and i alone.
 *
 * <p>Counter c gives four words; F32 and narrower use one word per number (element i: counter i/4,
 * word i%4), F64 uses two (element i: counter i/2). Uniform numbers take the highest 24 (F64: 53)
 * bits. Normal numbers come in pairs by Box-Muller from two neighbouring uniforms.
 */
public final class Philox {
  private static final int M0 = 0xD2511F53;
  private static final int M1 = 0xCD9E8D57;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;

  private Philox() {}

  /** The four words of a counter, into {@code out[at..at+3]}. */
  public static void words(long seed, long counter, long high, int[] out, int at) {
    int c0 = (int) counter;
    int c1 = (int) (counter >>> 32);
    int c2 = (int) high;
    int c3 = (int) (high >>> 32);
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < 10; round++) {
      long p0 = (M0 & 0xffffffffL) * (c0 & 0xffffffffL);
      long p1 = (M1 & 0xffffffffL) * (c2 & 0xffffffffL);
      int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c1 = (int) p1;
      c3 = (int) p0;
      c0 = n0;
      c2 = n2;
      k0 += W0;
      k1 += W1;
    }
    out[at] = c0;
    out[at + 1] = c1;
    out[at + 2] = c2;
    out[at + 3] = c3;
  }

  static void random(Loops loops, Distribution d, View out, long seed, long offset) {
    boolean wide = out.dtype() == DType.F64;
    loops.ranges(
        out.size(),
        16 * TILE,
        (from, to) -> {
          Cursor o = new Cursor(out);
          double[] t = new double[TILE + 2];
          int[] words = new int[4];
          for (long i = from; i < to; i += TILE) {
            int n = (int) Math.min(TILE, to - i);
            // Pairs are drawn whole: begin at the even index at or before the first.
            int skip = (int) (offset + i & 1);
            uniforms(seed, offset + i - skip, n + skip + 1 & ~1, wide, words, t);
            if (d == Distribution.NORMAL) {
              boxMuller(t, n + skip + 1 & ~1);
            }
            if (skip > 0) {
              System.arraycopy(t, 1, t, 0, n);
            }
            o.put(i, n, t);
          }
        });
  }

  /** Uniform numbers {@code first} to {@code first + n - 1} of a stream; first is even. */
  private static void uniforms(long seed, long first, int n, boolean wide, int[] w, double[] t) {
    for (int k = 0; k < n; k++) {
      long index = first + k;
      if (wide) {
        int lane = (int) (index & 1);
        if (k == 0 || lane == 0) {
          words(seed, index >> 1, 0, w, 0);
        }
        long bits = ((w[2 * lane] & 0xffffffffL) << 32 | w[2 * lane + 1] & 0xffffffffL) >>> 11;
        t[k] = bits * 0x1p-53;
      } else {
        int lane = (int) (index & 3);
        if (k == 0 || lane == 0) {
          words(seed, index >> 2, 0, w, 0);
        }
        t[k] = (w[lane] >>> 8) * 0x1p-24;
      }
    }
  }

  private static void boxMuller(double[] t, int n) {
    for (int k = 0; k < n; k += 2) {
      double radius = Math.sqrt(-2 * Math.log(1 - t[k]));
      double angle = 2 * Math.PI * t[k + 1];
      t[k] = radius * Math.cos(angle);
      t[k + 1] = radius * Math.sin(angle);
    }
  }
}
