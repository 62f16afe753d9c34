package org.jacana.prob;

import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/** The uniform distribution on low..high, both included. */
public final class Uniform extends Distribution {
  private static final String NAME = "Uniform";
  private final Tensor low;
  private final Tensor high;

  /**
   * With parameters that broadcast.
   *
   * @throws IllegalArgumentException unless both are finite and low below high
   */
  public Uniform(Tensor low, Tensor high) {
    super(NAME, broadcast(NAME, low, high), Shape.scalar(), low);
    Params.finite(NAME, "low", low);
    Params.finite(NAME, "high", high);
    Params.same(NAME, low, high);
    try (Scope s = Scope.open(low.device())) {
      Params.positive(NAME, "high - low", high.detach().sub(low.detach()));
    }
    this.low = low;
    this.high = high;
  }

  /** With F64 parameters made in the open scope. */
  public static Uniform of(double low, double high) {
    return new Uniform(number(low), number(high));
  }

  /** The parameter as given. */
  public Tensor low() {
    return low;
  }

  /** The parameter as given. */
  public Tensor high() {
    return high;
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    return low.add(g.uniform(dtype(), shape).mul(high.sub(low)));
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    Tensor inside = x.ge(low).logicalAnd(x.le(high));
    return within(x, inside, low, v -> v.mul(0).sub(high.sub(low).log()));
  }

  @Override
  protected Tensor expectation() {
    return low.add(high).mul(0.5);
  }

  @Override
  protected Tensor spread() {
    return high.sub(low).square().div(12);
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    return x.sub(low).div(high.sub(low)).clamp(0, 1);
  }

  @Override
  protected Tensor quantile(Tensor p) {
    Tensor x = low.add(p.mul(high.sub(low)));
    return Tensor.where(p.ge(0).logicalAnd(p.le(1)), x, Double.NaN);
  }

  @Override
  protected Tensor differentialEntropy() {
    return high.sub(low).log();
  }
}
