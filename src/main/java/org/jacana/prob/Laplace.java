package org.jacana.prob;

import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** The Laplace distribution, density e^(-|x - loc| / scale) / (2 scale). */
public final class Laplace extends Distribution {
  private static final String NAME = "Laplace";
  private static final double DRAW_FLOOR = 1e-30;
  private final Tensor loc;
  private final Tensor scale;

  /**
   * With parameters that broadcast.
   *
   * @throws IllegalArgumentException unless loc is finite and scale positive
   */
  public Laplace(Tensor loc, Tensor scale) {
    super(NAME, broadcast(NAME, loc, scale), Shape.scalar(), loc);
    Params.finite(NAME, "loc", loc);
    Params.positive(NAME, "scale", scale);
    Params.same(NAME, loc, scale);
    this.loc = loc;
    this.scale = scale;
  }

  /** With F64 parameters made in the open scope. */
  public static Laplace of(double loc, double scale) {
    return new Laplace(number(loc), number(scale));
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
    // Symmetric around 0 and never 0 inside the logarithm.
    Tensor u = g.uniform(dtype(), shape).sub(0.5);
    Tensor rest = u.abs().mul(-2).add(1).maximum(DRAW_FLOOR);
    return loc.sub(scale.mul(u.sign().mul(rest.log())));
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    return x.sub(loc).abs().div(scale).neg().sub(scale.mul(2).log());
  }

  @Override
  protected Tensor expectation() {
    return loc;
  }

  @Override
  protected Tensor spread() {
    return scale.square().mul(2);
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    Tensor z = x.sub(loc).div(scale);
    Tensor tail = z.abs().neg().exp().mul(0.5);
    return Tensor.where(z.lt(0), tail, tail.rsub(1));
  }

  @Override
  protected Tensor quantile(Tensor p) {
    Tensor tail = p.minimum(p.rsub(1)).mul(2).log();
    return loc.add(scale.mul(Tensor.where(p.lt(0.5), tail, tail.neg())));
  }

  @Override
  protected Tensor differentialEntropy() {
    return scale.mul(2).log().add(1);
  }
}
