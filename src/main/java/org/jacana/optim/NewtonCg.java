package org.jacana.optim;

import java.util.List;
import java.util.function.Supplier;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Newton's method with the system solved by conjugate gradients through Hessian-vector products
 * (Nocedal and Wright 2006, algorithm 7.1): (H + damping I) d = -g to within min(part, sqrt |g|)
 * |g|, stopping at negative curvature; then the length is halved from 1 until the loss falls by
 * 1e-4 of what its slope promises. Vectors are doubles on the host.
 */
public final class NewtonCg {
  private static final double ARMIJO = 1e-4;
  private static final int HALVINGS = 40;

  private final Flat flat;
  private double damping;
  private int iterations = 100;
  private double part = 0.5;

  private NewtonCg(List<Tensor> parameters) {
    flat = new Flat("newtonCg", parameters);
  }

  /**
   * No damping, up to 100 products a step, part 1/2.
   *
   * @throws IllegalArgumentException if a parameter is not a leaf that requires a gradient
   */
  public static NewtonCg of(List<Tensor> parameters) {
    return new NewtonCg(parameters);
  }

  /** Added to the Hessian's diagonal. */
  public NewtonCg damping(double damping) {
    this.damping = notNegative("newtonCg", "damping", damping);
    return this;
  }

  /**
   * The most Hessian-vector products of a step, at least 1, and the part of the gradient that may
   * be left; smaller parts follow narrow valleys better.
   */
  public NewtonCg solver(int iterations, double part) {
    this.iterations = positive("newtonCg", "iterations", iterations);
    this.part = notNegative("newtonCg", "part", part);
    return this;
  }

  static double notNegative(String who, String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          who + ": " + what + " must be finite and not negative, got " + value);
    }
    return value;
  }

  static int positive(String who, String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(who + ": " + what + " must be at least 1, got " + value);
    }
    return value;
  }

  /**
   * One step; the parameters stay where no length lowers the loss.
   *
   * @param loss computes the same scalar function of the parameters each time it is called
   * @return the loss before the step
   * @throws ArithmeticException if that is not finite; the parameters are as before then, and
   *     whenever the loss throws
   */
  public double step(Supplier<Tensor> loss) {
    return flat.orRestore(
        () -> {
          double[] w = flat.read();
          double value;
          double[] g;
          double[] d;
          try (Scope scope = Scope.open()) {
            Tensor y = loss.get();
            value = flat.finite(y.item());
            List<Tensor> gs = Autograd.grad(y, null, flat.parameters, true, true, true);
            g = flat.read(gs);
            double norm = Math.sqrt(Flat.dot(g, g));
            double[] down = Flat.along(new double[g.length], -1, g);
            double tolerance = Math.min(part, Math.sqrt(norm)) * norm;
            d = Curvature.solve(Curvature.hessian(flat, gs), damping, down, tolerance, iterations);
          }
          double slope = Flat.dot(g, d);
          double t = 1;
          for (int n = 0; n < HALVINGS && slope < 0; n++, t /= 2) {
            flat.write(Flat.along(w, t, d));
            try (Scope scope = Scope.open()) {
              double next = Autograd.noGrad(loss).item();
              if (next <= value + ARMIJO * t * slope) {
                return value;
              }
            }
          }
          flat.write(w);
          return value;
        });
  }
}
