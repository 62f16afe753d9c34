package org.jacana.linalg;

import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * The eigenvalue of largest magnitude of a symmetric operator, and its vector [n] of length 1 (von
 * Mises' power method; Golub and Van Loan, section 8.2.1). The vector belongs to the caller's
 * scope.
 *
 * @param residual |A v - value v|
 * @param iterations products with the operator
 */
public record PowerIteration(double value, Tensor vector, double residual, int iterations) {
  /** Up to 1,000 products, until the residual is at most 1e-6 of the value. */
  public static PowerIteration of(LinearOperator a) {
    return of(a, 1000, 1e-6, new Generator(0));
  }

  /**
   * Starts from a random vector. What is found without convergence is given too: see the residual.
   *
   * @param tolerance of the residual, relative to the value
   */
  public static PowerIteration of(
      LinearOperator a, int iterations, double tolerance, Generator generator) {
    Check.positive("powerIteration", "iterations", iterations);
    try (Scope scope = a.scope();
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor v = Linalg.normalize(generator.normal(a.dtype(), a.size()));
      for (int i = 1; ; i++) {
        try (Scope step = Scope.open()) {
          Tensor w = a.apply(v);
          double value = w.dot(v).item();
          double residual = w.sub(v.mul(value)).norm().item();
          Vectors.requireFinite("powerIteration", value, residual);
          if (residual <= tolerance * Math.abs(value) || i == iterations) {
            scope.keep(v);
            return new PowerIteration(value, v, residual, i);
          }
          Tensor next = step.keep(Linalg.normalize(w));
          v.close();
          v = next;
        }
      }
    }
  }
}
