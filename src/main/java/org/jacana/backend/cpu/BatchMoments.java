package org.jacana.backend.cpu;

import java.util.Arrays;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * Mean and biased variance of each channel. A piece's sums are taken about the mean of its first
 * tile, and once more about its own where that was far away, so that little is subtracted. The
 * pieces are joined in order (Chan, Golub and LeVeque 1983). Each of a tile's positions sums at
 * most 32 values in float; what is left is summed in double.
 */
final class BatchMoments {
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
    p.run(
        loops,
        (i, from, to) -> {
          Cursor cx = new Cursor(x);
          float[] s = Tiles.floats(p.tile);
          float[] a = p.zeros();
          float[] b = p.zeros();
          double count = (to - from) / c;
          int first = p.count(from, to);
          cx.get(from, first, s);
          sum(s, first, a);
          double[] m = p.fold(a, Tiles.doubles(c), 0);
          scale(m, (double) c / first);
          double[] q = Tiles.doubles(c);
          double[] rest = Tiles.doubles(c);
          boolean far = true;
          for (int pass = 0; far && pass < 2; pass++) {
            float[] rounded = p.floats(m);
            float[] centre = p.repeat(rounded);
            Arrays.fill(a, 0);
            Arrays.fill(b, 0);
            for (long at = from; at < to; at += p.tile) {
              int n = p.count(at, to);
              cx.get(at, n, s);
              squares(s, n, centre, a, b);
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
          System.arraycopy(m, 0, means, i * c, c);
          System.arraycopy(q, 0, squares, i * c, c);
        });
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

  private static void scale(double[] a, double f) {
    for (int k = 0; k < a.length; k++) {
      a[k] *= f;
    }
  }

  private static void sum(float[] s, int n, float[] a) {
    for (int i = 0; i < n; i++) {
      a[i] += s[i];
    }
  }

  private static void squares(float[] s, int n, float[] centre, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      float d = s[i] - centre[i];
      a[i] += d * d;
      b[i] += d;
    }
  }
}
