package org.jacana.backend.cpu;

import static org.jacana.backend.reference.Cursor.TILE;

import java.util.Arrays;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * Batch norm on F32 [rows, channels]. Tiles hold whole rows, and the channels' factors are repeated
 * to a tile's length, so that the loops are long and the JIT makes vector instructions of them.
 * Each of a tile's positions sums at most 32 values in float; what is left is summed in double. The
 * pieces depend on the shape alone.
 */
final class FloatBatchNorm {
  private static final int PIECE = 32 * TILE;

  private final Loops loops;
  private final int c;
  private final long rows;
  private final int tile;
  private final long pieceRows;
  private final int pieces;

  private FloatBatchNorm(Loops loops, View x) {
    this.loops = loops;
    this.c = x.layout().dim(x.layout().rank() - 1);
    this.rows = x.size() / c;
    this.tile = Math.max(1, TILE / c) * c;
    this.pieceRows = Math.max(1, PIECE / c);
    this.pieces = Math.toIntExact((rows + pieceRows - 1) / pieceRows);
  }

  /** Adds a tile's contribution to one or two sums per position. */
  private interface Sum {
    void add(Cursor x, Cursor dy, long at, int n, float[] s, float[] t, float[] a, float[] b);
  }

  /** Channel sums a and b, the first c of each, joined in order. */
  private double[][] sums(View x, View dy, Sum body) {
    double[] as = Tiles.doubles(pieces * c);
    double[] bs = Tiles.doubles(pieces * c);
    loops.run(
        pieces,
        i -> {
          Cursor cx = new Cursor(x);
          Cursor cd = dy == null ? null : new Cursor(dy);
          float[] s = Tiles.floats(tile);
          float[] t = Tiles.floats(tile);
          float[] a = zeros(tile);
          float[] b = zeros(tile);
          long end = Math.min(rows, (i + 1) * pieceRows) * c;
          for (long at = i * pieceRows * c; at < end; at += tile) {
            body.add(cx, cd, at, (int) Math.min(tile, end - at), s, t, a, b);
          }
          fold(a, as, i * c);
          fold(b, bs, i * c);
        });
    for (int i = c; i < as.length; i += c) {
      for (int k = 0; k < c; k++) {
        as[k] += as[i + k];
        bs[k] += bs[i + k];
      }
    }
    return new double[][] {as, bs};
  }

  /**
   * Mean and biased variance of each channel. A piece's variance is taken about its own mean, while
   * the piece is still in the cache, and the pieces are joined in order (Chan, Golub and LeVeque
   * 1983).
   */
  private double[][] moments(View x) {
    double[] means = Tiles.doubles(pieces * c);
    double[] squares = Tiles.doubles(pieces * c);
    loops.run(
        pieces,
        i -> {
          Cursor cx = new Cursor(x);
          float[] s = Tiles.floats(tile);
          float[] a = zeros(tile);
          float[] b = zeros(tile);
          long start = i * pieceRows * c;
          long end = Math.min(rows, (i + 1) * pieceRows) * c;
          double count = (end - start) / c;
          for (long at = start; at < end; at += tile) {
            sum(cx, at, (int) Math.min(tile, end - at), s, a);
          }
          double[] m = fold(a, Tiles.doubles(c), 0);
          scale(m, 1 / count);
          float[] rounded = floats(m);
          float[] centre = repeat(rounded);
          Arrays.fill(a, 0);
          for (long at = start; at < end; at += tile) {
            squares(cx, at, (int) Math.min(tile, end - at), s, centre, a, b);
          }
          fold(a, squares, i * c);
          double[] rest = fold(b, Tiles.doubles(c), 0);
          for (int k = 0; k < c; k++) {
            // The mean was rounded to float: correct for what that left over.
            double left = rest[k] / count;
            means[i * c + k] = rounded[k] + left;
            squares[i * c + k] -= left * rest[k];
          }
        });
    double[] mean = Arrays.copyOf(means, c);
    double[] sum = Arrays.copyOf(squares, c);
    double seen = Math.min(rows, pieceRows);
    for (int i = 1; i < pieces; i++) {
      double count = Math.min(rows, (i + 1) * pieceRows) - i * pieceRows;
      double all = seen + count;
      for (int k = 0; k < c; k++) {
        double apart = means[i * c + k] - mean[k];
        mean[k] += apart * count / all;
        sum[k] += squares[i * c + k] + apart * apart * seen * count / all;
      }
      seen = all;
    }
    scale(sum, 1.0 / rows);
    return new double[][] {mean, sum};
  }

  /** Puts a tile's sums by channel into {@code out}, from {@code at} on. */
  private double[] fold(float[] tileSums, double[] out, int at) {
    Arrays.fill(out, at, at + c, 0);
    for (int i = 0; i < tileSums.length; i += c) {
      for (int k = 0; k < c; k++) {
        out[at + k] += tileSums[i + k];
      }
    }
    return out;
  }

  private static float[] zeros(int n) {
    float[] a = Tiles.floats(n);
    Arrays.fill(a, 0);
    return a;
  }

  private float[] channels(View v) {
    float[] f = Tiles.floats(c);
    new Cursor(v).get(0, c, f);
    return f;
  }

  private float[] repeat(float[] channels) {
    float[] out = Tiles.floats(tile);
    for (int i = 0; i < tile; i += c) {
      System.arraycopy(channels, 0, out, i, c);
    }
    return out;
  }

