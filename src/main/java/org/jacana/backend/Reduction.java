package org.jacana.backend;

/** How a reduction joins elements. MAX and MIN propagate NaN. */
public enum Reduction {
  SUM(0),
  PROD(1),
  MAX(Double.NEGATIVE_INFINITY),
  MIN(Double.POSITIVE_INFINITY);

  private final double identity;

  Reduction(double identity) {
    this.identity = identity;
  }

  /** The result of reducing nothing. */
  public double identity() {
    return identity;
  }

  public double join(double a, double b) {
    return switch (this) {
      case SUM -> a + b;
      case PROD -> a * b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
    };
  }
}
