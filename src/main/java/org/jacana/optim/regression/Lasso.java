package org.jacana.optim.regression;

import java.util.List;
import org.jacana.Tensor;

/**
 * The lasso (Tibshirani 1996): minimises |y - intercept - x b|^2 / (2 n) + alpha |b|_1; the {@link
 * ElasticNet} with ratio 1.
 */
public final class Lasso {
  private Lasso() {}

  /**
   * With an intercept.
   *
   * @throws IllegalArgumentException if alpha is negative or not finite
   */
  public static ElasticNet of(double alpha) {
    return new ElasticNet("lasso", alpha, 1);
  }

  /**
   * Fits at alphas from the least one that makes all coefficients 0, in equal ratios down to a part
   * of it, each started from the one before.
   *
   * @param x [n, p], F32 or F64
   * @param y [n]
   * @param count of alphas, at least 2
   * @param part of the largest alpha that is the smallest, in (0, 1)
   * @throws IllegalArgumentException if shapes do not fit, values are not finite, or y does not
   *     depend on x linearly at all
   */
  public static SparsePath path(Tensor x, Tensor y, int count, double part) {
    if (count < 2 || !(part > 0 && part < 1)) {
      throw new IllegalArgumentException(
          "lasso: a path needs at least 2 alphas and a part in (0, 1), got "
              + count
              + " and "
              + part);
    }
    Design d = new Design("lasso", x, y, true);
    double largest = CoordinateDescent.largest(d);
    if (!(largest > 0)) {
      throw new IllegalArgumentException(
          "lasso: no column of x " + x.shape() + " is correlated with y, so there is no path");
    }
    CoordinateDescent descent = new CoordinateDescent(d);
    double[] alphas = new double[count];
    SparseFit[] fits = new SparseFit[count];
    for (int k = 0; k < count; k++) {
      alphas[k] = largest * Math.pow(part, k / (count - 1.0));
      fits[k] = descent.fit(alphas[k], 0, 1e-10, 100_000);
    }
    return new SparsePath(alphas, List.of(fits));
  }

  /**
   * The duality gap of any model: an upper bound of how far its objective is above the least one. 0
   * only at the minimum.
   */
  public static double dualityGap(LinearModel model, Tensor x, Tensor y, double alpha) {
    Design.requireColumns("lasso", x, model.coefficients().length);
    Design d = new Design("lasso", x, y, true);
    double[] b = model.coefficients();
    double[] r = d.y.clone();
    for (int j = 0; j < b.length; j++) {
      for (int i = 0; i < r.length; i++) {
        r[i] -= b[j] * d.columns[j][i];
      }
    }
    return CoordinateDescent.gap(d, b, r, Design.notNegative("lasso", "alpha", alpha), 0);
  }
}
