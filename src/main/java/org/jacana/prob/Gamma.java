package org.jacana.prob;

import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * The gamma distribution, density rate^a x^(a - 1) e^(-rate x) / Gamma(a) with a the concentration;
 * draws are those of Marsaglia and Tsang (2000), reparametrised implicitly (Figurnov et al. 2018).
 */
public final class Gamma extends Distribution {
  private static final String NAME = "Gamma";
  private final Tensor concentration;
  private final Tensor rate;

  /**
   * With parameters that broadcast.
   *
   * @throws IllegalArgumentException unless both are positive
   */
  public Gamma(Tensor concentration, Tensor rate) {
    super(NAME, broadcast(NAME, concentration, rate), Shape.scalar(), concentration);
    Params.positive(NAME, "concentration", concentration);
    Params.positive(NAME, "rate", rate);
    Params.same(NAME, concentration, rate);
    this.concentration = concentration;
    this.rate = rate;
  }

  /** With F64 parameters made in the open scope. */
  public static Gamma of(double concentration, double rate) {
    return new Gamma(number(concentration), number(rate));
  }

  /** The parameter as given. */
  public Tensor concentration() {
    return concentration;
  }

  /** The parameter as given. */
  public Tensor rate() {
    return rate;
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    return GammaDraw.standard(g, concentration, shape).div(rate);
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    Tensor inside = x.ge(0).logicalAnd(x.isInf().logicalNot());
    return within(
        x,
        inside,
        scalar(1),
        v ->
            concentration
                .sub(1)
                .xlogy(v)
                .sub(rate.mul(v))
                .add(concentration.mul(rate.log()))
                .sub(concentration.lgamma()));
  }

  @Override
  protected Tensor expectation() {
    return concentration.div(rate);
  }

  @Override
  protected Tensor spread() {
    return concentration.div(rate.square());
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    return Incomplete.gammaP(concentration, x.mul(rate).maximum(0));
  }

  @Override
  protected Tensor quantile(Tensor p) {
    return Incomplete.gammaQuantile(concentration, p).div(rate);
  }

  @Override
  protected Tensor differentialEntropy() {
    Tensor a = concentration;
    return a.sub(rate.log()).add(a.lgamma()).add(a.rsub(1).mul(a.digamma()));
  }
}
