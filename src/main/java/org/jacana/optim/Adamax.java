package org.jacana.optim;

import java.util.List;
import org.jacana.Tensor;

/**
 * Adamax (Kingma and Ba 2015, section 7.1) as in PyTorch: g += decay w; m = beta1 m + (1 - beta1)
 * g; u = max(beta2 u, |g| + epsilon); w -= rate / (1 - beta1^t) m / u.
 */
public final class Adamax extends Tunable<Adamax> {
  private static final String FIRST = "exp_avg";
  private static final String LARGEST = "exp_inf";

  private Adamax(List<Tensor> parameters) {
    super("adamax", parameters, 0);
    option("beta1", Range.FRACTION, 0.9);
    option("beta2", Range.FRACTION, 0.999);
    option("epsilon", Range.NOT_NEGATIVE, 1e-8);
  }

  /** Learning rate 0.002, betas 0.9 and 0.999, epsilon 1e-8, no weight decay. */
  public static Adamax of(List<Tensor> parameters) {
    return new Adamax(parameters).learningRate(0.002);
  }

  @Override
  Adamax self() {
    return this;
  }

  /** What remains of the average and of the largest gradient, each in [0, 1). */
  public Adamax betas(double beta1, double beta2) {
    return set("beta1", beta1).set("beta2", beta2);
  }

  /** Keeps the divisor from 0; at least 0. */
  public Adamax epsilon(double epsilon) {
    return set("epsilon", epsilon);
  }

  @Override
  protected List<String> slots() {
    return List.of(FIRST, LARGEST);
  }

  @Override
  protected void update(Parameter p, Tensor g) {
    Tensor d = p.decayed(g);
    Tensor m = p.average(FIRST, get("beta1"), d);
    Tensor u = p.slot(LARGEST);
    u.assign(u.mul(get("beta2")).maximum(d.abs().add(get("epsilon"))));
    double correction = 1 - Math.pow(get("beta1"), p.step());
    p.value().assign(p.exact().sub(m.div(u).mul(p.learningRate()).div(correction)));
  }
}
