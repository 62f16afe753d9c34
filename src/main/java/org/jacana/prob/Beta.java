package org.jacana.prob;

import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * The beta distribution on 0..1, density x^(a - 1) (1 - x)^(b - 1) / B(a, b) with a =
 * concentration1, b = concentration0.
 */
public final class Beta extends Distribution {
  private static final String NAME = "Beta";
  private final Tensor concentration1;
  private final Tensor concentration0;

  /**
   * With parameters that broadcast.
   *
   * @throws IllegalArgumentException unless both are positive
   */
  public Beta(Tensor concentration1, Tensor concentration0) {
    super(NAME, broadcast(NAME, concentration1, concentration0), Shape.scalar(), concentration1);
    Params.positive(NAME, "concentration1", concentration1);
    Params.positive(NAME, "concentration0", concentration0);
    Params.same(NAME, concentration1, concentration0);
    this.concentration1 = concentration1;
    this.concentration0 = concentration0;
  }

  /** With F64 parameters made in the open scope. */
  public static Beta of(double concentration1, double concentration0) {
    return new Beta(number(concentration1), number(concentration0));
  }

  /** The parameter as given. */
  public Tensor concentration1() {
    return concentration1;
  }

  /** The parameter as given. */
  public Tensor concentration0() {
    return concentration0;
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    Tensor x = GammaDraw.standard(g, concentration1, shape);
    return x.div(x.add(GammaDraw.standard(g, concentration0, shape)));
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    Tensor inside = x.ge(0).logicalAnd(x.le(1));
    return within(
        x,
        inside,
        scalar(0.5),
        v ->
            concentration1
                .sub(1)
                .xlogy(v)
                .add(concentration0.sub(1).xlogy(v.rsub(1)))
                .sub(logBeta()));
  }

  @Override
  protected Tensor expectation() {
    return concentration1.div(concentration1.add(concentration0));
  }

  @Override
  protected Tensor spread() {
    Tensor n = concentration1.add(concentration0);
    return concentration1.mul(concentration0).div(n.square().mul(n.add(1)));
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    return Incomplete.betaI(concentration1, concentration0, x.clamp(0, 1));
  }

  @Override
  protected Tensor quantile(Tensor p) {
    return Incomplete.betaQuantile(concentration1, concentration0, p);
  }

  @Override
  protected Tensor differentialEntropy() {
    Tensor n = concentration1.add(concentration0);
    Tensor a = concentration1.sub(1).mul(concentration1.digamma());
    Tensor b = concentration0.sub(1).mul(concentration0.digamma());
    return logBeta().sub(a).sub(b).add(n.sub(2).mul(n.digamma()));
  }

  private Tensor logBeta() {
    Tensor n = concentration1.add(concentration0);
    return concentration1.lgamma().add(concentration0.lgamma()).sub(n.lgamma());
  }
}
