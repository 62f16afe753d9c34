package org.jacana.prob;

import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** The normal distribution with mean loc and standard deviation scale. */
public final class Normal extends Distribution {
  private static final String NAME = "Normal";
  private final Tensor loc;
  private final Tensor scale;

  /**
   * With parameters that broadcast.
   *
   * @throws IllegalArgumentException unless loc is finite and scale positive
   */
  public Normal(Tensor loc, Tensor scale) {
    super(NAME, broadcast(NAME, loc, scale), Shape.scalar(), loc);
    Params.finite(NAME, "loc", loc);
    Params.positive(NAME, "scale", scale);
    Params.same(NAME, loc, scale);
    this.loc = loc;
    this.scale = scale;
  }

  /** With F64 parameters made in the open scope. */
  public static Normal of(double loc, double scale) {
    return new Normal(number(loc), number(scale));
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
    return g.normal(dtype(), shape).mul(scale).add(loc);
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    return x.sub(loc)
        .div(scale)
        .square()
        .mul(-0.5)
        .sub(scale.log())
        .sub(0.5 * Math.log(2 * Math.PI));
  }

  @Override
  protected Tensor expectation() {
    return loc;
  }

  @Override
  protected Tensor spread() {
    return scale.square();
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    return standardCdf(x.sub(loc).div(scale));
  }

  @Override
  protected Tensor quantile(Tensor p) {
    return Incomplete.normalQuantile(p).mul(scale).add(loc);
  }

  @Override
  protected Tensor differentialEntropy() {
    return scale.log().add(0.5 + 0.5 * Math.log(2 * Math.PI));
  }

  static Tensor standardCdf(Tensor z) {
    return z.mul(-Math.sqrt(0.5)).erfc().mul(0.5);
  }
}
