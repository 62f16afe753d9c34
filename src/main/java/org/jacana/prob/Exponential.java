package org.jacana.prob;

import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** The exponential distribution, density rate e^(-rate x) for x >= 0. */
public final class Exponential extends Distribution {
  private static final String NAME = "Exponential";
  private final Tensor rate;

  /**
   * A batch of the parameter's shape.
   *
   * @throws IllegalArgumentException unless it is positive
   */
  public Exponential(Tensor rate) {
    super(NAME, broadcast(NAME, rate), Shape.scalar(), rate);
    this.rate = Params.positive(NAME, "rate", rate);
  }

  /** With an F64 parameter made in the open scope. */
  public static Exponential of(double rate) {
    return new Exponential(number(rate));
  }

  /** The parameter as given. */
  public Tensor rate() {
    return rate;
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    return g.uniform(dtype(), shape).neg().log1p().neg().div(rate);
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    return within(x, x.ge(0), scalar(1), v -> rate.log().sub(rate.mul(v)));
  }

  @Override
  protected Tensor expectation() {
    return rate.reciprocal();
  }

  @Override
  protected Tensor spread() {
    return rate.square().reciprocal();
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    return x.maximum(0).mul(rate).neg().expm1().neg();
  }

  @Override
  protected Tensor quantile(Tensor p) {
    return Tensor.where(p.ge(0), p, Double.NaN).neg().log1p().neg().div(rate);
  }

  @Override
  protected Tensor differentialEntropy() {
    return rate.log().rsub(1);
  }
}
