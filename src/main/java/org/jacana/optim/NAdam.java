package org.jacana.optim;

import java.util.List;
import org.jacana.Tensor;

/**
 * Adam with Nesterov's momentum (Dozat 2016) as in PyTorch: mu_t = beta1 (1 - 0.96^(t
 * momentumDecay) / 2); m and v as in {@link Adam}; w -= rate (mu_(t+1) m / (1 - mu_1...mu_(t+1)) +
 * (1 - mu_t) g / (1 - mu_1...mu_t)) / (sqrt(v / (1 - beta2^t)) + epsilon). Weight decay is added to
 * the gradient, or, decoupled, shrinks the weight first as in {@link AdamW}.
 */
public final class NAdam extends Tunable<NAdam> {
  private static final String FIRST = "exp_avg";
  private static final String SECOND = "exp_avg_sq";

  private double productBeta = Double.NaN;
  private double productDecay;
  private double product;
  private long productStep;

  private NAdam(List<Tensor> parameters) {
    super("nadam", parameters, 0);
    option("beta1", Range.FRACTION, 0.9);
    option("beta2", Range.FRACTION, 0.999);
    option("epsilon", Range.NOT_NEGATIVE, 1e-8);
    option("momentum_decay", Range.NOT_NEGATIVE, 4e-3);
    option("decoupled", Range.SWITCH, 0);
  }

  /** Learning rate 0.002, betas 0.9 and 0.999, epsilon 1e-8, momentum decay 0.004. */
  public static NAdam of(List<Tensor> parameters) {
    return new NAdam(parameters).learningRate(0.002);
  }

  @Override
  NAdam self() {
    return this;
  }

  /** What remains of the averages of gradients and of their squares, each in [0, 1). */
  public NAdam betas(double beta1, double beta2) {
    return set("beta1", beta1).set("beta2", beta2);
  }

  /** Keeps the divisor from 0; at least 0. */
  public NAdam epsilon(double epsilon) {
    return set("epsilon", epsilon);
  }

  /** How fast the momentum rises from beta1 / 2 to beta1; at least 0. */
  public NAdam momentumDecay(double decay) {
    return set("momentum_decay", decay);
  }

  /** Shrinks weights instead of adding the decay to the gradient. */
  public NAdam decoupled(boolean on) {
    return set("decoupled", on);
  }

  @Override
  protected List<String> slots() {
    return List.of(FIRST, SECOND);
  }

  private double mu(double step) {
    return get("beta1") * (1 - 0.5 * Math.pow(0.96, step * get("momentum_decay")));
  }

  /** mu_1 ... mu_step; a function of the step alone, so that it need not be saved. */
  private double product(long step) {
    boolean same = productBeta == get("beta1") && productDecay == get("momentum_decay");
    if (!same || productStep > step) {
      productBeta = get("beta1");
      productDecay = get("momentum_decay");
      product = 1;
      productStep = 0;
    }
    while (productStep < step && product != 0) {
      product *= mu(++productStep);
    }
    return product;
  }

  @Override
  protected void update(Parameter p, Tensor g) {
    boolean decoupled = on("decoupled");
    Tensor start = decoupled ? p.shrunk() : p.exact();
    Tensor d = decoupled ? p.exact(g) : p.decayed(g);
    Tensor m = p.average(FIRST, get("beta1"), d);
    Tensor v = p.average(SECOND, get("beta2"), d.square());
    double now = mu(p.step());
    double next = mu(p.step() + 1.0);
    double soFar = product(p.step());
    Tensor ahead = m.mul(next / (1 - soFar * next)).add(d.mul((1 - now) / (1 - soFar)));
    double correction = 1 - Math.pow(get("beta2"), p.step());
    Tensor divisor = v.mul(1 / correction).sqrt().add(get("epsilon"));
    p.value().assign(start.sub(ahead.div(divisor).mul(p.learningRate())));
  }
}
