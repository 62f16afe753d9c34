package org.jacana.optim.minimize;

import java.util.Locale;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Where a minimisation under constraints ended; holds no device memory.
 *
 * @param x the point, flat
 * @param value f there
 * @param equality lambda, a multiplier for each element of h, in its order
 * @param inequality mu, a multiplier for each element of g, in its order; bounds come after them,
 *     the finite lower ones and then the finite upper ones. In L = f + lambda h + mu g they are the
 *     rates at which the least value falls when a constraint is loosened, to h = t or g = t
 * @param kkt how well the conditions hold
 * @param iterations Newton steps, or rounds of the augmented Lagrangian
 * @param evaluations of f and of the functions made from it and the constraints
 * @param trajectory the points after each iteration and the values of f
 * @param shape the start's shape
 * @param dtype the start's type
 */
public record ConstrainedMinimum(
    double[] x,
    double value,
    double[] equality,
    double[] inequality,
    Kkt kkt,
    int iterations,
    Evaluations evaluations,
    StopReason reason,
    Trajectory trajectory,
    Shape shape,
    DType dtype) {
  /** Whether the conditions hold within the tolerance; {@link #reason} says what went wrong. */
  public boolean converged() {
    return reason.converged();
  }

  /** x in the start's shape and type, owned by the innermost scope. */
  public Tensor tensor() {
    return Scope.tidy(() -> Tensor.of(x, x.length).reshape(shape).to(dtype));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s after %d iterations: f = %.10g, %s; %s",
        converged() ? "converged" : "not converged",
        iterations,
        value,
        kkt,
        reason.text());
  }
}
