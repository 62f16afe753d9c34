package org.jacana.nn;

import org.jacana.Scope;
import org.jacana.Tensor;

/** Losses between distributions. */
final class DivergenceLosses {
  private DivergenceLosses() {}

  static Tensor kl(Tensor log, Tensor target, boolean logTarget, Losses.Reduction reduction) {
    LossCheck.alike("klDivergence", "log-probabilities", log, "target", target);
    return Scope.tidy(
        () ->
            reduction.join(
                logTarget
                    ? target.exp().mul(target.sub(log))
                    : target.xlogy(target).sub(target.mul(log))));
  }

  static Tensor distillation(
      Tensor student, Tensor teacher, double temperature, Losses.Reduction reduction) {
    LossCheck.alike("distillation", "student logits", student, "teacher logits", teacher);
    LossCheck.positive("distillation", "temperature", temperature);
    if (student.rank() == 0) {
      throw new IllegalArgumentException(
          "distillation: logits must be [..., K], got " + student.shape());
    }
    return Scope.tidy(
        () -> {
          Tensor q = student.mul(1 / temperature).logSoftmax(-1);
          Tensor p = teacher.mul(1 / temperature).logSoftmax(-1);
          Tensor kl = p.exp().mul(p.sub(q)).sum(-1);
          return reduction.join(kl.mul(temperature * temperature));
        });
  }
}
