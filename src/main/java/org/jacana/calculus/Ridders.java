package org.jacana.calculus;

import java.util.function.DoubleUnaryOperator;

/** Central differences at shrinking steps and their extrapolation, after Ridders (1982). */
final class Ridders {
  private static final double SHRINK = 1.4;
  private static final int ROWS = 12;
  private static final int RETRIES = 60;
  private static final int ATTEMPTS = 3;
  private static final double GOOD = 1e-9;

  private Ridders() {}

  static Estimate derivative(DoubleUnaryOperator f, double x, int order, double step) {
    double h = step;
    Estimate best = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      double d = difference(f, x, order, h);
      for (int k = 0; !Double.isFinite(d); k++) {
        if (k == RETRIES || x + h / SHRINK == x) {
          throw new IllegalArgumentException(
              "derivative: the function has no finite values around " + x);
        }
        h /= SHRINK;
        d = difference(f, x, order, h);
      }
      Estimate e = extrapolate(f, x, order, h, d);
      if (best == null || e.error() < best.error()) {
        best = e;
      }
      if (best.error() <= GOOD * Math.abs(best.value())) {
        break;
      }
      // The function changes within the step: look closer.
      h /= 16;
    }
    return best;
  }

  /** The tableau of Richardson's extrapolation; the entry that moved least is the result. */
  private static Estimate extrapolate(
      DoubleUnaryOperator f, double x, int order, double h, double first) {
    double[] row = {first};
    double best = first;
    double error = Double.POSITIVE_INFINITY;
    for (int i = 1; i < ROWS; i++) {
      h /= SHRINK;
      double[] next = new double[i + 1];
      next[0] = difference(f, x, order, h);
      double factor = 1;
      for (int j = 1; j <= i; j++) {
        factor *= SHRINK * SHRINK;
        next[j] = (factor * next[j - 1] - row[j - 1]) / (factor - 1);
        double moved = Math.max(Math.abs(next[j] - next[j - 1]), Math.abs(next[j] - row[j - 1]));
        if (moved <= error) {
          error = moved;
          best = next[j];
        }
      }
      // Beyond this the rounding of f's values grows faster than the truncation shrinks.
      if (Math.abs(next[i] - row[i - 1]) >= 2 * error && i > 3) {
        break;
      }
      row = next;
    }
    return new Estimate(best, Math.max(error, 64 * Math.ulp(best)));
  }

  /** The central difference of an order, by the step's power; its error is even in h. */
  private static double difference(DoubleUnaryOperator f, double x, int order, double h) {
    double sum = 0;
    double binomial = 1;
    for (int k = 0; k <= order; k++) {
      double weight = k % 2 == 0 ? binomial : -binomial;
      sum += weight * f.applyAsDouble(x + (0.5 * order - k) * h);
      binomial = binomial * (order - k) / (k + 1);
    }
    return sum / Math.pow(h, order);
  }
}
