package org.jacana.prob;

import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** The distribution of e^X for a normal X with mean loc and standard deviation scale. */
public final class LogNormal extends Distribution {
  private static final String NAME = "LogNormal";
  private final Tensor loc;
  private final Tensor scale;

  /**
   * With parameters that broadcast.
   *
   * @throws IllegalArgumentException unless loc is finite and scale positive
   */
  public LogNormal(Tensor loc, Tensor scale) {
    super(NAME, broadcast(NAME, loc, scale), Shape.scalar(), loc);
    Params.finite(NAME, "loc", loc);
    Params.positive(NAME, "scale", scale);
    Params.same(NAME, loc, scale);
    this.loc = loc;
    this.scale = scale;
  }

  /** With F64 parameters made in the open scope. */
  public static LogNormal of(double loc, double scale) {
    return new LogNormal(number(loc), number(scale));
  }

  /** The parameter as given. */
  public Tensor loc() {
    return loc;
  }

  /** The parameter as given. */
  public Tensor scale() {
    return scale;
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    return g.normal(dtype(), shape).mul(scale).add(loc).exp();
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    return within(
        x,
        x.gt(0).logicalAnd(x.isInf().logicalNot()),
        scalar(1),
        v -> {
          Tensor z = v.log().sub(loc).div(scale);
          Tensor normal = z.square().mul(-0.5).sub(scale.log());
          return normal.sub(v.log()).sub(0.5 * Math.log(2 * Math.PI));
        });
  }

  @Override
  protected Tensor expectation() {
    return loc.add(scale.square().mul(0.5)).exp();
  }

  @Override
  protected Tensor spread() {
    return scale.square().expm1().mul(loc.mul(2).add(scale.square()).exp());
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    Tensor inside = Tensor.where(x.le(0), scalar(1), x);
    Tensor cdf = Normal.standardCdf(inside.log().sub(loc).div(scale));
    return Tensor.where(x.le(0), scalar(0), cdf);
  }

  @Override
  protected Tensor quantile(Tensor p) {
    return Incomplete.normalQuantile(p).mul(scale).add(loc).exp();
  }

  @Override
  protected Tensor differentialEntropy() {
    return scale.log().add(loc).add(0.5 + 0.5 * Math.log(2 * Math.PI));
  }
}
