package org.jacana.optim.regression;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.optim.minimize.Method;
import org.jacana.optim.minimize.Minimize;
import org.jacana.optim.minimize.Minimum;
import org.jacana.optim.minimize.Prox;

/**
 * Logistic regression: minimises -log likelihood + l1 |w|_1 + l2 |w|^2 / 2, a sum over the examples
 * (scikit-learn's C is 1 / l2); intercepts are free. Two classes have one row of weights; more have
 * one each, of which the first is 0 where there is no penalty to make them unique.
 *
 * <p>Newton's method (iteratively reweighted least squares) for up to 300 parameters, else L-BFGS;
 * FISTA with an l1 penalty, for which columns should have similar scales.
 *
 * <p>Without a penalty there is no maximum of the likelihood where a plane separates the classes:
 * weights would grow for ever. That is refused when the fit found separates all examples; where
 * classes only touch (quasi-complete separation), expect very large weights and errors.
 */
public final class LogisticRegression {
  private double l1;
  private double l2;
  private boolean intercept = true;
  private Method method;

  /** Maximum likelihood, with intercepts and without a penalty. */
  public LogisticRegression() {}

  /** The weight of |w|_1. */
  public LogisticRegression l1(double weight) {
    l1 = Design.notNegative("logisticRegression", "l1", weight);
    return this;
  }

  /** The weight of |w|^2 / 2. */
  public LogisticRegression l2(double weight) {
    l2 = Design.notNegative("logisticRegression", "l2", weight);
    return this;
  }

  /** Whether there are intercepts; yes, unless set. */
  public LogisticRegression intercept(boolean on) {
    intercept = on;
    return this;
  }

  /** How to minimise; with an l1 penalty FISTA or ISTA only. */
  public LogisticRegression method(Method method) {
    this.method = method;
    return this;
  }

  /**
   * Fits.
   *
   * @param x [n, p], F32 or F64
   * @param labels [n], I32, each of 0, 1, ... K - 1 at least once, K at least 2
   * @throws IllegalArgumentException if shapes or labels do not fit, values are not finite, or
   *     there is no penalty and the classes are separable
   * @throws ArithmeticException if the method does not converge
   */
  public LogisticFit fit(Tensor x, Tensor labels) {
    Design.requireTable("logisticRegression", x);
    int[] y = Labels.of(x, labels);
    int classes = Labels.count(y);
    Design.requireFinite("logisticRegression", "x", x.doubles());
    boolean baseline = l1 == 0 && l2 == 0 || classes == 2;
    int rows = baseline ? classes - 1 : classes;
    int columns = x.shape().dim(1) + (intercept ? 1 : 0);
    try (Scope scope = Scope.open(x.device())) {
      Tensor data = x.detach().to(DType.F64);
      if (intercept) {
        data = Tensor.concat(1, data, Tensor.ones(DType.F64, y.length, 1));
      }
      LogisticLoss loss = new LogisticLoss(data, y, rows, baseline, l2, intercept);
      Minimize m = Minimize.of(loss::value).method(method(rows * columns)).maxIterations(100_000);
      if (l1 > 0) {
        m.plus(Prox.l1(weights(rows, columns)));
      }
      Minimum found = m.from(new double[rows * columns]);
      boolean free = l1 == 0 && l2 == 0;
      if (free && loss.separates(found.x())) {
        throw new IllegalArgumentException(
            "logisticRegression: a plane separates the classes of x "
                + x.shape()
                + ", so the likelihood has no maximum; add a penalty with l2(...) or l1(...)");
      }
      if (!found.converged()) {
        throw new ArithmeticException("logisticRegression: " + found);
      }
      double[][] errors = free ? loss.standardErrors(found.x()) : null;
      return LogisticFit.of(found, loss.logLikelihood(found.x()), errors, rows, classes, intercept);
    }
  }

  private Method method(int parameters) {
    if (method != null) {
      return method;
    }
    return l1 > 0 ? Method.fista() : parameters <= 300 ? Method.newton() : Method.lbfgs();
  }

  private double[] weights(int rows, int columns) {
    double[] w = new double[rows * columns];
    for (int i = 0; i < w.length; i++) {
      w[i] = intercept && i % columns == columns - 1 ? 0 : l1;
    }
    return w;
  }
}
