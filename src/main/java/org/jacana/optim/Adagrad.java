package org.jacana.optim;

import java.util.List;
import org.jacana.Tensor;

/**
 * Adagrad (Duchi, Hazan and Singer 2011) as in PyTorch: g += decay w; s += g^2, from the initial
 * accumulator on; w -= rate / (1 + (t - 1) rateDecay) g / (sqrt(s) + epsilon).
 */
public final class Adagrad extends Tunable<Adagrad> {
  private static final String SUM = "sum";

  private Adagrad(List<Tensor> parameters) {
    super("adagrad", parameters, 0);
    option("rate_decay", Range.NOT_NEGATIVE, 0);
    option("initial_accumulator", Range.NOT_NEGATIVE, 0);
    option("epsilon", Range.NOT_NEGATIVE, 1e-10);
  }

  /** Learning rate 0.01, epsilon 1e-10, everything else 0. */
  public static Adagrad of(List<Tensor> parameters) {
    return new Adagrad(parameters).learningRate(0.01);
  }

  @Override
  Adagrad self() {
    return this;
  }

  /** How fast the learning rate falls besides (PyTorch's lr_decay); at least 0. */
  public Adagrad rateDecay(double decay) {
    return set("rate_decay", decay);
  }

  /** Where the sums of squares of parameters that were not stepped yet start; at least 0. */
  public Adagrad initialAccumulator(double value) {
    return set("initial_accumulator", value);
  }

  /** Added to the root; at least 0. */
  public Adagrad epsilon(double epsilon) {
    return set("epsilon", epsilon);
  }

  @Override
  protected List<String> slots() {
    return List.of(SUM);
  }

  @Override
  protected void update(Parameter p, Tensor g) {
    Tensor d = p.decayed(g);
    Tensor s = p.slot(SUM);
    double start = p.fresh() ? get("initial_accumulator") : 0;
    s.assign(s.add(d.square()).add(start));
    double slower = 1 + (p.step() - 1) * get("rate_decay");
    Tensor move = d.div(s.sqrt().add(get("epsilon"))).mul(p.learningRate()).div(slower);
    p.value().assign(p.exact().sub(move));
  }
}
