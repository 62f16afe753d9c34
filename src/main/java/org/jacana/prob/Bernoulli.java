package org.jacana.prob;

import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** 1 with probability probs, else 0. */
public final class Bernoulli extends Distribution {
  private static final String NAME = "Bernoulli";
  private final Tensor probs;
  private final Tensor logits;

  /**
   * A batch of the parameter's shape.
   *
   * @throws IllegalArgumentException unless probs are between 0 and 1
   */
  public Bernoulli(Tensor probs) {
    this(Params.probability(NAME, "probs", probs), null);
  }

  private Bernoulli(Tensor probs, Tensor logits) {
    super(
        NAME,
        (probs == null ? logits : probs).shape(),
        Shape.scalar(),
        probs == null ? logits : probs);
    this.probs = probs;
    this.logits = logits;
  }

  /** With an F64 parameter made in the open scope. */
  public static Bernoulli of(double probs) {
    return new Bernoulli(number(probs));
  }

  /** With probabilities sigmoid(logits), exact where they round to 0 or 1. */
  public static Bernoulli ofLogits(Tensor logits) {
    return new Bernoulli(null, Params.finite(NAME, "logits", logits));
  }

  /** The probabilities of 1. */
  public Tensor probs() {
    return probs == null ? logits.sigmoid() : probs;
  }

  @Override
  public boolean hasRsample() {
    return false;
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    return g.uniform(dtype(), shape).lt(probs()).to(dtype());
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    Tensor inside = x.eq(0).logicalOr(x.eq(1));
    return within(
        x,
        inside,
        scalar(0),
        k ->
            probs == null
                ? k.mul(logits).sub(logits.softplus())
                : k.xlogy(probs).add(k.rsub(1).xlogy(probs.rsub(1))));
  }

  @Override
  protected Tensor expectation() {
    return probs();
  }

  @Override
  protected Tensor spread() {
    return probs().mul(probs().rsub(1));
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    Tensor below = Tensor.where(x.lt(0), scalar(0), probs().rsub(1));
    return Tensor.where(x.isNaN(), x, Tensor.where(x.ge(1), scalar(1), below));
  }

  @Override
  protected Tensor quantile(Tensor p) {
    Tensor one = p.gt(probs().rsub(1)).to(dtype());
    return Tensor.where(p.ge(0).logicalAnd(p.le(1)), one, Double.NaN);
  }

  @Override
  protected Tensor differentialEntropy() {
    if (probs == null) {
      return logits.softplus().sub(logits.mul(logits.sigmoid()));
    }
    Tensor q = probs.rsub(1);
    return probs.xlogy(probs).add(q.xlogy(q)).rsub(0);
  }
}
