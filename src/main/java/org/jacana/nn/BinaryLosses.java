package org.jacana.nn;

import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.CustomOp;

/** Losses of yes-or-no answers, one for each element. */
final class BinaryLosses {
  private BinaryLosses() {}

  private static final double INF = Double.POSITIVE_INFINITY;

  private static Tensor log(Tensor p) {
    return p.log().clamp(-100, INF);
  }

  private static Tensor logOfRest(Tensor p) {
    return p.neg().log1p().clamp(-100, INF);
  }

  /** Differentiated as PyTorch does: at 0 and 1 the slope is large and finite, not that of -100. */
  private static final CustomOp ENTROPY =
      CustomOp.of(
              "binaryCrossEntropy",
              in -> in[1].mul(log(in[0])).add(in[1].neg().add(1).mul(logOfRest(in[0]))).neg())
          .gradient(
              (in, out, g) -> {
                Tensor p = in[0];
                Tensor spread = p.mul(p.neg().add(1)).clamp(1e-12, INF);
                return new Tensor[] {
                  g.mul(p.sub(in[1])).div(spread), g.mul(logOfRest(p).sub(log(p)))
                };
              });

  static Tensor entropy(Tensor p, Tensor target, Tensor weight, Losses.Reduction reduction) {
    LossCheck.alike("binaryCrossEntropy", "prediction", p, "target", target);
    LossCheck.broadcasts("binaryCrossEntropy", "weight", weight, p);
    return Scope.tidy(
        () -> {
          Tensor loss = ENTROPY.apply(p, target);
          return reduction.join(weight == null ? loss : loss.mul(weight));
        });
  }

  private static Tensor logits(Tensor x, Tensor target, Tensor positive) {
    Tensor tail = x.neg().softplus();
    Tensor share = positive == null ? tail : positive.sub(1).mul(target).add(1).mul(tail);
    return target.neg().add(1).mul(x).add(share);
  }

  static Tensor withLogits(
      Tensor x, Tensor target, Tensor weight, Tensor positive, Losses.Reduction reduction) {
    LossCheck.alike("binaryCrossEntropyWithLogits", "logits", x, "target", target);
    LossCheck.broadcasts("binaryCrossEntropyWithLogits", "weight", weight, x);
    LossCheck.broadcasts("binaryCrossEntropyWithLogits", "posWeight", positive, x);
    return Scope.tidy(
        () -> {
          Tensor loss = logits(x, target, positive);
          return reduction.join(weight == null ? loss : loss.mul(weight));
        });
  }

  static Tensor focal(
      Tensor x, Tensor target, double alpha, double gamma, Losses.Reduction reduction) {
    LossCheck.alike("sigmoidFocal", "logits", x, "target", target);
    Check.notNegative("sigmoidFocal", "gamma", gamma);
    if (!(alpha <= 1)) {
      throw new IllegalArgumentException(
          "sigmoidFocal: alpha must be at most 1, or negative for none, got " + alpha);
    }
    return Scope.tidy(
        () -> {
          Tensor rest = target.neg().add(1);
          Tensor loss = logits(x, target, null);
          if (gamma > 0) {
            // 1 - p_t without cancellation.
            Tensor missing = x.neg().sigmoid().mul(target).add(x.sigmoid().mul(rest));
            loss = missing.pow(gamma).mul(loss);
          }
          if (alpha >= 0) {
            loss = target.mul(alpha).add(rest.mul(1 - alpha)).mul(loss);
          }
          return reduction.join(loss);
        });
  }

  static Tensor softMargin(Tensor x, Tensor signs, Losses.Reduction reduction) {
    requireSigns("softMargin", x, signs);
    return Scope.tidy(() -> reduction.join(x.mul(signs.to(x.dtype())).neg().softplus()));
  }

  static Tensor hinge(Tensor x, Tensor signs, Losses.Reduction reduction) {
    requireSigns("hinge", x, signs);
    return Scope.tidy(() -> reduction.join(x.mul(signs.to(x.dtype())).neg().add(1).clamp(0, INF)));
  }

  static Tensor multiLabelSoftMargin(
      Tensor x, Tensor target, Tensor weight, Losses.Reduction reduction) {
    LossCheck.alike("multiLabelSoftMargin", "logits", x, "target", target);
    LossCheck.broadcasts("multiLabelSoftMargin", "weight", weight, x);
    if (x.rank() == 0) {
      throw new IllegalArgumentException(
          "multiLabelSoftMargin: logits must be [..., K], got " + x.shape());
    }
    return Scope.tidy(
        () -> {
          Tensor loss = logits(x, target, null);
          return reduction.join((weight == null ? loss : loss.mul(weight)).mean(-1));
        });
  }

  /** A float x and a target of its shape, of any type, that holds -1 and 1. */
  static void requireSigns(String loss, Tensor x, Tensor signs) {
    if (!x.dtype().isFloat()) {
      throw new IllegalArgumentException(
          loss + ": the scores must be float, got " + x.dtype() + "; cast with to(...)");
    }
    if (!x.shape().equals(signs.shape())) {
      throw new IllegalArgumentException(
          loss
              + ": scores and target must have one shape, got "
              + x.shape()
              + " and "
              + signs.shape()
              + "; reshape one of them");
    }
  }
}
