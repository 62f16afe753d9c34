package org.jacana.prob;

import org.jacana.Tensor;

/** Independent normal numbers as one vector [d]: a normal distribution of diagonal covariance. */
public final class DiagonalNormal extends Independent {
  /**
   * With parameters that broadcast to [..., d].
   *
   * @throws IllegalArgumentException unless loc is finite, scale positive, and one has an axis
   */
  public DiagonalNormal(Tensor loc, Tensor scale) {
    super("DiagonalNormal", new Normal(loc, scale), 1);
  }

  /** The parameter as given. */
  public Tensor loc() {
    return ((Normal) base()).loc();
  }

  /** The standard deviations as given. */
  public Tensor scale() {
    return ((Normal) base()).scale();
  }
}
