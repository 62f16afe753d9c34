package org.jacana.linalg;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * The solution of A x = b for a symmetric positive definite operator, by products with it alone
 * (Hestenes and Stiefel 1952). x belongs to the caller's scope.
 *
 * @param residual |b - A x| as the iteration knows it
 * @param iterations products with the operator
 */
public record ConjugateGradient(Tensor x, double residual, int iterations) {
  /** Until the residual is at most 1e-10 (F64) or 1e-5 (F32) of |b|; at most 10 n products. */
  public static ConjugateGradient solve(LinearOperator a, Tensor b) {
    double tolerance = a.dtype() == DType.F64 ? 1e-10 : 1e-5;
    return solve(a, b, tolerance, 10 * a.size(), null);
  }

  /**
   * @param tolerance of the residual, relative to |b|
   * @param preconditioner an operator near A^-1, symmetric positive definite, or null
   * @throws IllegalArgumentException if a direction's curvature is not positive
   */
  public static ConjugateGradient solve(
      LinearOperator a, Tensor b, double tolerance, int iterations, LinearOperator preconditioner) {
    Check.positive("conjugateGradient", "iterations", iterations);
    a.require(b);
    try (Scope scope = Scope.open(b.device());
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor x = b.zerosLike();
      Tensor r = b.detach();
      double limit = tolerance * b.norm().item();
      Vectors.requireFinite("conjugateGradient", limit);
      Tensor p = null;
      double before = 0;
      int done = 0;
      double residual = r.norm().item();
      while (residual > limit && done < iterations) {
        try (Scope step = Scope.open()) {
          Tensor z = preconditioner == null ? r : preconditioner.apply(r);
          double rz = r.dot(z).item();
          Tensor direction = p == null ? z.copy() : z.add(p.mul(rz / before));
          Tensor ap = a.apply(direction);
          double curvature = direction.dot(ap).item();
          Vectors.requireFinite("conjugateGradient", rz, curvature);
          if (!(curvature > 0)) {
            throw new IllegalArgumentException(
                "conjugateGradient: the operator is not positive definite: a direction has"
                    + " curvature "
                    + curvature
                    + "; shift it by a multiple of the identity");
          }
          double alpha = rz / curvature;
          x = step.keep(x.add(direction.mul(alpha)));
          r = step.keep(r.sub(ap.mul(alpha)));
          p = step.keep(direction);
          before = rz;
          residual = r.norm().item();
          done++;
        }
      }
      return new ConjugateGradient(scope.keep(x), residual, done);
    }
  }
}
