package org.jacana.nn;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** Losses of numbers that should be near others. */
final class RegressionLosses {
  private RegressionLosses() {}

  private static final double INF = Double.POSITIVE_INFINITY;

  static Tensor mse(Tensor x, Tensor y, Losses.Reduction reduction) {
    LossCheck.alike("mse", "prediction", x, "target", y);
    return Scope.tidy(() -> reduction.join(x.sub(y).square()));
  }

  static Tensor l1(String loss, Tensor x, Tensor y, Losses.Reduction reduction) {
    LossCheck.alike(loss, "prediction", x, "target", y);
    return Scope.tidy(() -> reduction.join(x.sub(y).abs()));
  }

  static Tensor huber(
      String loss, Tensor x, Tensor y, double delta, double factor, Losses.Reduction reduction) {
    LossCheck.alike(loss, "prediction", x, "target", y);
    return Scope.tidy(
        () -> {
          Tensor d = x.sub(y);
          // With c = d limited to +-delta both branches are c (d - c / 2), safe at infinity too.
          Tensor c = d.clamp(-delta, delta);
          Tensor h = c.mul(d.sub(c.mul(0.5)));
          return reduction.join(factor == 1 ? h : h.mul(factor));
        });
  }

  static Tensor poisson(
      Tensor x,
      Tensor target,
      boolean logInput,
      boolean full,
      double epsilon,
      Losses.Reduction reduction) {
    LossCheck.alike("poissonNll", "prediction", x, "target", target);
    Check.notNegative("poissonNll", "epsilon", epsilon);
    return Scope.tidy(
        () -> {
          Tensor loss =
              logInput ? x.exp().sub(target.mul(x)) : x.sub(target.mul(x.add(epsilon).log()));
          if (full) {
            Tensor large = target.gt(1);
            Tensor t = Tensor.where(large, target, 1);
            Tensor stirling = t.mul(t.log()).sub(t).add(t.mul(2 * Math.PI).log().mul(0.5));
            loss = loss.add(Tensor.where(large, stirling, 0));
          }
          return reduction.join(loss);
        });
  }

  static Tensor gaussian(
      Tensor x,
      Tensor target,
      Tensor variance,
      boolean full,
      double epsilon,
      Losses.Reduction reduction) {
    LossCheck.alike("gaussianNll", "prediction", x, "target", target);
    LossCheck.oneFloatType("gaussianNll", "prediction", x, "variance", variance);
    LossCheck.positive("gaussianNll", "epsilon", epsilon);
    Shape shape = x.shape();
    int last = shape.rank() - 1;
    boolean perRow = last >= 0 && variance.shape().equals(shape.without(last));
    if (!perRow
        && !variance.shape().equals(shape)
        && (last < 0 || !variance.shape().equals(shape.with(last, 1)))) {
      throw new IllegalArgumentException(
          "gaussianNll: the variance must have the prediction's shape, or that with a last axis of"
              + " extent 1 or none, got "
              + shape
              + " and "
              + variance.shape());
    }
    return Scope.tidy(
        () -> {
          Tensor v = perRow ? variance.unsqueeze(-1) : variance;
          Tensor lift =
              Autograd.noGrad(
                  () -> {
                    Tensor plain = v.detach();
                    if (plain.lt(0).any().item() != 0) {
                      throw new IllegalArgumentException(
                          "gaussianNll: the variance has negative elements; give variances, such"
                              + " as exp or softplus of what a layer says");
                    }
                    return plain.clamp(epsilon, INF).sub(plain);
                  });
          // As in PyTorch the limit changes the value and not the gradient.
          Tensor limited = v.add(lift);
          Tensor loss = limited.log().add(x.sub(target).square().div(limited)).mul(0.5);
          return reduction.join(full ? loss.add(0.5 * Math.log(2 * Math.PI)) : loss);
        });
  }
}
