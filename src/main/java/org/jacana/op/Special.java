package org.jacana.op;

/** Scalar functions that java.lang.Math lacks. */
public final class Special {
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

  /** Math.pow, but 1^NaN and (±1)^±inf are 1, as in C99 and PyTorch. */
  static double pow(double x, double p) {
    return x == 1 || x == -1 && Double.isInfinite(p) ? 1 : Math.pow(x, p);
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

  /** 1 - erf(x) to a relative error of about 1e-14, for large x by its continued fraction. */
  public static double erfc(double x) {
    if (!(x >= 1.5)) {
      return 1 - erf(x);
    }
    if (x > 27.5) {
      return 0;
    }
    // Abramowitz and Stegun 7.1.14, from the inside out.
    double t = x;
    for (int k = 60 + (int) (300 / (x * x)); k > 0; k--) {
      t = x + 0.5 * k / t;
    }
    return Math.exp(-x * x) / (t * Math.sqrt(Math.PI));
  }

  /** The inverse of erf, by Halley's steps from an approximation of Winitzki (2008). */
  static double erfinv(double y) {
    double a = Math.abs(y);
    if (!(a < 1)) {
      return a == 1 ? Math.copySign(Double.POSITIVE_INFINITY, y) : Double.NaN;
    }
    if (a < 1e-8) {
      return y * Math.sqrt(Math.PI) / 2;
    }
    double w = -Math.log1p(-a * a);
    double b = 2 / (Math.PI * 0.147) - w / 2;
    double x = Math.sqrt(Math.sqrt(b * b + w / 0.147) - b);
    for (int i = 0; i < 4; i++) {
      double miss = a < 0.5 ? erf(x) - a : 1 - a - erfc(x);
      double step = miss * Math.sqrt(Math.PI) / 2 * Math.exp(x * x);
      x -= step / (1 + x * step);
    }
    return Math.copySign(x, y);
  }

  static double asinh(double x) {
    double a = Math.abs(x);
    double y =
        a > 1e8 ? Math.log(a) + Math.log(2) : Math.log1p(a + a * a / (1 + Math.sqrt(a * a + 1)));
    return Math.copySign(y, x);
  }

  static double acosh(double x) {
    if (x < 1) {
      return Double.NaN;
    }
    double t = x - 1;
    return x > 1e8 ? Math.log(x) + Math.log(2) : Math.log1p(t + Math.sqrt(t * (t + 2)));
  }

  static double atanh(double x) {
    double a = Math.abs(x);
    return Math.copySign(0.5 * Math.log1p(2 * a / (1 - a)), x);
  }
}
