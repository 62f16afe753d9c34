package org.jacana.backend.cpu;

import org.jacana.DType;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Tiles;

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
    long rows = x.size() / pass.c;
    if (residual == null) {
      return split.rowChunks(rows, pass.c, (at, count) -> pass.alone(at, count, relu, finite));
    }
    try (Scratch negated = Scratch.lend(8L * pass.c)) {
      if (relu && finite && negate(gamma, beta, rows, negated)) {
        pass.channels[2] = negated.address();
        pass.channels[3] = negated.address() + 4L * pass.c;
        return split.rowChunks(rows, pass.c, pass::rectifiedSum);
      }
      return split.rowChunks(rows, pass.c, (at, count) -> pass.sum(at, count, relu));
    }
  }

  /**
   * Puts -gamma and -beta beside each other.
   *
   * @return whether their norms stay finite: none is further from the mean than the square root of
   *     the number of rows, in deviations
   */
  private static boolean negate(View gamma, View beta, long rows, Scratch to) {
    int c = Math.toIntExact(gamma.size());
    float[] g = Tiles.floats(c);
    float[] b = Tiles.floats(c);
    new Cursor(gamma).get(0, c, g);
    new Cursor(beta).get(0, c, b);
    double largest = 0;
    for (int k = 0; k < c; k++) {
      largest = Math.max(largest, Math.abs(g[k]) * Math.sqrt(rows) + Math.abs(b[k]));
      g[k] = -g[k];
      b[k] = -b[k];
    }
    to.floats().put(0, g).put(c, b);
    return largest < 1e38;
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

  /**
   * With the parameters' signs changed, p = -norm(x), and relu(norm(x) + r) = max(p, r) - p: one
   * pass, in which NaN of r stays because x86's maximum is the second operand where one is NaN.
   */
  private boolean rectifiedSum(long at, int rows) {
    long n = (long) rows * c;
    try (Scratch scratch = Scratch.lend(4 * n + CACHED)) {
      long normed = scratch.address() + CACHED;
      return norm(normed, at, false, rows)
          && OneDnn.rectifiedSum(
              Operands.address(y) + 4L * c * at,
              normed,
              Operands.address(residual) + 4L * c * at,
              n);
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
