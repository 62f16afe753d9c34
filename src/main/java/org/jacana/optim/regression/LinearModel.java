package org.jacana.optim.regression;

import java.util.Arrays;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * y = intercept + x coefficients.
 *
 * @param coefficients one for each column of x
 * @param intercept 0 for a model without one
 */
public record LinearModel(double[] coefficients, double intercept) {
  /**
   * Predictions [n], owned by the innermost scope.
   *
   * @param x [n, p], float
   * @throws IllegalArgumentException if x does not have p columns
   */
  public Tensor predict(Tensor x) {
    Design.requireColumns("predict", x, coefficients.length);
    try (Scope scope = Scope.open(x.device());
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor b = Tensor.of(coefficients, coefficients.length).to(x.dtype());
      return scope.keep(x.detach().matmul(b).add(intercept));
    }
  }

  /** 1 - the residuals' sum of squares over that of y about its mean; 1 is a perfect fit. */
  public double rSquared(Tensor x, Tensor y) {
    double[] p;
    try (Scope scope = Scope.open(x.device())) {
      p = predict(x).doubles();
    }
    double[] v = y.doubles();
    if (v.length != p.length) {
      throw new IllegalArgumentException(
          "rSquared: x " + x.shape() + " has another number of rows than y " + y.shape());
    }
    double mean = Arrays.stream(v).average().orElse(0);
    double left = 0;
    double all = 0;
    for (int i = 0; i < v.length; i++) {
      left += (v[i] - p[i]) * (v[i] - p[i]);
      all += (v[i] - mean) * (v[i] - mean);
    }
    return 1 - left / all;
  }

  /** How many coefficients are not exactly 0. */
  public int nonZeros() {
    return (int) Arrays.stream(coefficients).filter(b -> b != 0).count();
  }
}
