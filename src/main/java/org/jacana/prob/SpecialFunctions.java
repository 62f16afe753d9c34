package org.jacana.prob;

import org.jacana.op.Gamma;
import org.jacana.op.Special;

/**
 * The regularised incomplete gamma and beta functions in float64, by series and continued fractions
 * (DLMF 8.7.1, 8.9.2, 8.17.22) with the leading factor in the saddle-point form of Loader (2000),
 * which keeps large arguments exact to about 1e-13.
 */
public final class SpecialFunctions {
  private static final double HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

  /** From here on the series would take too long, and the expansion is exact to 1e-12. */
  private static final double LARGE = 1e8;

  private static final double TINY = 1e-300;
  private static final double EPSILON = Math.ulp(1.0);

  private SpecialFunctions() {}

  /** P(a, x), the distribution function of Gamma(a, 1) at x; NaN unless a is positive. */
  public static double gammaP(double a, double x) {
    if (!(a > 0) || Double.isNaN(x) || Double.isInfinite(a)) {
      return Double.NaN;
    }
    if (x <= 0) {
      return 0;
    }
    if (a >= LARGE) {
      return uniform(a, x, -1);
    }
    return Double.isInfinite(x) ? 1 : x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x);
  }

  /** Q(a, x) = 1 - P(a, x), exact where it is tiny. */
  public static double gammaQ(double a, double x) {
    if (!(a > 0) || Double.isNaN(x) || Double.isInfinite(a)) {
      return Double.NaN;
    }
    if (x <= 0) {
      return 1;
    }
    if (a >= LARGE) {
      return uniform(a, x, 1);
    }
    return Double.isInfinite(x) ? 0 : x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
  }

  /** Temme's expansion to its first term, DLMF 8.12.3 and 8.12.4: Q for side 1, P for side -1. */
  private static double uniform(double a, double x, int side) {
    if (Double.isInfinite(x)) {
      return side > 0 ? 0 : 1;
    }
    double square = deviance(a, x);
    double mu = (x - a) / a;
    double eta = Math.copySign(Math.sqrt(2 * square / a), mu);
    double c = Math.abs(eta) < 0.01 ? -1.0 / 3 + eta / 12 : 1 / mu - 1 / eta;
    double rest = Math.exp(-square) / Math.sqrt(2 * Math.PI * a) * c;
    return 0.5 * Special.erfc(side * Math.copySign(Math.sqrt(square), mu)) + side * rest;
  }

  private static double lowerSeries(double a, double x) {
    double sum = 1;
    double term = 1;
    for (double n = a + 1; term > sum * EPSILON; n++) {
      term *= x / n;
      sum += term;
    }
    return Math.min(1, poissonTerm(a, x) * sum);
  }

  private static double upperFraction(double a, double x) {
    double b = x + 1 - a;
    double c = 1 / TINY;
    double d = 1 / b;
    double h = d;
    double ratio = 0;
    for (double i = 1; Math.abs(ratio - 1) > EPSILON && i < 1e7; i++) {
      double an = -i * (i - a);
      b += 2;
      d = 1 / away(an * d + b);
      c = away(b + an / c);
      ratio = d * c;
      h *= ratio;
    }
    return Math.min(1, a * poissonTerm(a, x) * h);
  }

  private static double away(double v) {
    return Math.abs(v) < TINY ? TINY : v;
  }

  /** I_x(a, b), the distribution function of Beta(a, b) at x; NaN unless a and b are positive. */
  public static double betaI(double a, double b, double x) {
    return betaI(a, b, x, 1 - x);
  }

  /** As {@link #betaI(double, double, double)} with y = 1 - x given to its full precision. */
  static double betaI(double a, double b, double x, double y) {
    if (!(a > 0) || !(b > 0) || Double.isNaN(x) || Double.isInfinite(a) || Double.isInfinite(b)) {
      return Double.NaN;
    }
    if (x <= 0 || y <= 0) {
      return x <= 0 ? 0 : 1;
    }
    return x < (a + 1) / (a + b + 2) ? fraction(a, b, x, y) : 1 - fraction(b, a, y, x);
  }

  private static double fraction(double a, double b, double x, double y) {
    double c = 1;
    double d = 1 / away(1 - (a + b) * x / (a + 1));
    double h = d;
    double ratio = 0;
    for (double m = 1; Math.abs(ratio - 1) > EPSILON && m < 1e7; m++) {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 / away(1 + even * d);
      c = away(1 + even / c);
      h *= d * c;
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / away(1 + odd * d);
      c = away(1 + odd / c);
      ratio = d * c;
      h *= ratio;
    }
    return Math.min(1, betaTerm(a, b, x, y) / a * h);
  }

  /** x^a e^-x / Gamma(a + 1). */
  static double poissonTerm(double a, double x) {
    return a < 1
        ? Math.exp(a * Math.log(x) - x - Gamma.logGamma(a + 1))
        : Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a);
  }

  /** x^a y^b / B(a, b) for x + y = 1. */
  static double betaTerm(double a, double b, double x, double y) {
    double n = a + b;
    double e =
        stirlingError(n)
            - stirlingError(a)
            - stirlingError(b)
            - deviance(a, n * x)
            - deviance(b, n * y);
    return Math.exp(e) * Math.sqrt(a / n * b / (2 * Math.PI));
  }

  /** log Gamma(n + 1) less Stirling's approximation of it. */
  private static double stirlingError(double n) {
    if (n < 16) {
      return Gamma.logGamma(n + 1) - (n + 0.5) * Math.log(n) + n - HALF_LOG_2PI;
    }
    double s = 1 / (n * n);
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - s / 1188) * s) * s) * s) / n;
  }

  /** x log(x / m) + m - x, without cancellation where x is near m. */
  private static double deviance(double x, double m) {
    if (!(Math.abs(x - m) < 0.1 * (x + m))) {
      return x * Math.log(x / m) + m - x;
    }
    double v = (x - m) / (x + m);
    double sum = (x - m) * v;
    double term = 2 * x * v;
    for (int j = 3; ; j += 2) {
      term *= v * v;
      double next = sum + term / j;
      if (next == sum) {
        return sum;
      }
      sum = next;
    }
  }
}
