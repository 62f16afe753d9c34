package org.jacana.nn;

/** The standard normal distribution. */
final class Gaussian {
  private Gaussian() {}

  private static double density(double z) {
    return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  }

  /**
   * P(Z < z) to about 1e-15: in the middle by the series of Abramowitz and Stegun 26.2.11, in the
   * tails by the continued fraction 26.2.14.
   */
  static double below(double z) {
    double a = Math.abs(z);
    if (a < 3) {
      double term = z;
      double sum = z;
      for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
        term *= z * z / (2 * n + 1);
        sum += term;
      }
      return 0.5 + density(z) * sum;
    }
    double fraction = a;
    for (int n = 200; n >= 1; n--) {
      fraction = a + n / fraction;
    }
    double tail = density(a) / fraction;
    return z < 0 ? tail : 1 - tail;
  }

  /** The z with P(Z < z) = p, for p in [0, 1]. */
  static double quantile(double p) {
    if (p > 0.5) {
      return -quantile(1 - p);
    }
    if (p <= 0) {
      return Double.NEGATIVE_INFINITY;
    }
    // Abramowitz and Stegun 26.2.23 to 4.5e-4, then Halley's method to the last digits.
    double t = Math.sqrt(-2 * Math.log(p));
    double z =
        (2.515517 + t * (0.802853 + t * 0.010328))
                / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
            - t;
    for (int n = 0; n < 3; n++) {
      double step = (below(z) - p) / density(z);
      z -= step / (1 + z * step / 2);
    }
    return z;
  }
}
