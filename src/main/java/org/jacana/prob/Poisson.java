package org.jacana.prob;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** The Poisson distribution of counts, P(k) = rate^k e^(-rate) / k!. */
public final class Poisson extends Distribution {
  private static final String NAME = "Poisson";
  private final Tensor rate;

  /**
   * A batch of the parameter's shape.
   *
   * @throws IllegalArgumentException unless it is at least 0 and finite
   */
  public Poisson(Tensor rate) {
    super(NAME, broadcast(NAME, rate), Shape.scalar(), rate);
    this.rate = Params.nonNegative(NAME, "rate", rate);
  }

  /** With an F64 parameter made in the open scope. */
  public static Poisson of(double rate) {
    return new Poisson(number(rate));
  }

  /** The parameter as given. */
  public Tensor rate() {
    return rate;
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    return Incomplete.poissonQuantile(rate, g.uniform(DType.F64, shape)).to(dtype());
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    return within(x, isCount(x), scalar(0), k -> k.xlogy(rate).sub(rate).sub(k.add(1).lgamma()));
  }

  @Override
  protected Tensor expectation() {
    return rate;
  }

  @Override
  protected Tensor spread() {
    return rate;
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    Tensor k = x.floor().maximum(0).add(1);
    return Tensor.where(x.lt(0), scalar(0), Incomplete.gammaQ(k, rate));
  }

  @Override
  protected Tensor quantile(Tensor p) {
    return Incomplete.poissonQuantile(rate, p);
  }

  /** By the sum over all counts that matter, or above 1,000 by its asymptotic series. */
  @Override
  protected Tensor differentialEntropy() {
    double most = rate.detach().max().item();
    if (rate.detach().min().item() >= 1000) {
      Tensor r = rate.reciprocal();
      Tensor half = rate.mul(2 * Math.PI * Math.E).log().mul(0.5);
      Tensor tail = r.mul(19.0 / 360).add(1.0 / 24).mul(r).add(1.0 / 12).mul(r);
      return half.sub(tail);
    }
    int n = (int) Math.ceil(most + 12 * Math.sqrt(most) + 40);
    Tensor k = Tensor.arange(n).to(dtype());
    Tensor wide = rate.unsqueeze(-1);
    Tensor log = k.xlogy(wide).sub(wide).sub(k.add(1).lgamma());
    // Probability 0, at rate 0, counts 0.
    Tensor log0 = log.maximum(-1e4);
    return log.exp().mul(log0).sum(-1).neg();
  }

  @Override
  public boolean hasRsample() {
    return false;
  }
}
