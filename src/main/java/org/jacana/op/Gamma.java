package org.jacana.op;

/** The logarithm of the gamma function and its derivatives. */
public final class Gamma {
  /** From here on the asymptotic series below are exact to the last digits. */
  private static final double LARGE = 16;

  /** B_2, B_4, ... B_20. */
  private static final double[] BERNOULLI = {
    1.0 / 6,
    -1.0 / 30,
    1.0 / 42,
    -1.0 / 30,
    5.0 / 66,
    -691.0 / 2730,
    7.0 / 6,
    -3617.0 / 510,
    43867.0 / 798,
    -174611.0 / 330
  };

  private Gamma() {}

  /**
   * log |Gamma(x)| to an absolute error of about 1e-14 (relative above 10), by the reflection
   * formula and Stirling's series (Abramowitz and Stegun 6.1.17, 6.1.40).
   */
  public static double logGamma(double x) {
    if (Double.isInfinite(x)) {
      return Double.POSITIVE_INFINITY;
    }
    if (x < 0.5) {
      return x == Math.floor(x)
          ? Double.POSITIVE_INFINITY
          : Math.log(Math.PI / Math.abs(sinPi(x))) - logGamma(1 - x);
    }
    double z = x;
    double product = 1;
    while (z < LARGE) {
      product *= z++;
    }
    double sum = 0;
    for (int k = BERNOULLI.length; k > 0; k--) {
      sum = sum / (z * z) + BERNOULLI[k - 1] / (2 * k * (2 * k - 1));
    }
    return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + sum / z - Math.log(product);
  }

  private static double sinPi(double x) {
    return Math.sin(Math.PI * (x - 2 * Math.rint(x / 2)));
  }

  /**
   * The derivative of order n + 1 of log Gamma. As in PyTorch, at 0 the digamma function is the
   * infinity of the opposite sign, and NaN at negative whole numbers.
   */
  public static double polygamma(int n, double x) {
    if (n == 0) {
      return digamma(x);
    }
    double factorial = 1;
    for (int k = 2; k <= n; k++) {
      factorial *= k;
    }
    return (n % 2 == 0 ? -1 : 1) * factorial * zeta(n + 1, x);
  }

  /** Abramowitz and Stegun 6.3.5, 6.3.7, 6.3.18. */
  private static double digamma(double x) {
    if (x == 0) {
      return Math.copySign(Double.POSITIVE_INFINITY, -x);
    }
    if (x < 0) {
      if (x == Math.floor(x)) {
        return Double.NaN;
      }
      double fraction = x - Math.rint(x);
      return digamma(1 - x) - Math.PI / Math.tan(Math.PI * fraction);
    }
    double z = x;
    double shift = 0;
    while (z < LARGE) {
      shift += 1 / z++;
    }
    double sum = 0;
    for (int k = BERNOULLI.length; k > 0; k--) {
      sum = (sum + BERNOULLI[k - 1] / (2 * k)) / (z * z);
    }
    return Math.log(z) - 0.5 / z - sum - shift;
  }

  /** Hurwitz's sum of (x + k)^-s over k >= 0, s a whole number above 1. */
  private static double zeta(int s, double x) {
    if (x <= 0) {
      if (x == Math.floor(x)) {
        return Double.POSITIVE_INFINITY;
      }
      double inside = x + Math.ceil(-x);
      double below = zeta(s, 1 - inside) - zeta(s, 1 - x);
      return (s % 2 == 0 ? below : -below) + zeta(s, inside);
    }
    if (Double.isInfinite(x)) {
      return 0;
    }
    // Euler and Maclaurin's formula after the first terms.
    double z = x;
    double sum = 0;
    while (z < LARGE + s) {
      sum += Math.pow(z++, -s);
    }
    double power = Math.pow(z, -s);
    sum += power * z / (s - 1) + 0.5 * power;
    double term = power * s / (2 * z);
    for (int k = 1; k <= BERNOULLI.length; k++) {
      sum += BERNOULLI[k - 1] * term;
      term *= (s + 2 * k - 1) * (s + 2 * k) / (z * z * (2 * k + 1) * (2 * k + 2));
    }
    return sum;
  }
}
