package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.backend.View;

/**
 * Batch norm over all axes but the last: cuda/norm.cu. Three launches each way: sums of pieces of
 * the rows, their join by channel, and the pass that writes. Statistics are computed in float or
 * wider whatever the element type.
 */
final class Norms {
  private static final int THREADS = 256;

  private final Gpu gpu;

  Norms(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Statistics have x's type, or are F32 where that is wider. */
  private static boolean statistics(View x, View mean, View variance) {
    DType t = mean.dtype();
    return (t == x.dtype() || t == DType.F32 && x.dtype() != DType.F64)
        && t == variance.dtype()
        && mean.layout().isContiguous()
        && variance.layout().isContiguous();
  }

  private static long at(View v) {
    return v == null ? 0 : Strided.address(v);
  }

  boolean batchNorm(
      View y, View mean, View variance, View x, View gamma, View beta, double epsilon) {
    return forward(y, mean, variance, x, null, gamma, beta, epsilon, false);
  }

  /** {@code y = relu(batchNorm(x) + residual)}; residual may be null. */
  boolean batchNormRelu(
      View y,
      View mean,
      View variance,
      View x,
      View residual,
      View gamma,
      View beta,
      double epsilon) {
    return forward(y, mean, variance, x, residual, gamma, beta, epsilon, true);
  }

  boolean batchNormGrad(
      View dx,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View mean,
      View variance,
      View gamma,
      double epsilon) {
    return backward(dx, null, dgamma, dbeta, x, dy, null, mean, variance, gamma, epsilon);
  }

  /**
   * The gradient of {@link #batchNormRelu} from its output y; {@code dresidual} may be null, and
   * receives dy where y is positive.
   */
  boolean batchNormReluGrad(
      View dx,
      View dresidual,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View y,
      View mean,
      View variance,
      View gamma,
      double epsilon) {
    return backward(dx, dresidual, dgamma, dbeta, x, dy, y, mean, variance, gamma, epsilon);
  }

  private boolean forward(
      View y,
      View mean,
      View variance,
      View x,
      View residual,
      View gamma,
      View beta,
      double epsilon,
      boolean relu) {
    if (x.size() == 0
        || !Dense.floats(x, y, residual, gamma, beta)
        || !Dense.whole(y)
        || !statistics(x, mean, variance)) {
      return false;
    }
    try (Dense d = new Dense(gpu)) {
      write(y, mean, variance, d.of(x), d.of(residual), d.of(gamma), d.of(beta), epsilon, relu);
    }
    return true;
  }

  private void write(
      View y,
      View mean,
      View variance,
      View x,
      View residual,
      View gamma,
      View beta,
      double epsilon,
      boolean relu) {
    Grid g = new Grid(x, x, y, residual);
    try (Scratch parts = gpu.scratch(16L * g.c * g.splits);
        Scratch factors = gpu.scratch(24L * g.c)) {
      gpu.launch("norm", "norm_stats_" + g.name)
          .i64(at(x))
          .i64(g.n)
          .i32(g.c)
          .i32(g.width)
          .i64(parts.address())
          .run(g.tiles, g.splits, THREADS, 1);
      gpu.launch("norm", "norm_finish")
          .i64(parts.address())
          .i64(g.n)
          .i32(g.c)
          .i32(g.splits)
          .i64(at(mean))
          .i64(at(variance))
          .i32(mean.dtype().ordinal())
          .i64(at(gamma))
          .i64(at(beta))
          .i32(x.dtype().ordinal())
          .f64(epsilon)
          .i64(factors.address())
          .over(32L * g.c);
      gpu.launch("norm", "norm_apply_" + g.name)
          .i64(at(y))
          .i64(at(x))
          .i64(at(residual))
          .i64(factors.address())
          .i64(g.n)
          .i32(g.c)
          .i32(g.width)
          .i32(relu ? 1 : 0)
          .run(g.tiles, g.writers, THREADS, 1);
    }
  }

  private boolean backward(
      View dx,
      View dresidual,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View y,
      View mean,
      View variance,
      View gamma,
      double epsilon) {
    if (x.size() == 0
        || !Dense.floats(x, dx, dresidual, dgamma, dbeta, dy, y, gamma)
        || !Dense.whole(dx, dresidual, dgamma, dbeta)
        || !statistics(x, mean, variance)) {
      return false;
    }
    try (Dense d = new Dense(gpu)) {
      View a = d.of(x);
      View b = d.of(dy);
      View c = d.of(y);
      writeGrad(dx, dresidual, dgamma, dbeta, a, b, c, mean, variance, d.of(gamma), epsilon);
    }
    return true;
  }

  private void writeGrad(
      View dx,
      View dresidual,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View y,
      View mean,
      View variance,
      View gamma,
      double epsilon) {
    Grid g = new Grid(x, x, dx, dresidual, dy, y);
    int sums = x.dtype().bytes() == 2 ? 4 : 2;
    try (Scratch parts = gpu.scratch(8L * sums * g.c * g.splits);
        Scratch factors = gpu.scratch(32L * g.c)) {
      gpu.launch("norm", "norm_sums_" + g.name)
          .i64(at(x))
          .i64(at(dy))
          .i64(at(y))
          .i64(at(mean))
          .i32(mean.dtype().ordinal())
          .i64(g.n)
          .i32(g.c)
          .i32(g.width)
          .i64(parts.address())
          .run(g.tiles, g.splits, THREADS, 1);
      gpu.launch("norm", "norm_finish_grad")
          .i64(parts.address())
          .i32(sums)
          .i64(g.n)
          .i32(g.c)
          .i32(g.splits)
          .i64(at(dgamma))
          .i64(at(dbeta))
          .i64(at(mean))
          .i64(at(variance))
          .i32(mean.dtype().ordinal())
          .i64(at(gamma))
          .i32(x.dtype().ordinal())
          .f64(epsilon)
          .i64(factors.address())
          .over(32L * g.c);
      gpu.launch("norm", "norm_apply_grad_" + g.name)
          .i64(at(dx))
          .i64(at(dresidual))
          .i64(at(x))
          .i64(at(dy))
          .i64(at(y))
          .i64(factors.address())
          .i64(g.n)
          .i32(g.c)
          .i32(g.width)
          .run(g.tiles, g.writers, THREADS, 1);
    }
  }

  /** How blocks lie over rows of channels. */
  private final class Grid {
    final long n;
    final int c;
    final String name;
    final int width;
    final int tiles;
    final int splits;
    final int writers;

    Grid(View x, View... read) {
      DType t = x.dtype();
      c = x.shape().dim(-1);
      n = x.size() / c;
      int pack = t == DType.F64 ? 1 : 16 / t.bytes();
      boolean packs = pack > 1 && c % pack == 0;
      for (View v : read) {
        packs &= at(v) % 16 == 0;
      }
      name = (packs ? "packs_" : "") + Rows.name(t);
      int columns = packs ? c / pack : c;
      width = columns <= 64 ? columns : 32;
      tiles = (columns + width - 1) / width;
      int rows = THREADS / width;
      int processors = gpu.context().processors();
      splits = clamp(4L * processors / tiles, n / (16L * rows));
      writers = clamp(16L * processors / tiles, (n + 4L * rows - 1) / (4L * rows));
    }

    private static int clamp(long wanted, long most) {
      return (int) Math.max(1, Math.min(wanted, Math.min(most, 65535)));
    }
  }
}
