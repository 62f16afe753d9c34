package org.jacana.optim.minimize;

import java.util.Arrays;
import java.util.Locale;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;

/**
 * The end of a least squares search; holds no device memory.
 *
 * @param x the parameters, flat
 * @param sumOfSquares sum r^2 there
 * @param residuals r, flat, [m]
 * @param jacobian J there, [m][n]
 * @param evaluations of residuals, as {@code functions}, and Jacobians, as {@code gradients}
 * @param trajectory the accepted points and their sums of squares
 * @param shape the start's shape
 * @param dtype the start's type
 */
public record LeastSquaresFit(
    double[] x,
    double sumOfSquares,
    double[] residuals,
    double[][] jacobian,
    int iterations,
    Evaluations evaluations,
    StopReason reason,
    Trajectory trajectory,
    Shape shape,
    DType dtype) {
  /** Whether a tolerance was met; {@link #reason} says which, or what went wrong. */
  public boolean converged() {
    return reason.converged();
  }

  /** x in the start's shape and type, owned by the innermost scope. */
  public Tensor tensor() {
    return Scope.tidy(() -> Tensor.of(x, x.length).reshape(shape).to(dtype));
  }

  /** The number of residuals less that of parameters. */
  public int degreesOfFreedom() {
    return residuals.length - x.length;
  }

  /** sqrt(sum r^2 / degrees of freedom). */
  public double residualDeviation() {
    if (degreesOfFreedom() < 1) {
      throw new IllegalArgumentException(
          "leastSquares: "
              + residuals.length
              + " residuals for "
              + x.length
              + " parameters leave no degree of freedom to estimate their variance");
    }
    return Math.sqrt(sumOfSquares / degreesOfFreedom());
  }

  /**
   * The covariance of the parameters to first order, s^2 (J^T J)^-1 with s the residual deviation.
   *
   * @throws IllegalArgumentException if there are no more residuals than parameters, or the columns
   *     of J depend on each other, so that some parameters are not determined
   */
  public double[][] covariance() {
    double s = residualDeviation();
    double[][] c = inverseGram(jacobian, "leastSquares");
    for (double[] row : c) {
      for (int k = 0; k < row.length; k++) {
        row[k] *= s * s;
      }
    }
    return c;
  }

  /** The square roots of the covariance's diagonal. */
  public double[] standardErrors() {
    double[][] c = covariance();
    double[] out = new double[c.length];
    Arrays.setAll(out, k -> Math.sqrt(c[k][k]));
    return out;
  }

  /** (A^T A)^-1 by QR of A with columns of length 1. */
  static double[][] inverseGram(double[][] a, String who) {
    int n = a[0].length;
    double[] length = new double[n];
    for (double[] row : a) {
      for (int k = 0; k < n; k++) {
        length[k] = Math.hypot(length[k], row[k]);
      }
    }
    double[][] unit = new double[a.length][n];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < n; k++) {
        unit[i][k] = length[k] == 0 ? 0 : a[i][k] / length[k];
      }
    }
    double[][] c;
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor r = Linalg.qr(Dense.tensor(unit)).r();
      double[] diagonal = r.diagonal().doubles();
      for (double v : diagonal) {
        if (!(Math.abs(v) > 10 * n * Math.ulp(1.0))) {
          throw new IllegalArgumentException(
              who
                  + ": the columns depend on each other, so that not all "
                  + n
                  + " parameters are determined; leave some out");
        }
      }
      Tensor inverse = Linalg.solveTriangular(r, Tensor.eye(DType.F64, n), true);
      c = Dense.rows(inverse.matmul(inverse.transpose(0, 1)));
    }
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < n; k++) {
        c[i][k] /= length[i] * length[k];
      }
    }
    return c;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s after %d iterations (%d residuals, %d Jacobians): sum of squares %.10g; %s",
        converged() ? "converged" : "not converged",
        iterations,
        evaluations.functions(),
        evaluations.gradients(),
        sumOfSquares,
        reason.text());
  }
}
