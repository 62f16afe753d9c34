package org.jacana.optim;

import java.util.List;
import java.util.function.Supplier;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * The Gauss-Newton method for least squares, sum r^2 / 2: w += rate d with (J^T J + damping I) d =
 * -J^T r, solved by conjugate gradients through products with J and J^T, without ever forming them.
 * With damping it is Levenberg's method. Vectors are doubles on the host.
 */
public final class GaussNewton {
  private final Flat flat;
  private double rate = 1;
  private double damping;
  private int iterations = 100;
  private double tolerance = 1e-10;

  private GaussNewton(List<Tensor> parameters) {
    flat = new Flat("gaussNewton", parameters);
  }

  /**
   * Rate 1, no damping, up to 100 products a step, tolerance 1e-10.
   *
   * @throws IllegalArgumentException if a parameter is not a leaf that requires a gradient
   */
  public static GaussNewton of(List<Tensor> parameters) {
    return new GaussNewton(parameters);
  }

  /** The part of the step that is taken. */
  public GaussNewton learningRate(double rate) {
    this.rate = NewtonCg.notNegative("gaussNewton", "learning rate", rate);
    return this;
  }

  /** Added to the diagonal of J^T J. */
  public GaussNewton damping(double damping) {
    this.damping = NewtonCg.notNegative("gaussNewton", "damping", damping);
    return this;
  }

  /** The most products of a step, and the part of |J^T r| that may be left. */
  public GaussNewton solver(int iterations, double tolerance) {
    this.iterations = NewtonCg.positive("gaussNewton", "iterations", iterations);
    this.tolerance = NewtonCg.notNegative("gaussNewton", "tolerance", tolerance);
    return this;
  }

  /**
   * One step.
   *
   * @param residuals computes r of any shape from the present parameters; differentiable twice
   * @return sum r^2 / 2 before the step
   * @throws ArithmeticException if that is not finite; the parameters are as before then, and
   *     whenever the residuals throw
   */
  public double step(Supplier<Tensor> residuals) {
    return flat.orRestore(
        () -> {
          try (Scope scope = Scope.open()) {
            Tensor r = residuals.get();
            double value =
                flat.finite(Autograd.noGrad(() -> r.detach().square().sum().mul(0.5)).item());
            double[] g =
                flat.read(Autograd.grad(r, r.detach(), flat.parameters, false, true, true));
            double[] down = Flat.along(new double[g.length], -1, g);
            double limit = tolerance * Math.sqrt(Flat.dot(g, g));
            double[] d =
                Curvature.solve(Curvature.gaussNewton(flat, r), damping, down, limit, iterations);
            flat.write(Flat.along(flat.read(), rate, d));
            return value;
          }
        });
  }
}
