package org.jacana.optim;

import java.util.List;
import org.jacana.Tensor;

/**
 * Rectified Adam (Liu et al. 2020) as in PyTorch: m and v as in {@link Adam}; R = 2 / (1 - beta2) -
 * 1, r = R - 2 t beta2^t / (1 - beta2^t); w -= rate m / (1 - beta1^t), and where r is above 5 that
 * is multiplied by sqrt((r - 4) (r - 2) R / ((R - 4) (R - 2) r)) sqrt(1 - beta2^t) / (sqrt(v) +
 * epsilon). Weight decay is added to the gradient, or, decoupled, shrinks the weight first as in
 * {@link AdamW}.
 */
public final class RAdam extends Tunable<RAdam> {
  private static final String FIRST = "exp_avg";
  private static final String SECOND = "exp_avg_sq";

  private RAdam(List<Tensor> parameters) {
    super("radam", parameters, 0);
    option("beta1", Range.FRACTION, 0.9);
    option("beta2", Range.FRACTION, 0.999);
    option("epsilon", Range.NOT_NEGATIVE, 1e-8);
    option("decoupled", Range.SWITCH, 0);
  }

  /** Learning rate 0.001, betas 0.9 and 0.999, epsilon 1e-8, no weight decay. */
  public static RAdam of(List<Tensor> parameters) {
    return new RAdam(parameters);
  }

  @Override
  RAdam self() {
    return this;
  }

  /** What remains of the averages of gradients and of their squares, each in [0, 1). */
  public RAdam betas(double beta1, double beta2) {
    return set("beta1", beta1).set("beta2", beta2);
  }

  /** Keeps the divisor from 0; at least 0. */
  public RAdam epsilon(double epsilon) {
    return set("epsilon", epsilon);
  }

  /** Shrinks weights instead of adding the decay to the gradient. */
  public RAdam decoupled(boolean on) {
    return set("decoupled", on);
  }

  @Override
  protected List<String> slots() {
    return List.of(FIRST, SECOND);
  }

  @Override
  protected void update(Parameter p, Tensor g) {
    boolean decoupled = on("decoupled");
    Tensor start = decoupled ? p.shrunk() : p.exact();
    Tensor d = decoupled ? p.exact(g) : p.decayed(g);
    Tensor m = p.average(FIRST, get("beta1"), d);
    Tensor v = p.average(SECOND, get("beta2"), d.square());
    long t = p.step();
    double power = Math.pow(get("beta2"), t);
    double longest = 2 / (1 - get("beta2")) - 1;
    double length = longest - 2 * t * power / (1 - power);
    Tensor move = m.div(1 - Math.pow(get("beta1"), t));
    if (length > 5) {
      double rectifier =
          Math.sqrt(
              (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
      move = move.mul(rectifier * Math.sqrt(1 - power)).div(v.sqrt().add(get("epsilon")));
    }
    p.value().assign(start.sub(move.mul(p.learningRate())));
  }
}
