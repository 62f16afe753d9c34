package org.jacana.optim;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.optim.minimize.ConjugateGradients;

/** Products with the Hessian or with J^T J, by differentiating twice. */
final class Curvature {
  private Curvature() {}

  /** v to H v, for gradients that were taken with their graph. */
  static UnaryOperator<double[]> hessian(Flat flat, List<Tensor> gradients) {
    return v -> {
      try (Scope scope = Scope.open()) {
        return flat.read(product(flat, gradients, v, flat.parameters));
      }
    };
  }

  /** v to J^T J v for the residuals' Jacobian. */
  static UnaryOperator<double[]> gaussNewton(Flat flat, Tensor residuals) {
    return v -> {
      try (Scope scope = Scope.open(residuals.device())) {
        // J^T u is linear in u, so the derivative of (J^T u) v with respect to u is J v.
        Tensor u = residuals.detach().zerosLike().requiresGrad(true);
        List<Tensor> back = Autograd.grad(residuals, u, flat.parameters, true, true, true);
        Tensor jv = product(flat, back, v, List.of(u)).get(0);
        return flat.read(Autograd.grad(residuals, jv, flat.parameters, false, true, true));
      }
    };
  }

  private static List<Tensor> product(
      Flat flat, List<Tensor> tracked, double[] v, List<Tensor> xs) {
    List<Tensor> vs = flat.tensors(v);
    Tensor sum = null;
    for (int i = 0; i < vs.size(); i++) {
      Tensor part = tracked.get(i).mul(vs.get(i)).sum();
      sum = sum == null ? part : sum.add(part);
    }
    return Autograd.grad(sum, null, xs, false, true, true);
  }

  /** An approximate solution of (A + damping I) x = b by {@link ConjugateGradients}. */
  static double[] solve(
      UnaryOperator<double[]> a, double damping, double[] b, double tolerance, int iterations) {
    UnaryOperator<double[]> damped = v -> Flat.along(a.apply(v), damping, v);
    return ConjugateGradients.solve(damped, b, tolerance, iterations);
  }
}
