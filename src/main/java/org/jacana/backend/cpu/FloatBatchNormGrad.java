package org.jacana.backend.cpu;

import java.util.Arrays;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * The gradient of {@link FloatBatchNorm}, alone or with a rectifier: a pass that sums by channel,
 * and one that computes dx. Each of a tile's positions sums at most 64 pairs of values in float;
 * what is left is summed in double.
 */
final class FloatBatchNormGrad {
  private final Split split;
  private final Loops loops;
  private final ChannelRows p;
  private final View x;
  private final View dy;
  private final View mean;

  private FloatBatchNormGrad(Split split, View x, View dy, View mean) {
    this.split = split;
    this.loops = split.workers();
    this.p = new ChannelRows(x);
    this.x = x;
    this.dy = dy;
    this.mean = mean;
  }

  /** Without a rectifier. */
  static void plain(
      Split split,
      View dx,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View mean,
      View variance,
      View gamma,
      double epsilon) {
    FloatBatchNormGrad g = new FloatBatchNormGrad(split, x, dy, mean);
    g.write(dx, dgamma, dbeta, variance, gamma, epsilon, null, null);
  }

  /**
   * With a rectifier, from its output y, which may be added a residual.
   *
   * @param passed receives dy where y is positive: the residual's gradient, or dx
   */
  static void relu(
      Split split,
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
    FloatBatchNormGrad g = new FloatBatchNormGrad(split, x, passed, mean);
    g.write(dx, dgamma, dbeta, variance, gamma, epsilon, dy, y);
  }

  /**
   * By channel: the sum of dy, and of its product with (x - mean) / sqrt(variance + epsilon).
   *
   * @param before where not null, dy is made of it first: what passes where y is positive
   */
  private double[][] sums(View before, View y, View variance, double epsilon) {
    double[][] fast = NormSumsPass.run(split, dy, before, y, x, mean, variance, epsilon);
    if (fast != null) {
      return fast;
    }
    float[] v = p.channels(variance);
    float[] centre = p.repeat(p.channels(mean));
    double[] as = Tiles.doubles(p.pieces * p.c);
    double[] bs = Tiles.doubles(p.pieces * p.c);
    p.run(
        loops,
        (i, from, to) -> {
          float[] a = p.zeros();
          float[] b = p.zeros();
          if (before != null) {
            mask(before, y, from, to);
          }
          sums(from, to, centre, a, b);
          p.fold(a, as, i * p.c);
          p.fold(b, bs, i * p.c);
        });
    for (int i = p.c; i < as.length; i += p.c) {
      for (int k = 0; k < p.c; k++) {
        as[k] += as[i + k];
        bs[k] += bs[i + k];
      }
    }
    for (int k = 0; k < p.c; k++) {
      bs[k] /= Math.sqrt(v[k] + epsilon);
    }
    return new double[][] {as, bs};
  }

  private void sums(long from, long to, float[] centre, float[] a, float[] b) {
    Cursor cx = new Cursor(x);
    Cursor cd = new Cursor(dy);
    float[] s = Tiles.floats(p.tile);
    float[] t = Tiles.floats(p.tile);
    float[] d = Tiles.floats(p.tile);
    float[] e = Tiles.floats(p.tile);
    for (long at = from; at < to; at += 2L * p.tile) {
      int all = p.count(at, to, 2);
      int n = p.part(all, 2);
      cx.get(at, n, s);
      cx.get(at + n, all - n, t);
      cd.get(at, n, d);
      cd.get(at + n, all - n, e);
      // A row that is not there adds nothing.
      Arrays.fill(t, all - n, n, 0);
      Arrays.fill(e, all - n, n, 0);
      add(d, e, a, n);
      products(s, d, t, e, centre, b, n);
    }
  }

  /** The whole piece before its sums: fewer places of memory at a time are faster (measured). */
  private void mask(View before, View y, long from, long to) {
    int[] s = Tiles.ints(2 * p.tile);
    int[] t = Tiles.ints(2 * p.tile);
    for (long at = from; at < to; at += s.length) {
      PositiveMask.run(dy, before, y, at, (int) Math.min(s.length, to - at), s, t);
    }
  }

  private void write(
      View dx,
      View dgamma,
      View dbeta,
      View variance,
      View gamma,
      double epsilon,
      View before,
      View y) {
    double[][] sums = sums(before, y, variance, epsilon);
    float[] v = p.channels(variance);
    float[] g = p.channels(gamma);
    double[] dg = sums[1];
    float[] alpha = Tiles.floats(p.c);
    float[] steep = Tiles.floats(p.c);
    float[] slope = Tiles.floats(p.c);
    float[] level = Tiles.floats(p.c);
    for (int k = 0; k < p.c; k++) {
      double inverse = 1 / Math.sqrt(v[k] + epsilon);
      alpha[k] = (float) (g[k] * inverse);
      // dx = alpha (dy - mean(dy) - xhat mean(dy xhat))
      steep[k] = (float) (-g[k] * inverse * dg[k] / p.rows);
      slope[k] = (float) (-g[k] * inverse * inverse * dg[k] / p.rows);
      level[k] = (float) (-g[k] * inverse * sums[0][k] / p.rows);
    }
    p.put(dgamma, sums[1]);
    p.put(dbeta, sums[0]);
    if (NormGradPass.run(split, dx, dy, x, mean, variance, epsilon, alpha, steep, level)) {
      return;
    }
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
            int n = p.count(at, to, 1);
            cx.get(at, n, s);
            cd.get(at, n, t);
            combine(t, s, centre, fs, ss, ls, n);
            out.put(at, n, t);
          }
        });
  }

  private static void add(float[] d, float[] e, float[] a, int n) {
    for (int i = 0; i < n; i++) {
      a[i] += d[i] + e[i];
    }
  }

  private static void products(
      float[] s, float[] d, float[] t, float[] e, float[] centre, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      b[i] += d[i] * (s[i] - centre[i]) + e[i] * (t[i] - centre[i]);
    }
  }

  private static void combine(
      float[] d, float[] x, float[] centre, float[] alpha, float[] slope, float[] level, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = d[i] * alpha[i] + ((x[i] - centre[i]) * slope[i] + level[i]);
    }
  }
}
