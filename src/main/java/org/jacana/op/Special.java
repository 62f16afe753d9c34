package org.jacana.op;

/** Scalar functions that java.lang.Math lacks. */
final class Special {
  private Special() {}

  static double sigmoid(double x) {
    if (x >= 0) {
      return 1 / (1 + Math.exp(-x));
    }
    double e = Math.exp(x);
    return e / (1 + e);
  }

  static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /** C's fmod moved to the divisor's sign, as in Python and PyTorch. */
  static double remainder(double a, double b) {
    double r = a % b;
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
  }

  /** Math.pow, but 1^NaN and 1^±inf are 1, as in C99 and PyTorch. */
  static double pow(double x, double p) {
    return x == 1 ? 1 : p == Double.POSITIVE_INFINITY && x == -1 ? 1 : Math.pow(x, p);
  }

  /**
   * The error function to about 1e-15, by its series of positive terms (Abramowitz and Stegun
   * 7.1.6): 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!!.
   */
  static double erf(double x) {
    double a = Math.abs(x);
    if (a != a) {
      return x;
    }
    if (a > 6) {
      return Math.signum(x);
    }
    double term = a;
    double sum = a;
    for (int n = 1; term > sum * 1e-17; n++) {
      term *= 2 * a * a / (2 * n + 1);
      sum += term;
    }
    return Math.copySign(Math.min(1, 2 / Math.sqrt(Math.PI) * Math.exp(-a * a) * sum), x);
  }
}
