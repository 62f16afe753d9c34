package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.backend.View;

/**
 * Layer norm over the last axis: cuda/layernorm.cu. One launch forward; backward one for the
 * input's gradient, and two for those of scale and shift.
 */
final class LayerNorms {
  private final Gpu gpu;

  LayerNorms(Gpu gpu) {
    this.gpu = gpu;
  }

  /** The type of means and inverse deviations: F32, or F64 for F64. */
  static DType statistics(DType t) {
    return t == DType.F64 ? DType.F64 : DType.F32;
  }

  private static boolean statistics(View x, View a, View b) {
    DType t = statistics(x.dtype());
    return a.dtype() == t
        && b.dtype() == t
        && a.layout().isContiguous()
        && b.layout().isContiguous();
  }

  private static long at(View v) {
    return v == null ? 0 : Strided.address(v);
  }

  /**
   * {@code y = (x - mean) inverse gamma + beta} of each row; gamma and beta may be null.
   *
   * @param mean receives the rows' means, [rows], of the type {@link #statistics}
   * @param inverse receives 1 / sqrt(variance + epsilon), likewise
   */
  boolean layerNorm(
      View y, View mean, View inverse, View x, View gamma, View beta, double epsilon) {
    if (x.size() == 0
        || !Dense.floats(x, y, gamma, beta)
        || !Dense.whole(y)
        || !statistics(x, mean, inverse)) {
      return false;
    }
    try (Dense d = new Dense(gpu)) {
      write(y, mean, inverse, d.of(x), d.of(gamma), d.of(beta), epsilon);
    }
    return true;
  }

  private void write(
      View y, View mean, View inverse, View x, View gamma, View beta, double epsilon) {
    int k = x.shape().dim(-1);
    long n = x.size() / k;
    int group = Rows.group(k);
    Launch l =
        gpu.launch("layernorm", "layer_norm_" + Rows.name(x.dtype()))
            .i64(at(y))
            .i64(at(mean))
            .i64(at(inverse))
            .i64(at(x))
            .i64(at(gamma))
            .i64(at(beta))
            .i64(n)
            .i32(k)
            .i32(group)
            .i32(Rows.packs(x.dtype(), k, k, at(x), at(y)) ? 1 : 0)
            .f64(epsilon);
    Rows.run(gpu, l, n, group);
  }

  /** The gradient of {@link #layerNorm}; dgamma and dbeta are both given or both null. */
  boolean layerNormGrad(
      View dx, View dgamma, View dbeta, View x, View dy, View mean, View inverse, View gamma) {
    if (x.size() == 0
        || !Dense.floats(x, dx, dgamma, dbeta, dy, gamma)
        || !Dense.whole(dx, dgamma, dbeta)
        || !statistics(x, mean, inverse)) {
      return false;
    }
    try (Dense d = new Dense(gpu)) {
      writeGrad(dx, dgamma, dbeta, d.of(x), d.of(dy), mean, inverse, d.of(gamma));
    }
    return true;
  }

  private void writeGrad(
      View dx, View dgamma, View dbeta, View x, View dy, View mean, View inverse, View gamma) {
    int k = x.shape().dim(-1);
    long n = x.size() / k;
    int group = Rows.group(k);
    String name = Rows.name(x.dtype());
    Launch l =
        gpu.launch("layernorm", "layer_grad_" + name)
            .i64(at(dx))
            .i64(at(x))
            .i64(at(dy))
            .i64(at(gamma))
            .i64(at(mean))
            .i64(at(inverse))
            .i64(n)
            .i32(k)
            .i32(group);
    Rows.run(gpu, l, n, group);
    if (dgamma == null) {
      return;
    }
    int tiles = (k + 31) / 32;
    long wanted = Math.min(4L * gpu.context().processors() / tiles, n / 128);
    int splits = (int) Math.max(1, wanted);
    try (Scratch parts = gpu.scratch(16L * k * splits)) {
      gpu.launch("layernorm", "layer_params_" + name)
          .i64(at(x))
          .i64(at(dy))
          .i64(at(mean))
          .i64(at(inverse))
          .i64(n)
          .i32(k)
          .i64(parts.address())
          .run(tiles, splits, 32, 8);
      gpu.launch("layernorm", "layer_finish")
          .i64(parts.address())
          .i32(k)
          .i32(splits)
          .i64(at(dgamma))
          .i64(at(dbeta))
          .i32(x.dtype().ordinal())
          .over(64L * k);
    }
  }
}
