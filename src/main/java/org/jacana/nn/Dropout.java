package org.jacana.nn;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Tensor;

/**
 * Sets each element to 0 with probability p in training and scales the others by 1/(1-p), so that
 * the mean stays (Srivastava et al. 2014); passes its input on otherwise.
 */
public final class Dropout extends Module {
  private final double p;
  private final Generator generator;

  /** Masks from {@link Generator#standard}. */
  public Dropout(double p) {
    this(p, Generator.standard());
  }

  /**
   * Masks from a generator.
   *
   * @throws IllegalArgumentException if p is not between 0 and 1
   */
  public Dropout(double p, Generator generator) {
    this.p = Check.probability("dropout", "p", p);
    this.generator = generator("generator", Check.generator("dropout", generator));
  }

  public double p() {
    return p;
  }

  @Override
  protected Tensor forward(Tensor x) {
    if (!isTraining() || p == 0) {
      return x;
    }
    if (p == 1) {
      return x.mul(0);
    }
    Tensor kept = generator.uniform(DType.F32, x.shape().dims()).ge(p);
    return x.mul(kept.to(x.dtype()).mul(1 / (1 - p)));
  }

  @Override
  public String toString() {
    return "Dropout(" + p + ")";
  }
}
