package org.jacana.backend.cpu;

import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Tiles;

/**
 * Batch norm on F32 [rows, channels], alone or with a residual and a rectifier after it. The
 * moments are summed in Java; what follows is oneDNN's where it can be.
 */
final class FloatBatchNorm {
  private FloatBatchNorm() {}

  /** y = relu?(norm(x) + residual), the residual being null where there is none. */
  static void forward(
      Split split,
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
    BatchMoments moments = BatchMoments.of(split.workers(), p, x);
    p.put(mean, moments.mean);
    p.put(variance, moments.variance);
    float[] factors = factors(p, gamma, moments.variance, epsilon);
    float[] shifts = p.channels(beta);
    boolean finite = NormPass.finite(moments.mean, moments.variance, factors, shifts);
    if (NormPass.run(split, y, x, residual, mean, variance, gamma, beta, epsilon, relu, finite)) {
      return;
    }
    float[] centre = p.repeat(p.floats(moments.mean));
    float[] factor = p.repeat(factors);
    float[] shift = p.repeat(shifts);
    p.run(
        split.workers(),
        (i, from, to) -> {
          Cursor cx = new Cursor(x);
          Cursor cr = residual == null ? null : new Cursor(residual);
          Cursor cy = new Cursor(y);
          float[] s = Tiles.floats(p.tile);
          float[] t = Tiles.floats(p.tile);
          for (long at = from; at < to; at += p.tile) {
            int n = p.count(at, to, 1);
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
}
