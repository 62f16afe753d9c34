package org.jacana.train;

import java.util.List;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.optim.Clip;

/**
 * How gradients are limited before a step, without waiting for the device, so that a step with it
 * can be recorded.
 *
 * @param norm the largest 2-norm of all gradients together; infinite for no limit
 * @param value the largest absolute value of an element; infinite for no limit
 */
record Clipping(double norm, double value) {
  static final Clipping NONE = new Clipping(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

  Clipping {
    if (!(norm > 0) || !(value > 0)) {
      throw new IllegalArgumentException(
          "train: gradients are clipped to a positive norm or value, got " + norm + ", " + value);
    }
  }

  void apply(List<Tensor> parameters) {
    if (value < Double.POSITIVE_INFINITY) {
      Clip.byValue(Clip.gradients(parameters), value);
    }
    if (norm < Double.POSITIVE_INFINITY) {
      byNorm(Clip.gradients(parameters));
    }
  }

  /** Times min(1, most / (norm + 1e-6)), as {@link Clip#byNorm} does, on the device. */
  private void byNorm(List<Tensor> gradients) {
    if (gradients.isEmpty()) {
      return;
    }
    try (Scope scope = Scope.open(gradients.get(0).device());
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor sum = null;
      for (Tensor g : gradients) {
        Tensor x = g.dtype() == DType.F64 ? g : g.to(DType.F32);
        Tensor part = x.square().sum().to(DType.F64);
        sum = sum == null ? part : sum.add(part);
      }
      Tensor all = sum.sqrt().add(1e-6);
      Tensor factor = all.reciprocal().mul(norm).clamp(Double.NEGATIVE_INFINITY, 1);
      for (Tensor g : gradients) {
        g.assign(g.mul(factor.to(g.dtype())));
      }
    }
  }
}
