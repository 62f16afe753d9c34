package org.jacana.linalg;

import java.util.List;
import java.util.function.Supplier;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * How sharply a loss rises around the present parameters. Losses are functions as in {@link
 * LinearOperator#hessian(Supplier, List)}; parameters are as before when a method returns or
 * throws.
 */
public final class Sharpness {
  private Sharpness() {}

  /** The Hessian's largest eigenvalue, by Lanczos with up to {@code steps} products. */
  public static double largestEigenvalue(
      Supplier<Tensor> loss, List<Tensor> parameters, int steps, Generator generator) {
    return Lanczos.largest(LinearOperator.hessian(loss, parameters), 1, steps, generator)[0];
  }

  /**
   * How much the loss grows by the step of length rho along the gradient, to first order the worst
   * within that distance (Foret et al. 2021, equation 2); 0 where the gradient is 0.
   */
  public static double sam(Supplier<Tensor> loss, List<Tensor> parameters, double rho) {
    if (!(rho > 0)) {
      throw new IllegalArgumentException("sharpness.sam: rho must be positive, got " + rho);
    }
    new ParameterVector("sharpness.sam", parameters);
    try (Scope scope = Scope.open();
        Displacement here = new Displacement(parameters)) {
      double start;
      List<Tensor> gradient;
      try (Autograd.Mode on = Autograd.enableGrad()) {
        Tensor y = loss.get();
        start = y.item();
        gradient = Autograd.grad(y, null, parameters, false, false, true);
      }
      double norm = 0;
      for (Tensor g : gradient) {
        norm = Math.hypot(norm, g.norm().item());
      }
      Vectors.requireFinite("sharpness.sam", start, norm);
      if (norm == 0) {
        return 0;
      }
      here.move(List.of(gradient), new double[] {rho / norm});
      return here.value(loss) - start;
    }
  }
}
