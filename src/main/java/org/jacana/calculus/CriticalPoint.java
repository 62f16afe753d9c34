package org.jacana.calculus;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Transforms;
import org.jacana.linalg.Linalg;

/**
 * What a scalar function does around a point, told by its gradient and the signs of its Hessian's
 * eigenvalues (the second-derivative test).
 *
 * @param kind the verdict
 * @param gradientNorm the gradient's Euclidean length
 * @param eigenvalues of the Hessian, ascending
 */
public record CriticalPoint(Kind kind, double gradientNorm, double[] eigenvalues) {
  /** The verdicts of the second-derivative test. */
  public enum Kind {
    /** The gradient is not zero. */
    NOT_CRITICAL,
    MINIMUM,
    MAXIMUM,
    SADDLE,
    /** An eigenvalue is zero and the others agree: the test cannot tell. */
    DEGENERATE
  }

  /** {@link #classify(UnaryOperator, Tensor, double)} with a tolerance of 1e-8. */
  public static CriticalPoint classify(UnaryOperator<Tensor> f, Tensor x) {
    return classify(f, x, 1e-8);
  }

  /**
   * Looks at f around x.
   *
   * @param f a function with one element as its value
   * @param x [n], float; use float64
   * @param tolerance the gradient counts as zero up to this length, an eigenvalue up to this times
   *     the largest one's size (or this, if that is below 1)
   * @throws IllegalArgumentException if x is not a vector or f's value has not one element
   */
  public static CriticalPoint classify(UnaryOperator<Tensor> f, Tensor x, double tolerance) {
    if (x.rank() != 1 || x.size() == 0) {
      throw new IllegalArgumentException(
          "classify: the point must be a vector with elements, got " + x.shape());
    }
    try (Scope s = Scope.open()) {
      double[] g = Transforms.grad(f).apply(x).doubles();
      double norm = Math.sqrt(Arrays.stream(g).map(v -> v * v).sum());
      double[] e = Linalg.eigvalsh(Transforms.hessian(f, x).detach()).doubles();
      Arrays.sort(e);
      return new CriticalPoint(norm > tolerance ? Kind.NOT_CRITICAL : kind(e, tolerance), norm, e);
    }
  }

  private static Kind kind(double[] e, double tolerance) {
    double low = e[0];
    double high = e[e.length - 1];
    double zero = tolerance * Math.max(1, Math.max(Math.abs(low), Math.abs(high)));
    if (low < -zero && high > zero) {
      return Kind.SADDLE;
    }
    if (low > zero) {
      return Kind.MINIMUM;
    }
    return high < -zero ? Kind.MAXIMUM : Kind.DEGENERATE;
  }
}
