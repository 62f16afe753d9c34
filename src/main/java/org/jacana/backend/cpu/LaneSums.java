package org.jacana.backend.cpu;

import java.util.Arrays;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Tiles;

/**
 * Sums of runs of F32, in many sums side by side so that the JIT makes vector instructions: short
 * runs in double, longer ones in float with the sum of the rounding errors, which Knuth's TwoSum
 * gives exactly (The Art of Computer Programming 2, 4.2.2). Of k numbers a sum, that is right to (k
 * / 2^24)^2 of their magnitudes, at half the price of double, whose loops convert every number.
 * Where a sum leaves the range of float, it is computed in double. Made within a piece of work, for
 * that piece.
 */
final class LaneSums {
  /** Sums side by side, in float. */
  private static final int LANES = 512;

  /** Numbers from which on float is faster. */
  private static final int LONG = 8 * LANES;

  private final Cursor x;
  private final float[] tile;
  private final double[] doubles;
  private final float[] sums;
  private final float[] errors;

  /**
   * @param width the sums side by side in double
   */
  LaneSums(View x, int width) {
    this.x = new Cursor(x);
    tile = Tiles.floats(Math.max(width, LANES));
    doubles = Tiles.doubles(width);
    sums = Tiles.floats(LANES);
    errors = Tiles.floats(LANES);
  }

  double sum(long from, long to) {
    if (to - from >= LONG) {
      double sum = compensated(from, to);
      if (Math.abs(sum) <= Double.MAX_VALUE) {
        return sum;
      }
    }
    return inDouble(from, to);
  }

  private double compensated(long from, long to) {
    Arrays.fill(sums, 0);
    Arrays.fill(errors, 0);
    for (long i = from; i < to; i += LANES) {
      int n = (int) Math.min(LANES, to - i);
      x.get(i, n, tile);
      add(sums, errors, tile, n);
    }
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    // In four sums, so that additions need not wait for each other.
    for (int i = 0; i < LANES; i += 2) {
      a += sums[i];
      b += sums[i + 1];
      c += errors[i];
      d += errors[i + 1];
    }
    return (a + b) + (c + d);
  }

  /** s += t, and what that rounds off to e; NaN where a sum is infinite. */
  static void add(float[] s, float[] e, float[] t, int n) {
    for (int i = 0; i < n; i++) {
      float a = s[i];
      float b = t[i];
      float sum = a + b;
      float second = sum - a;
      e[i] += (a - (sum - second)) + (b - second);
      s[i] = sum;
    }
  }

  private double inDouble(long from, long to) {
    int width = (int) Math.min(doubles.length, to - from);
    Arrays.fill(doubles, 0, width, 0);
    for (long i = from; i < to; i += width) {
      int n = (int) Math.min(width, to - i);
      x.get(i, n, tile);
      add(doubles, tile, n);
    }
    return total(doubles, width);
  }

  static void add(double[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] += b[i];
    }
  }

  private static double total(double[] v, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      a += v[i];
      b += v[i + 1];
      c += v[i + 2];
      d += v[i + 3];
    }
    for (; i < n; i++) {
      a += v[i];
    }
    return (a + b) + (c + d);
  }
}
