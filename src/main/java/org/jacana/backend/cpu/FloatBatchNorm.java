package org.jacana.backend.cpu;

import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/** Batch norm on F32 [rows, channels], alone or with a residual and a rectifier after it. */
final class FloatBatchNorm {
  private static final ChannelRows.Piece NOTHING = (i, from, to) -> {};

  private FloatBatchNorm() {}

  /** y = relu?(norm(x) + residual), the residual being null where there is none. */
  static void forward(
      Loops loops,
      View y,
      View mean,
      View variance,
      View x,
      View residual,
      View gamma,
      View beta,
      double epsilon,
      boolean relu) {
    ChannelRows p = new ChannelRows(x);
    BatchMoments moments = BatchMoments.of(loops, p, x);
    float[] centre = p.repeat(p.floats(moments.mean));
    p.put(mean, moments.mean);
    p.put(variance, moments.variance);
    float[] factor = p.repeat(factors(p, gamma, moments.variance, epsilon));
    float[] shift = p.repeat(p.channels(beta));
    p.run(
        loops,
        (i, from, to) -> {
          Cursor cx = new Cursor(x);
          Cursor cr = residual == null ? null : new Cursor(residual);
          Cursor cy = new Cursor(y);
          float[] s = Tiles.floats(p.tile);
          float[] t = residual == null ? null : Tiles.floats(p.tile);
          for (long at = from; at < to; at += p.tile) {
            int n = p.count(at, to);
            cx.get(at, n, s);
            affine(s, centre, factor, shift, n);
            if (cr != null) {
              cr.get(at, n, t);
              add(s, t, n);
            }
            if (relu) {
              rectify(s, n);
            }
            cy.put(at, n, s);
          }
        });
  }

  private static float[] factors(ChannelRows p, View gamma, double[] variance, double epsilon) {
    float[] factor = p.channels(gamma);
    for (int k = 0; k < p.c; k++) {
      factor[k] = (float) (factor[k] / Math.sqrt(variance[k] + epsilon));
    }
    return factor;
  }

  /** The gradient of {@link #forward} without a rectifier. */
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
    ChannelRows p = new ChannelRows(x);
    double[][] sums = sums(loops, p, x, dy, mean, NOTHING);
    write(loops, p, dx, dgamma, dbeta, x, dy, mean, variance, gamma, epsilon, sums);
  }

  /**
   * The gradient with a rectifier, from its output y, which may be added a residual.
   *
   * @param passed receives dy where y is positive: the residual's gradient, or dx
   */
  static void backwardRelu(
      Loops loops,
      View dx,
      View passed,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View y,
      View mean,
      View variance,
      View gamma,
      double epsilon) {
    ChannelRows p = new ChannelRows(x);
    ChannelRows.Piece mask =
        (i, from, to) -> {
          int[] s = Tiles.ints(p.tile);
          int[] t = Tiles.ints(p.tile);
          for (long at = from; at < to; at += p.tile) {
            PositiveMask.run(passed, dy, y, at, p.count(at, to), s, t);
          }
        };
    double[][] sums = sums(loops, p, x, passed, mean, mask);
    write(loops, p, dx, dgamma, dbeta, x, passed, mean, variance, gamma, epsilon, sums);
  }

  /** By channel: the sum of what passes, and of its product with x - mean. */
  private static double[][] sums(
      Loops loops, ChannelRows p, View x, View dy, View mean, ChannelRows.Piece before) {
    float[] centre = p.repeat(p.channels(mean));
    double[] as = Tiles.doubles(p.pieces * p.c);
    double[] bs = Tiles.doubles(p.pieces * p.c);
    p.run(
        loops,
        (i, from, to) -> {
          before.run(i, from, to);
          Cursor cx = new Cursor(x);
          Cursor cd = new Cursor(dy);
          float[] s = Tiles.floats(p.tile);
          float[] t = Tiles.floats(p.tile);
          float[] a = p.zeros();
          float[] b = p.zeros();
          for (long at = from; at < to; at += p.tile) {
            int n = p.count(at, to);
            cx.get(at, n, s);
            cd.get(at, n, t);
            products(t, s, centre, a, b, n);
          }
          p.fold(a, as, i * p.c);
          p.fold(b, bs, i * p.c);
        });
    for (int i = p.c; i < as.length; i += p.c) {
      for (int k = 0; k < p.c; k++) {
        as[k] += as[i + k];
        bs[k] += bs[i + k];
      }
    }
    return new double[][] {as, bs};
  }

  private static void write(
      Loops loops,
      ChannelRows p,
      View dx,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View mean,
      View variance,
      View gamma,
      double epsilon,
      double[][] sums) {
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
    float[] centre = p.repeat(p.channels(mean));
    float[] fs = p.repeat(alpha);
    float[] ss = p.repeat(slope);
    float[] ls = p.repeat(level);
    p.run(
        loops,
        (i, from, to) -> {
          Cursor cx = new Cursor(x);
          Cursor cd = new Cursor(dy);
          Cursor out = new Cursor(dx);
          float[] s = Tiles.floats(p.tile);
          float[] t = Tiles.floats(p.tile);
          for (long at = from; at < to; at += p.tile) {
            int n = p.count(at, to);
            cx.get(at, n, s);
            cd.get(at, n, t);
            affine(s, centre, ss, ls, n);
            combine(t, fs, s, n);
            out.put(at, n, t);
          }
        });
  }

  private static void affine(float[] t, float[] centre, float[] factor, float[] shift, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = (t[i] - centre[i]) * factor[i] + shift[i];
    }
  }

  private static void add(float[] t, float[] s, int n) {
    for (int i = 0; i < n; i++) {
      t[i] += s[i];
    }
  }

  private static void rectify(float[] t, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = Math.max(t[i], 0);
    }
  }

  private static void products(float[] d, float[] s, float[] centre, float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] += d[i];
    }
    for (int i = 0; i < n; i++) {
      b[i] += d[i] * (s[i] - centre[i]);
    }
  }

  private static void combine(float[] t, float[] factor, float[] add, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = t[i] * factor[i] + add[i];
    }
  }
}
