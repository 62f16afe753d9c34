package org.jacana.backend.cpu;

import java.util.Arrays;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * Mean and biased variance of each channel. A piece's sums are taken about the mean of some of its
 * rows, and once more about its own where that was far away, so that little is subtracted. The
 * pieces are joined in order (Chan, Golub and LeVeque 1983). Each of a tile's positions adds some
 * 40 sums of three values in float; what is left is summed in double.
 */
final class BatchMoments {
  /** Rows that a piece's first centre is the mean of. */
  private static final int SAMPLES = 16;

  final double[] mean;
  final double[] variance;

  private BatchMoments(double[] mean, double[] variance) {
    this.mean = mean;
    this.variance = variance;
  }

  static BatchMoments of(Loops loops, ChannelRows p, View x) {
    int c = p.c;
    double[] means = Tiles.doubles(p.pieces * c);
    double[] squares = Tiles.doubles(p.pieces * c);
    p.run(loops, (i, from, to) -> piece(p, x, from, to, means, squares, i * c));
    double[] mean = Arrays.copyOf(means, c);
    double[] sum = Arrays.copyOf(squares, c);
    double seen = Math.min(p.rows, p.pieceRows);
    for (int i = 1; i < p.pieces; i++) {
      double count = Math.min(p.rows, (i + 1) * p.pieceRows) - i * p.pieceRows;
      double all = seen + count;
      for (int k = 0; k < c; k++) {
        double apart = means[i * c + k] - mean[k];
        mean[k] += apart * count / all;
        sum[k] += squares[i * c + k] + apart * apart * seen * count / all;
      }
      seen = all;
    }
    scale(sum, 1.0 / p.rows);
    return new BatchMoments(mean, sum);
  }

  /** Puts a piece's means and its sums of squares about them into arrays from {@code out} on. */
  private static void piece(
      ChannelRows p, View x, long from, long to, double[] means, double[] squares, int out) {
    int c = p.c;
    Cursor cx = new Cursor(x);
    float[] s = Tiles.floats(p.tile);
    float[] t = Tiles.floats(p.tile);
    float[] u = Tiles.floats(p.tile);
    float[] a = Tiles.floats(p.tile);
    float[] b = Tiles.floats(p.tile);
    double count = (to - from) / c;
    double[] m = sample(cx, from / c, to / c, c);
    double[] q = Tiles.doubles(c);
    double[] rest = Tiles.doubles(c);
    boolean far = true;
    for (int pass = 0; far && pass < 2; pass++) {
      float[] rounded = p.floats(m);
      float[] centre = p.repeat(rounded);
      Arrays.fill(a, 0);
      Arrays.fill(b, 0);
      for (long at = from; at < to; at += 3L * p.tile) {
        int all = p.count(at, to, 3);
        int n = p.part(all, 3);
        int second = Math.min(n, all - n);
        int third = all - n - second;
        cx.get(at, n, s);
        cx.get(at + n, second, t);
        cx.get(at + n + second, third, u);
        // What lies at the centre adds nothing.
        System.arraycopy(centre, second, t, second, n - second);
        System.arraycopy(centre, third, u, third, n - third);
        squares(s, t, u, n, centre, a, b);
      }
      p.fold(a, q, 0);
      p.fold(b, rest, 0);
      far = false;
      for (int k = 0; k < c; k++) {
        double left = rest[k] / count;
        far |= left * rest[k] > 0.75 * q[k];
        m[k] = rounded[k] + left;
        q[k] -= left * rest[k];
      }
    }
    System.arraycopy(m, 0, means, out, c);
    System.arraycopy(q, 0, squares, out, c);
  }

  /** The mean of rows here and there, which an image's width does not line up with. */
  private static double[] sample(Cursor x, long from, long to, int c) {
    long rows = to - from;
    long step = (long) (rows * 0.618) | 1;
    int n = (int) Math.min(rows, SAMPLES);
    float[] row = Tiles.floats(c);
    double[] m = Tiles.doubles(c);
    Arrays.fill(m, 0);
    for (int i = 0; i < n; i++) {
      x.get((from + i * step % rows) * c, c, row);
      for (int k = 0; k < c; k++) {
        m[k] += row[k];
      }
    }
    scale(m, 1.0 / n);
    return m;
  }

  private static void scale(double[] a, double f) {
    for (int k = 0; k < a.length; k++) {
      a[k] *= f;
    }
  }

  private static void squares(
      float[] s, float[] t, float[] u, int n, float[] centre, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      float d = s[i] - centre[i];
      float e = t[i] - centre[i];
      float f = u[i] - centre[i];
      a[i] += d * d + e * e + f * f;
      b[i] += d + e + f;
    }
  }
}
