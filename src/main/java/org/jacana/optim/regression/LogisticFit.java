package org.jacana.optim.regression;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.optim.minimize.Minimum;

/**
 * A fitted logistic regression.
 *
 * @param coefficients [1][p] for two classes, the log odds of class 1; else [K][p]
 * @param intercepts [1] or [K], zeros without intercepts
 * @param standardErrors of the coefficients, by the inverse of the observed information; null with
 *     a penalty, for which there are none
 * @param interceptErrors likewise
 * @param logLikelihood without penalties
 * @param search how the minimum was found
 */
public record LogisticFit(
    double[][] coefficients,
    double[] intercepts,
    double[][] standardErrors,
    double[] interceptErrors,
    double logLikelihood,
    int classes,
    Minimum search) {
  static LogisticFit of(
      Minimum m, double likelihood, double[][] errors, int rows, int classes, boolean intercept) {
    int columns = m.x().length / rows;
    double[][] w = new double[rows][];
    for (int i = 0; i < rows; i++) {
      w[i] = Arrays.copyOfRange(m.x(), i * columns, (i + 1) * columns);
    }
    boolean pad = classes > 2 && rows < classes;
    double[][] all = pad ? padded(w) : w;
    double[][] wrong = errors == null ? null : pad ? padded(errors) : errors;
    int p = intercept ? columns - 1 : columns;
    return new LogisticFit(
        part(all, p),
        last(all, p),
        wrong == null ? null : part(wrong, p),
        wrong == null ? null : last(wrong, p),
        likelihood,
        classes,
        m);
  }

  /** With zeros for the class that the others are compared with. */
  private static double[][] padded(double[][] rows) {
    double[][] out = new double[rows.length + 1][];
    out[0] = new double[rows[0].length];
    System.arraycopy(rows, 0, out, 1, rows.length);
    return out;
  }

  private static double[][] part(double[][] rows, int p) {
    return Arrays.stream(rows).map(r -> Arrays.copyOf(r, p)).toArray(double[][]::new);
  }

  private static double[] last(double[][] rows, int p) {
    return Arrays.stream(rows).mapToDouble(r -> r.length > p ? r[p] : 0).toArray();
  }

  /**
   * Probabilities [n, K] of x's type, owned by the innermost scope.
   *
   * @param x [n, p], float
   * @throws IllegalArgumentException if x does not have p columns
   */
  public Tensor probabilities(Tensor x) {
    Design.requireColumns("probabilities", x, coefficients[0].length);
    try (Scope scope = Scope.open(x.device());
        Autograd.Mode off = Autograd.noGrad()) {
      int p = coefficients[0].length;
      double[] flat = Arrays.stream(coefficients).flatMapToDouble(Arrays::stream).toArray();
      Tensor w = Tensor.of(flat, coefficients.length, p).transpose(0, 1);
      Tensor z = x.detach().to(DType.F64).matmul(w).add(Tensor.of(intercepts));
      if (classes == 2) {
        z = Tensor.concat(1, z.zerosLike(), z);
      }
      return scope.keep(z.softmax(1).to(x.dtype()));
    }
  }

  /** The most probable classes, I32 [n], owned by the innermost scope. */
  public Tensor predict(Tensor x) {
    try (Scope scope = Scope.open(x.device())) {
      return scope.keep(probabilities(x).argmax(1));
    }
  }
}
