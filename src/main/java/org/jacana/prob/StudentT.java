package org.jacana.prob;

import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Student's t distribution with df degrees of freedom, moved by loc and stretched by scale. */
public final class StudentT extends Distribution {
  private static final String NAME = "StudentT";
  private final Tensor df;
  private final Tensor loc;
  private final Tensor scale;

  /**
   * With parameters that broadcast.
   *
   * @throws IllegalArgumentException unless loc is finite, df and scale positive
   */
  public StudentT(Tensor df, Tensor loc, Tensor scale) {
    super(NAME, broadcast(NAME, df, loc, scale), Shape.scalar(), df);
    this.df = Params.positive(NAME, "df", df);
    this.loc = Params.finite(NAME, "loc", loc);
    this.scale = Params.positive(NAME, "scale", scale);
    Params.same(NAME, df, loc, scale);
  }

  /** With F64 parameters made in the open scope. */
  public static StudentT of(double df, double loc, double scale) {
    return new StudentT(number(df), number(loc), number(scale));
  }

  /** The parameter as given. */
  public Tensor df() {
    return df;
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
    Tensor half = GammaDraw.standard(g, df.mul(0.5), shape);
    Tensor t = g.normal(dtype(), shape).mul(df.mul(0.5).div(half).sqrt());
    return t.mul(scale).add(loc);
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    Tensor z = x.sub(loc).div(scale);
    Tensor half = df.add(1).mul(0.5);
    Tensor norm = half.lgamma().sub(df.mul(0.5).lgamma()).sub(df.mul(Math.PI).log().mul(0.5));
    return norm.sub(scale.log()).sub(half.mul(z.square().div(df).log1p()));
  }

  @Override
  protected Tensor expectation() {
    return Tensor.where(df.gt(1), loc, Double.NaN);
  }

  @Override
  protected Tensor spread() {
    Tensor safe = Tensor.where(df.gt(2), df, 3);
    Tensor v = scale.square().mul(safe.div(safe.sub(2)));
    Tensor heavy = Tensor.where(df.gt(1), scalar(Double.POSITIVE_INFINITY), Double.NaN);
    return Tensor.where(df.gt(2), v, heavy);
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    return Incomplete.studentCdf(df, x.sub(loc).div(scale));
  }

  @Override
  protected Tensor quantile(Tensor p) {
    return Incomplete.studentQuantile(df, p).mul(scale).add(loc);
  }

  @Override
  protected Tensor differentialEntropy() {
    Tensor half = df.mul(0.5);
    Tensor more = half.add(0.5);
    Tensor beta = half.lgamma().add(0.5 * Math.log(Math.PI)).sub(more.lgamma());
    Tensor tail = more.mul(more.digamma().sub(half.digamma()));
    return tail.add(df.log().mul(0.5)).add(beta).add(scale.log());
  }
}