  private void put(View v, double[] values) {
    float[] f = Tiles.floats(c);
    for (int k = 0; k < c; k++) {
      f[k] = (float) values[k];
    }
    new Cursor(v).put(0, c, f);
  }

  static void forward(
      Loops loops,
      View y,
      View mean,
      View variance,
      View x,
      View gamma,
      View beta,
      double epsilon) {
    FloatBatchNorm p = new FloatBatchNorm(loops, x);
    double[][] moments = p.moments(x);
    double[] m = moments[0];
    double[] v = moments[1];
    float[] centre = p.repeat(p.floats(m));
    p.put(mean, m);
    p.put(variance, v);
    float[] g = p.channels(gamma);
    float[] b = p.channels(beta);
    float[] factor = Tiles.floats(p.c);
    float[] shift = Tiles.floats(p.c);
    for (int k = 0; k < p.c; k++) {
      double f = g[k] / Math.sqrt(v[k] + epsilon);
      factor[k] = (float) f;
      shift[k] = b[k];
    }
    float[] fs = p.repeat(factor);
    float[] ss = p.repeat(shift);
    loops.run(
        p.pieces,
        i -> {
          Cursor cx = new Cursor(x);
          Cursor cy = new Cursor(y);
          float[] t = Tiles.floats(p.tile);
          long end = Math.min(p.rows, (i + 1) * p.pieceRows) * p.c;
          for (long at = i * p.pieceRows * p.c; at < end; at += p.tile) {
            int n = (int) Math.min(p.tile, end - at);
            cx.get(at, n, t);
            affine(t, centre, fs, ss, n);
            cy.put(at, n, t);
          }
        });
  }

  static void backward(
      Loops loops,
      View dx,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View mean,
      View variance,
      View gamma,
      double epsilon) {
    FloatBatchNorm p = new FloatBatchNorm(loops, x);
    float[] centre = p.repeat(p.channels(mean));
    double[][] sums =
        p.sums(x, dy, (cx, cd, at, n, s, t, a, b) -> products(cx, cd, at, n, s, t, centre, a, b));
    float[] v = p.channels(variance);
    float[] g = p.channels(gamma);
    double[] dg = Tiles.doubles(p.c);
    float[] alpha = Tiles.floats(p.c);
    float[] slope = Tiles.floats(p.c);
    float[] level = Tiles.floats(p.c);
    for (int k = 0; k < p.c; k++) {
      double inverse = 1 / Math.sqrt(v[k] + epsilon);
      dg[k] = sums[1][k] * inverse;
      alpha[k] = (float) (g[k] * inverse);
      // dx = alpha (dy - mean(dy) - xhat mean(dy xhat))
      slope[k] = (float) (-g[k] * inverse * inverse * dg[k] / p.rows);
      level[k] = (float) (-g[k] * inverse * sums[0][k] / p.rows);
    }
    p.put(dgamma, dg);
    p.put(dbeta, sums[0]);
    float[] as = p.repeat(alpha);
    float[] bs = p.repeat(slope);
    float[] ks = p.repeat(level);
    loops.run(
        p.pieces,
        i -> {
          Cursor cx = new Cursor(x);
          Cursor cd = new Cursor(dy);
          Cursor out = new Cursor(dx);
          float[] s = Tiles.floats(p.tile);
          float[] t = Tiles.floats(p.tile);
          long end = Math.min(p.rows, (i + 1) * p.pieceRows) * p.c;
          for (long at = i * p.pieceRows * p.c; at < end; at += p.tile) {
            int n = (int) Math.min(p.tile, end - at);
            cx.get(at, n, s);
            cd.get(at, n, t);
            affine(s, centre, bs, ks, n);
            combine(t, as, s, n);
            out.put(at, n, t);
          }
        });
  }

  private float[] floats(double[] d) {
    float[] f = Tiles.floats(d.length);
    for (int k = 0; k < f.length; k++) {
      f[k] = (float) d[k];
    }
    return f;
  }

  private static void scale(double[] a, double f) {
    for (int k = 0; k < a.length; k++) {
      a[k] *= f;
    }
  }

  private static void sum(Cursor x, long at, int n, float[] s, float[] a) {
    x.get(at, n, s);
    for (int i = 0; i < n; i++) {
      a[i] += s[i];
    }
  }

  private static void squares(
      Cursor x, long at, int n, float[] s, float[] centre, float[] a, float[] b) {
    x.get(at, n, s);
    for (int i = 0; i < n; i++) {
      float d = s[i] - centre[i];
      a[i] += d * d;
      b[i] += d;
    }
  }

  private static void products(
      Cursor x,
      Cursor dy,
      long at,
      int n,
      float[] s,
      float[] t,
      float[] centre,
      float[] a,
      float[] b) {
    x.get(at, n, s);
    dy.get(at, n, t);
    for (int i = 0; i < n; i++) {
      a[i] += t[i];
    }
    for (int i = 0; i < n; i++) {
      b[i] += t[i] * (s[i] - centre[i]);
    }
  }

  private static void affine(float[] t, float[] centre, float[] factor, float[] shift, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = (t[i] - centre[i]) * factor[i] + shift[i];
    }
  }

  private static void combine(float[] t, float[] factor, float[] add, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = t[i] * factor[i] + add[i];
    }
  }
}
