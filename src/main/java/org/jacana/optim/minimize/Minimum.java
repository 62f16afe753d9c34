package org.jacana.optim.minimize;

import java.util.Locale;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Where a minimisation ended; holds no device memory.
 *
 * @param x the point, flat
 * @param value the function's value there (with a non-smooth term: the sum)
 * @param gradient the gradient of the smooth function there; empty for Nelder and Mead's method
 * @param gradientNorm the largest component of the gradient; with a constraint, of x - projection(x
 *     - gradient); with a non-smooth term, of (x - prox(x - t gradient)) / t for the last step
 *     length t; for Frank and Wolfe the duality gap, for Nelder and Mead the simplex's size
 * @param shape the start's shape
 * @param dtype the start's type
 */
public record Minimum(
    double[] x,
    double value,
    double[] gradient,
    double gradientNorm,
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

  /** The Euclidean distance from a point. */
  public double distance(double... point) {
    if (point.length != x.length) {
      throw new IllegalArgumentException(
          "distance: the minimum has " + x.length + " components, the point " + point.length);
    }
    return Vectors.norm(Vectors.minus(x, point));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s after %d iterations (%d values, %d gradients): f = %.10g, |g| = %.2g; %s",
        converged() ? "converged" : "not converged",
        iterations,
        evaluations.functions(),
        evaluations.gradients(),
        value,
        gradientNorm,
        reason.text());
  }
}
