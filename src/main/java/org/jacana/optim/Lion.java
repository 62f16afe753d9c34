package org.jacana.optim;

import java.util.List;
import org.jacana.Tensor;

/**
 * Lion (Chen et al. 2023, algorithm 2): w -= rate (sign(beta1 m + (1 - beta1) g) + decay w); m =
 * beta2 m + (1 - beta2) g. Its steps are larger than Adam's: a learning rate 3 to 10 times smaller
 * and a weight decay as many times larger fit.
 */
public final class Lion extends Tunable<Lion> {
  private static final String MOMENTUM = "exp_avg";

  private Lion(List<Tensor> parameters) {
    super("lion", parameters, 0);
    option("beta1", Range.FRACTION, 0.9);
    option("beta2", Range.FRACTION, 0.99);
  }

  /** Learning rate 0.0001, betas 0.9 and 0.99, no weight decay. */
  public static Lion of(List<Tensor> parameters) {
    return new Lion(parameters).learningRate(1e-4);
  }

  @Override
  Lion self() {
    return this;
  }

  /** The momentum's part in the step and what remains of it, each in [0, 1). */
  public Lion betas(double beta1, double beta2) {
    return set("beta1", beta1).set("beta2", beta2);
  }

  @Override
  protected List<String> slots() {
    return List.of(MOMENTUM);
  }

  @Override
  protected void update(Parameter p, Tensor g) {
    Tensor d = p.exact(g);
    double beta = get("beta1");
    Tensor direction = p.slot(MOMENTUM).mul(beta).add(d.mul(1 - beta)).sign();
    p.average(MOMENTUM, get("beta2"), d);
    p.value().assign(p.shrunk().sub(direction.mul(p.learningRate())));
  }
}
