package org.jacana.optim.regression;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.optim.minimize.Evaluations;
import org.jacana.optim.minimize.LeastSquaresFit;
import org.jacana.optim.minimize.StopReason;
import org.jacana.optim.minimize.Trajectory;

/** Ordinary least squares with the standard errors of its coefficients. */
public final class LinearRegression {
  /**
   * A fitted model.
   *
   * @param standardErrors of the coefficients, by the residuals' variance with n - p - 1 degrees of
   *     freedom (n - p without intercept)
   * @param interceptError the intercept's standard error, 0 without one
   * @param residualDeviation sqrt(sum of squared residuals / degrees of freedom)
   * @param residualSumOfSquares sum (y - prediction)^2
   * @param rSquared the part of y's variance that is explained; without intercept of sum y^2
   */
  public record Fit(
      LinearModel model,
      double[] standardErrors,
      double interceptError,
      double residualDeviation,
      double residualSumOfSquares,
      double rSquared,
      int degreesOfFreedom) {
    /** Coefficients over their standard errors, to compare with Student's t. */
    public double[] tValues() {
      double[] t = new double[standardErrors.length];
      Arrays.setAll(t, j -> model.coefficients()[j] / standardErrors[j]);
      return t;
    }

    /** {@link LinearModel#predict}. */
    public Tensor predict(Tensor x) {
      return model.predict(x);
    }
  }

  private boolean intercept = true;

  /** With an intercept. */
  public LinearRegression() {}

  /** Whether there is an intercept; yes, unless set. */
  public LinearRegression intercept(boolean on) {
    intercept = on;
    return this;
  }

  /**
   * Minimises |y - intercept - x b|^2 by QR of the centred columns.
   *
   * @param x [n, p], F32 or F64
   * @param y [n]
   * @throws IllegalArgumentException if shapes do not fit, values are not finite, columns depend on
   *     each other (or are constant, with an intercept), or there are no more rows than parameters
   */
  public Fit fit(Tensor x, Tensor y) {
    Design d = new Design("linearRegression", x, y, intercept);
    int first = intercept ? 1 : 0;
    if (d.n <= d.p + first) {
      throw new IllegalArgumentException(
          "linearRegression: "
              + d.n
              + " rows cannot determine "
              + (d.p + first)
              + " parameters and their errors; use Ridge or Lasso");
    }
    double[][] rows = new double[d.n][];
    double[] all = x.doubles();
    for (int i = 0; i < d.n; i++) {
      rows[i] = new double[d.p + first];
      rows[i][0] = 1;
      System.arraycopy(all, i * d.p, rows[i], first, d.p);
    }
    double[] b = d.solve(0);
    double[] residuals = d.y.clone();
    for (int j = 0; j < d.p; j++) {
      for (int i = 0; i < d.n; i++) {
        residuals[i] -= d.columns[j][i] * b[j];
      }
    }
    double left = Arrays.stream(residuals).map(r -> r * r).sum();
    double total = Arrays.stream(d.y).map(v -> v * v).sum();
    LeastSquaresFit fit =
        new LeastSquaresFit(
            new double[d.p + first],
            left,
            residuals,
            rows,
            0,
            new Evaluations(0, 0, 0, 0),
            StopReason.GRADIENT,
            new Trajectory(new double[0][], new double[0]),
            Shape.of(d.p + first),
            DType.F64);
    double[] errors = fit.standardErrors();
    return new Fit(
        d.model(b),
        Arrays.copyOfRange(errors, first, errors.length),
        intercept ? errors[0] : 0,
        fit.residualDeviation(),
        left,
        1 - left / total,
        fit.degreesOfFreedom());
  }
}
