package org.jacana.optim.regression;

import org.jacana.Tensor;

/**
 * The elastic net (Zou and Hastie 2005): minimises |y - intercept - x b|^2 / (2 n) + alpha ratio
 * |b|_1 + alpha (1 - ratio) |b|^2 / 2, as scikit-learn scales it, by cyclic coordinate descent
 * (Friedman, Hastie and Tibshirani 2010). Coefficients become exactly 0; the intercept is free.
 * Columns should have similar scales.
 */
public final class ElasticNet {
  private final String who;
  private final double alpha;
  private final double ratio;
  private boolean intercept = true;
  private double tolerance = 1e-10;
  private int sweeps = 100_000;

  ElasticNet(String who, double alpha, double ratio) {
    this.who = who;
    this.alpha = Design.notNegative(who, "alpha", alpha);
    this.ratio = ratio;
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException(who + ": the ratio must be in [0, 1], got " + ratio);
    }
  }

  /**
   * With an intercept.
   *
   * @param ratio of the l1 penalty, 1 for the lasso
   * @throws IllegalArgumentException if alpha is negative or not finite, or the ratio not in [0, 1]
   */
  public static ElasticNet of(double alpha, double ratio) {
    return new ElasticNet("elasticNet", alpha, ratio);
  }

  /** Whether there is an intercept; yes, unless set. */
  public ElasticNet intercept(boolean on) {
    intercept = on;
    return this;
  }

  /**
   * Stops where the optimality conditions hold to this part of the largest |x_j y| / n; 1e-10, or
   * after a number of sweeps; 100,000.
   */
  public ElasticNet stopping(double tolerance, int sweeps) {
    this.tolerance = Design.notNegative(who, "the tolerance", tolerance);
    this.sweeps = sweeps;
    return this;
  }

  /**
   * Fits.
   *
   * @param x [n, p], F32 or F64
   * @param y [n]
   * @throws IllegalArgumentException if shapes do not fit or values are not finite
   */
  public SparseFit fit(Tensor x, Tensor y) {
    Design d = new Design(who, x, y, intercept);
    return new CoordinateDescent(d).fit(alpha * ratio, alpha * (1 - ratio), tolerance, sweeps);
  }
}
