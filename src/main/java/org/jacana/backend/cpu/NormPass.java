package org.jacana.backend.cpu;

import org.jacana.DType;
import org.jacana.backend.View;

/**
 * y = relu?(norm(x) + residual) of dense F32 [rows, channels] by oneDNN, mean and variance being
 * known: one pass over memory, without copies to small arrays. NaN and infinities stay.
 */
final class NormPass {
  /**
   * Off the cache line's start, so that the kernel writes to the caches and not past them: the next
   * one reads it at once.
   */
  private static final int CACHED = 32;

  private final Split split;
  private final View y;
  private final View x;
  private final View residual;
  private final long[] channels;
  private final float epsilon;
  private final int c;

  private NormPass(Split split, View y, View x, View residual, double epsilon, View... channels) {
    this.split = split;
    this.y = y;
    this.x = x;
    this.residual = residual;
    this.epsilon = (float) epsilon;
    this.channels = new long[channels.length];
    for (int i = 0; i < channels.length; i++) {
      this.channels[i] = Operands.address(channels[i]);
    }
    c = x.layout().dim(x.layout().rank() - 1);
  }

  /**
   * False where oneDNN has no kernel for it: views with gaps, channels that do not fill registers.
   *
   * @param finite whether norm(x) holds no NaN, as {@link #finite} found
   */
  static boolean run(
      Split split,
      View y,
      View x,
      View residual,
      View mean,
      View variance,
      View gamma,
      View beta,
      double epsilon,
      boolean relu,
      boolean finite) {
    if (!Native.available() || epsilon < Float.MIN_NORMAL) {
      return false;
    }
    for (View v : new View[] {y, x, residual, mean, variance, gamma, beta}) {
      if (v != null && !v.layout().isContiguous()) {
        return false;
      }
    }
    NormPass pass = new NormPass(split, y, x, residual, epsilon, mean, variance, gamma, beta);
    return split.rowChunks(
        x.size() / pass.c,
        pass.c,
        (at, count) ->
            residual == null ? pass.alone(at, count, relu, finite) : pass.sum(at, count, relu));
  }

  /**
   * Whether norm(x) holds no NaN: then x has none and no infinity either, and no product of an
   * infinity with 0 arises.
   */
  static boolean finite(double[] mean, double[] variance, float[] factor, float[] beta) {
    double sum = 0;
    for (int k = 0; k < factor.length; k++) {
      // 0 times a finite number, and NaN else.
      sum += 0 * ((float) mean[k] + (float) variance[k]) + 0f * factor[k] + 0f * beta[k];
    }
    return sum == 0;
  }

  private boolean alone(long at, int rows, boolean relu, boolean finite) {
    long out = Operands.address(y) + 4L * c * at;
    return norm(out, at, relu && finite, rows)
        && (!relu || finite || Split.rectify(DType.F32, out, (long) rows * c));
  }

  private boolean sum(long at, int rows, boolean relu) {
    long bytes = 4L * c * rows;
    long out = Operands.address(y) + 4L * c * at;
    long other = Operands.address(residual) + 4L * c * at;
    try (Scratch scratch = Scratch.lend(bytes + CACHED)) {
      long normed = scratch.address() + CACHED;
      return norm(normed, at, false, rows)
          && OneDnn.arithmetic(Arithmetic.ADD, DType.F32, out, normed, other, (long) rows * c)
          && (!relu || Split.rectify(DType.F32, out, (long) rows * c));
    }
  }

  private boolean norm(long out, long at, boolean relu, int rows) {
    return OneDnn.normalise(
        out,
        Operands.address(x) + 4L * c * at,
        channels[0],
        channels[1],
        channels[2],
        channels[3],
        epsilon,
        relu,
        rows,
        c);
  }
}
