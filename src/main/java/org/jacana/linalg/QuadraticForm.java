package org.jacana.linalg;

import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Transforms;

/** The quadratic forms x^T A x of symmetric matrices, and what they say about convexity. */
public final class QuadraticForm {
  private QuadraticForm() {}

  /** x^T A x for x [..., n]; A need not be symmetric. Differentiable. */
  public static Tensor value(Tensor a, Tensor x) {
    Check.square("quadraticForm.value", a);
    return Compose.on(x, () -> Products.vecdot(x, Products.matvec(a, x)));
  }

  /** The sign of a symmetric matrix [n, n]: eigenvalues to rounding (n epsilon largest) are 0. */
  public static Definiteness of(Tensor a) {
    return of(a, Double.NaN);
  }

  /** As {@link #of(Tensor)}, where eigenvalues of size up to the tolerance count as 0. */
  public static Definiteness of(Tensor a, double tolerance) {
    Check.square("quadraticForm.of", a);
    Check.matrix("quadraticForm.of", a);
    try (Scope s = Scope.open(a.device())) {
      double[] w = Linalg.eigvalsh(a.detach()).doubles();
      int n = w.length;
      double largest = Math.max(Math.abs(w[0]), Math.abs(w[n - 1]));
      double zero = tolerance == tolerance ? tolerance : n * Compose.epsilon(a.dtype()) * largest;
      if (w[0] > zero) {
        return Definiteness.POSITIVE_DEFINITE;
      }
      if (w[n - 1] < -zero) {
        return Definiteness.NEGATIVE_DEFINITE;
      }
      if (w[0] >= -zero) {
        return Definiteness.POSITIVE_SEMIDEFINITE;
      }
      return w[n - 1] <= zero ? Definiteness.NEGATIVE_SEMIDEFINITE : Definiteness.INDEFINITE;
    }
  }

  /** Whether A has a Cholesky decomposition; cheaper than {@link #of}. */
  public static boolean isPositiveDefinite(Tensor a) {
    Check.square("quadraticForm.isPositiveDefinite", a);
    Check.matrix("quadraticForm.isPositiveDefinite", a);
    try (Scope s = Scope.open(a.device())) {
      return CholeskyOp.isPositiveDefinite(a.detach());
    }
  }

  /** Whether x^T A x is a convex function: A is positive (semi)definite. */
  public static boolean isConvex(Tensor a) {
    Definiteness d = of(a);
    return d == Definiteness.POSITIVE_DEFINITE || d == Definiteness.POSITIVE_SEMIDEFINITE;
  }

  /**
   * The sign of the Hessian of a scalar function at x [n]: positive definite at a strict local
   * minimum, indefinite at a saddle. A function is convex where it is positive semidefinite
   * everywhere, which one point cannot show.
   */
  public static Definiteness curvature(UnaryOperator<Tensor> f, Tensor x) {
    Check.vector("quadraticForm.curvature", x);
    try (Scope s = Scope.open(x.device())) {
      return of(Compose.symmetric(Transforms.hessian(f, x.detach())));
    }
  }
}
