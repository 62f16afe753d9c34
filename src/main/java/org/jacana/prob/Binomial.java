package org.jacana.prob;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** The number of successes in totalCount trials with probability probs each. */
public final class Binomial extends Distribution {
  private static final String NAME = "Binomial";
  private final int totalCount;
  private final Tensor probs;

  /**
   * A batch of the parameter's shape.
   *
   * @throws IllegalArgumentException if totalCount is negative, or unless probs are between 0 and 1
   */
  public Binomial(int totalCount, Tensor probs) {
    super(NAME, broadcast(NAME, probs), Shape.scalar(), probs);
    this.totalCount = Params.count(NAME, "totalCount", totalCount);
    this.probs = Params.probability(NAME, "probs", probs);
  }

  /** With an F64 parameter made in the open scope. */
  public static Binomial of(int totalCount, double probs) {
    return new Binomial(totalCount, number(probs));
  }

  public int totalCount() {
    return totalCount;
  }

  /** The parameter as given. */
  public Tensor probs() {
    return probs;
  }

  @Override
  public boolean hasRsample() {
    return false;
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    return Incomplete.binomialQuantile(totalCount, probs, g.uniform(DType.F64, shape)).to(dtype());
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    return within(x, isCount(x).logicalAnd(x.le(totalCount)), scalar(0), this::logMass);
  }

  private Tensor logMass(Tensor k) {
    Tensor rest = k.rsub(totalCount);
    Tensor ways = scalar(totalCount + 1.0).lgamma().sub(k.add(1).lgamma());
    return ways.sub(rest.add(1).lgamma()).add(k.xlogy(probs)).add(rest.xlogy(probs.rsub(1)));
  }

  @Override
  protected Tensor expectation() {
    return probs.mul(totalCount);
  }

  @Override
  protected Tensor spread() {
    return probs.mul(probs.rsub(1)).mul(totalCount);
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    Tensor k = x.floor();
    Tensor inside = k.ge(0).logicalAnd(k.lt(totalCount));
    Tensor safe = Tensor.where(inside, k, scalar(0));
    Tensor rest = safe.rsub(totalCount).maximum(1);
    Tensor cdf = Incomplete.betaI(rest, safe.add(1), probs.rsub(1));
    Tensor ends = Tensor.where(x.isNaN(), x, x.ge(totalCount).to(dtype()));
    return Tensor.where(inside, cdf, ends);
  }

  @Override
  protected Tensor quantile(Tensor p) {
    return Incomplete.binomialQuantile(totalCount, probs, p);
  }

  /** By the sum over all counts. */
  @Override
  protected Tensor differentialEntropy() {
    Tensor k = Tensor.arange(totalCount + 1).to(dtype());
    Tensor log = new Binomial(totalCount, probs.unsqueeze(-1)).logProb(k);
    // Probability 0 counts 0.
    return log.exp().mul(log.maximum(-1e4)).sum(-1).neg();
  }
}
