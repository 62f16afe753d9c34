package org.jacana.nn;

import org.jacana.Tensor;
import org.jacana.op.Norms;

/**
 * Normalisation over groups of channels and all positions of each example [N, ..., C] (Wu and He
 * 2018). Parameters: weight [C] of ones, bias [C] of zeros.
 */
public final class GroupNorm extends Module {
  private final int groups;
  private final int channels;
  private final double epsilon;
  private final Tensor weight;
  private final Tensor bias;

  /** Epsilon 1e-5. */
  public GroupNorm(int groups, int channels) {
    this(groups, channels, 1e-5);
  }

  public GroupNorm(int groups, int channels, double epsilon) {
    this.groups = Check.positive("groupNorm", "groups", groups);
    this.channels = Check.positive("groupNorm", "channels", channels);
    this.epsilon = Check.notNegative("groupNorm", "epsilon", epsilon);
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "groupNorm: " + channels + " channels do not divide into " + groups + " groups");
    }
    weight = parameter("weight", Tensor.ones(channels));
    bias = parameter("bias", Tensor.zeros(channels));
  }

  public int groups() {
    return groups;
  }

  /** [C]. */
  public Tensor weight() {
    return weight;
  }

  /** [C]. */
  public Tensor bias() {
    return bias;
  }

  public double epsilon() {
    return epsilon;
  }

  @Override
  protected Tensor forward(Tensor x) {
    return Norms.groupNorm(x, groups, weight, bias, epsilon);
  }

  @Override
  public String toString() {
    return "GroupNorm(" + groups + ", " + channels + ")";
  }
}
