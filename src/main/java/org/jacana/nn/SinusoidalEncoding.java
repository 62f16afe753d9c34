package org.jacana.nn;

import org.jacana.Tensor;

/**
 * Adds waves that tell positions apart to [N, T, dim] (Vaswani et al. 2017): sin(t /
 * 10000^(2i/dim)) to feature 2i, the cosine of the same to feature 2i + 1. Buffer: pe [longest,
 * dim].
 */
public final class SinusoidalEncoding extends Module {
  private final int dim;
  private final int longest;
  private final Tensor table;

  /**
   * An encoding of up to {@code longest} positions.
   *
   * @throws IllegalArgumentException if a size is not positive
   */
  public SinusoidalEncoding(int dim, int longest) {
    this.dim = Check.positive("sinusoidalEncoding", "dim", dim);
    this.longest = Check.positive("sinusoidalEncoding", "longest", longest);
    table = buffer("pe", Tensor.of(waves(dim, longest), longest, dim));
  }

  private static float[] waves(int dim, int longest) {
    float[] v = new float[Math.multiplyExact(dim, longest)];
    for (int t = 0; t < longest; t++) {
      for (int f = 0; f < dim; f++) {
        double angle = t * Math.pow(10000, -(double) (f - f % 2) / dim);
        v[t * dim + f] = (float) (f % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
      }
    }
    return v;
  }

  @Override
  protected Tensor forward(Tensor x) {
    if (x.rank() != 3 || x.shape().dim(2) != dim || x.shape().dim(1) > longest) {
      throw new IllegalArgumentException(
          this
              + ": the input must be [N, T, "
              + dim
              + "] with T at most "
              + longest
              + ", got "
              + x.shape());
    }
    return x.add(table.slice(0, 0, x.shape().dim(1)).to(x.dtype()));
  }

  @Override
  public String toString() {
    return "SinusoidalEncoding(" + dim + ", " + longest + ")";
  }
}
