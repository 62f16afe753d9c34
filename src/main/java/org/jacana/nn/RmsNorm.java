package org.jacana.nn;

import org.jacana.Tensor;
import org.jacana.op.Norms;

/**
 * Division of the last axis by its root mean square (Zhang and Sennrich 2019): [..., D]. Parameter:
 * weight [D] of ones.
 */
public final class RmsNorm extends Module {
  private final int size;
  private final double epsilon;
  private final Tensor weight;

  /** Epsilon 1e-6. */
  public RmsNorm(int size) {
    this(size, 1e-6);
  }

  public RmsNorm(int size, double epsilon) {
    this.size = Check.positive("rmsNorm", "size", size);
    this.epsilon = Check.notNegative("rmsNorm", "epsilon", epsilon);
    weight = parameter("weight", Tensor.ones(size));
  }

  /** [D]. */
  public Tensor weight() {
    return weight;
  }

  public double epsilon() {
    return epsilon;
  }

  @Override
  protected Tensor forward(Tensor x) {
    return Norms.rmsNorm(x, 1, weight, epsilon);
  }

  @Override
  public String toString() {
    return "RmsNorm(" + size + ")";
  }
}
