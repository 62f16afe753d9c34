package org.jacana.nn;

/**
 * The factor by which an initialiser widens weights so that a nonlinearity after them keeps the
 * variance (He et al. 2015; PyTorch's calculate_gain).
 */
public final class Gain {
  public static final double LINEAR = 1;
  public static final double RELU = Math.sqrt(2);
  public static final double TANH = 5.0 / 3;

  private Gain() {}

  /** sqrt(2 / (1 + slope^2)). */
  public static double leakyRelu(double slope) {
    Check.finite("gain", "slope", slope);
    return Math.sqrt(2 / (1 + slope * slope));
  }
}
