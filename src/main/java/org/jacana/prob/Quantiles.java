package org.jacana.prob;

import java.util.function.DoubleUnaryOperator;
import org.jacana.op.Gamma;

/** Inverses of distribution functions in float64. */
final class Quantiles {
  private Quantiles() {}

  /** A distribution function, its complement and the density at a point, all in float64. */
  private record At(double lower, double upper, double density) {}

  private interface Curve {
    At at(double t);
  }

  /** The x with P(a, x) = p; NaN unless 0 <= p <= 1. */
  static double gamma(double a, double p) {
    if (!(a > 0) || !(p >= 0 && p <= 1) || p == 0 || p == 1) {
      return ends(a > 0 ? p : Double.NaN, 0, Double.POSITIVE_INFINITY);
    }
    double cube = 1 - 1 / (9 * a) + normal(p) / (3 * Math.sqrt(a));
    double start =
        a > 0.5 && cube > 0.2
            ? Math.log(a) + 3 * Math.log(cube)
            : (Math.log(p) + Gamma.logGamma(a + 1)) / a;
    // Below that x, the first term of the series is all of P, and e^t may be 0.
    if (start < -50) {
      return Math.exp(start);
    }
    return Math.exp(
        solve(
            t -> {
              double x = Math.exp(t);
              return new At(
                  SpecialFunctions.gammaP(a, x),
                  SpecialFunctions.gammaQ(a, x),
                  a * SpecialFunctions.poissonTerm(a, x));
            },
            p,
            1 - p,
            start));
  }

  /** The x with I_x(a, b) = p; NaN unless 0 <= p <= 1. */
  static double beta(double a, double b, double p) {
    if (!(a > 0) || !(b > 0) || !(p >= 0 && p <= 1) || p == 0 || p == 1) {
      return ends(a > 0 && b > 0 ? p : Double.NaN, 0, 1);
    }
    return 1 / (1 + Math.exp(-betaLogit(a, b, p, 1 - p)));
  }

  /** The logit of the x with I_x(a, b) = p = 1 - q, for 0 < p < 1. */
  static double betaLogit(double a, double b, double p, double q) {
    double start = Math.log(a / b) + normal(p) * Math.sqrt(1 / a + 1 / b);
    return solve(
        t -> {
          double x = 1 / (1 + Math.exp(-t));
          double y = 1 / (1 + Math.exp(t));
          return new At(
              SpecialFunctions.betaI(a, b, x, y),
              SpecialFunctions.betaI(b, a, y, x),
              SpecialFunctions.betaTerm(a, b, x, y));
        },
        p,
        q,
        start);
  }

  /** The t with T(t) = p for Student's distribution of unit scale. */
  static double studentT(double df, double p) {
    if (!(df > 0) || !(p > 0 && p < 1)) {
      return ends(df > 0 ? p : Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
    if (p == 0.5) {
      return 0;
    }
    double tail = 2 * Math.min(p, 1 - p);
    double logit = betaLogit(0.5, df / 2, 1 - tail, tail);
    return Math.copySign(Math.sqrt(df) * Math.exp(logit / 2), p - 0.5);
  }

  private static double ends(double p, double first, double last) {
    return p == 0 ? first : p == 1 ? last : Double.NaN;
  }

  /** The smallest whole number k in 0..last whose {@code cdf(k)} is at least p, by bisection. */
  static double discrete(DoubleUnaryOperator cdf, double p, double guess, double last) {
    if (!(p >= 0 && p <= 1) || p == 1 || last == 0) {
      return p == 1 ? last : p >= 0 && p <= 1 ? 0 : Double.NaN;
    }
    double high = Math.min(last, Math.max(0, Math.rint(guess)));
    double low = high;
    double step = 1;
    while (high < last && cdf.applyAsDouble(high) < p) {
      low = high + 1;
      high = Math.min(last, high + step);
      step *= 2;
    }
    if (low == high) {
      for (low = high - 1; low >= 0 && cdf.applyAsDouble(low) >= p; step *= 2) {
        high = low;
        low -= step;
      }
      low = Math.max(0, low + 1);
    }
    while (low < high) {
      double middle = Math.floor((low + high) / 2);
      if (cdf.applyAsDouble(middle) >= p) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return high;
  }

  /** The standard normal quantile to about 4e-4 (Abramowitz and Stegun 26.2.23), to start from. */
  static double normal(double p) {
    double t = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
    double z =
        t
            - (2.515517 + t * (0.802853 + t * 0.010328))
                / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    return p < 0.5 ? -z : z;
  }

  /** Newton's method on the logarithm of the smaller tail, kept inside a bracket. */
  private static double solve(Curve curve, double p, double q, double start) {
    double low = Double.NEGATIVE_INFINITY;
    double high = Double.POSITIVE_INFINITY;
    double t = start;
    double reach = 1;
    for (int i = 0; i < 500; i++) {
      At at = curve.at(t);
      boolean left = p <= q;
      double tail = left ? at.lower : at.upper;
      double off = left ? Math.log(tail / p) : Math.log(q / tail);
      if (off > 0) {
        high = t;
      } else {
        low = t;
      }
      double next = t - off * tail / at.density;
      if (off == 0 || Math.abs(next - t) <= 2 * Math.ulp(Math.max(1, Math.abs(t)))) {
        return next;
      }
      if (!(next > low && next < high)) {
        boolean open = Double.isInfinite(low) || Double.isInfinite(high);
        next = open ? t - Math.copySign(reach, off) : low + (high - low) / 2;
        reach *= 2;
        if (next == low || next == high) {
          return next;
        }
      }
      t = next;
    }
    return t;
  }
}
