package org.jacana.backend.cpu;

import java.util.Arrays;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * Mean and biased variance of each channel. A piece's variance is taken about its own mean, while
 * the piece is still in the cache, and the pieces are joined in order (Chan, Golub and LeVeque
 * 1983). Each of a tile's positions sums at most 32 values in float; what is left is summed in
 * double.
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
          for (long at = from; at < to; at += p.tile) {
            int n = p.count(at, to);
            cx.get(at, n, s);
            sum(s, n, a);
          }
          double[] m = p.fold(a, Tiles.doubles(c), 0);
          scale(m, 1 / count);
          float[] rounded = p.floats(m);
          float[] centre = p.repeat(rounded);
          Arrays.fill(a, 0);
          for (long at = from; at < to; at += p.tile) {
            int n = p.count(at, to);
            cx.get(at, n, s);
            squares(s, n, centre, a, b);
          }
          p.fold(a, squares, i * c);
          double[] rest = p.fold(b, Tiles.doubles(c), 0);
          for (int k = 0; k < c; k++) {
            // The mean was rounded to float: correct for what that left over.
            double left = rest[k] / count;
            means[i * c + k] = rounded[k] + left;
            squares[i * c + k] -= left * rest[k];
          }
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
