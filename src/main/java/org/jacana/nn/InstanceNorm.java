package org.jacana.nn;

import org.jacana.Tensor;
import org.jacana.op.Norms;

/**
 * Normalisation over the positions of each channel of each example [N, ..., C] (Ulyanov et al.
 * 2016), by the example's own statistics in evaluation too. Parameters, if affine: weight [C] of
 * ones, bias [C] of zeros.
 */
public final class InstanceNorm extends Module {
  private final int channels;
  private final double epsilon;
  private final Tensor weight;
  private final Tensor bias;

  /** Epsilon 1e-5, not affine (PyTorch's default). */
  public InstanceNorm(int channels) {
    this(channels, 1e-5, false);
  }

  public InstanceNorm(int channels, double epsilon, boolean affine) {
    this.channels = Check.positive("instanceNorm", "channels", channels);
    this.epsilon = Check.notNegative("instanceNorm", "epsilon", epsilon);
    weight = affine ? parameter("weight", Tensor.ones(channels)) : null;
    bias = affine ? parameter("bias", Tensor.zeros(channels)) : null;
  }

  /** [C], or null when not affine. */
  public Tensor weight() {
    return weight;
  }

  /** [C], or null when not affine. */
  public Tensor bias() {
    return bias;
  }

  public double epsilon() {
    return epsilon;
  }

  @Override
  protected Tensor forward(Tensor x) {
    if (x.rank() < 3 || x.shape().dim(-1) != channels) {
      throw new IllegalArgumentException(
          this + ": the input must be [N, ..., " + channels + "], got " + x.shape());
    }
    return Norms.instanceNorm(x, weight, bias, epsilon);
  }

  @Override
  public String toString() {
    return "InstanceNorm(" + channels + ")";
  }
}
