package org.jacana.optim;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.optim.minimize.ModifiedCholesky;

/**
 * Newton's method: w -= rate (H + damping I)^-1 g. The Hessian is taken column by column through
 * Hessian-vector products and solved by Cholesky's decomposition in doubles on the host: n products
 * and n^2 doubles for n weights, so for some thousands of weights at most; {@link NewtonCg} needs
 * neither.
 */
public final class Newton {
  private final Flat flat;
  private double rate = 1;
  private double damping;

  private Newton(List<Tensor> parameters) {
    flat = new Flat("newton", parameters);
    if (flat.size > 20_000) {
      throw new IllegalArgumentException(
          "newton: the Hessian of " + flat.size + " weights is too large; use NewtonCg");
    }
  }

  /**
   * Rate 1, no damping.
   *
   * @throws IllegalArgumentException if a parameter is not a leaf that requires a gradient, or
   *     there are more than 20,000 weights
   */
  public static Newton of(List<Tensor> parameters) {
    return new Newton(parameters);
  }

  /** The part of Newton's step that is taken. */
  public Newton learningRate(double rate) {
    this.rate = NewtonCg.notNegative("newton", "learning rate", rate);
    return this;
  }

  /** Added to the Hessian's diagonal (Levenberg). */
  public Newton damping(double damping) {
    this.damping = NewtonCg.notNegative("newton", "damping", damping);
    return this;
  }

  /**
   * One step.
   *
   * @param loss computes a scalar of the present parameters that can be differentiated twice
   * @return the loss before the step
   * @throws ArithmeticException if that is not finite, or H + damping I is not positive definite;
   *     nothing changes then
   */
  public double step(Supplier<Tensor> loss) {
    return flat.orRestore(
        () -> {
          try (Scope scope = Scope.open()) {
            Tensor y = loss.get();
            double value = flat.finite(y.item());
            List<Tensor> gs = Autograd.grad(y, null, flat.parameters, true, true, true);
            double[] g = flat.read(gs);
            double[] d = solve(Curvature.hessian(flat, gs), g);
            flat.write(Flat.along(flat.read(), -rate, d));
            return value;
          }
        });
  }

  private double[] solve(UnaryOperator<double[]> hessian, double[] g) {
    int n = g.length;
    double[][] h = new double[n][];
    for (int i = 0; i < n; i++) {
      double[] e = new double[n];
      e[i] = 1;
      h[i] = hessian.apply(e);
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        h[i][j] = (h[i][j] + h[j][i]) / 2;
      }
    }
    double[] x = ModifiedCholesky.solve(h, damping, g);
    if (x == null) {
      throw new ArithmeticException(
          "newton: the Hessian plus "
              + damping
              + " I is not positive definite; raise the damping or use NewtonCg");
    }
    return x;
  }
}
