package org.jacana.prob;

import java.util.Arrays;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;

/**
 * The normal distribution of vectors [d] with covariance W W^T + diag(D), W [d, r]: densities cost
 * d r^2 rather than d^3 (Woodbury's identity).
 */
public final class LowRankMultivariateNormal extends Distribution {
  private static final String NAME = "LowRankMultivariateNormal";
  private final Tensor loc;
  private final Tensor covFactor;
  private final Tensor covDiag;
  private final Tensor capacitance;

  /**
   * With loc [..., d], W as covFactor [..., d, r] and D as covDiag [..., d].
   *
   * @throws IllegalArgumentException unless the shapes fit, loc and W are finite and D is positive
   */
  public LowRankMultivariateNormal(Tensor loc, Tensor covFactor, Tensor covDiag) {
    super(NAME, batch(loc, covFactor, covDiag), Shape.of(loc.shape().dim(-1)), loc);
    this.loc = Params.finite(NAME, "loc", loc);
    this.covFactor = Params.finite(NAME, "covFactor", covFactor);
    this.covDiag = Params.positive(NAME, "covDiag", covDiag);
    // The Cholesky factor of I + W^T D^-1 W.
    int r = covFactor.shape().dim(-1);
    this.capacitance =
        on(
            () -> {
              Tensor inner = scaled().transpose(-1, -2).matmul(covFactor);
              Tensor sum = inner.add(inner.transpose(-1, -2)).mul(0.5);
              return Linalg.cholesky(sum.add(Tensor.eye(dtype(), r)));
            });
  }

  private static Shape batch(Tensor loc, Tensor w, Tensor d) {
    Params.real(NAME, "loc", loc);
    Params.real(NAME, "covFactor", w);
    Params.real(NAME, "covDiag", d);
    Params.same(NAME, loc, w, d);
    boolean fits = loc.rank() >= 1 && w.rank() >= 2 && d.rank() >= 1;
    fits = fits && w.shape().dim(-2) == loc.shape().dim(-1);
    fits = fits && d.shape().dim(-1) == loc.shape().dim(-1);
    if (!fits) {
      throw new IllegalArgumentException(
          NAME
              + ": needs loc [..., d], covFactor [..., d, r] and covDiag [..., d], got "
              + loc.shape()
              + ", "
              + w.shape()
              + " and "
              + d.shape());
    }
    Shape vectors = Shape.broadcast(NAME + " (parameters)", loc.shape(), d.shape());
    Shape lead = Shape.of(Arrays.copyOf(w.shape().dims(), w.rank() - 2));
    return Shape.broadcast(NAME + " (parameters)", vectors.without(vectors.rank() - 1), lead);
  }

  private Tensor scaled() {
    return covFactor.div(covDiag.unsqueeze(-1));
  }

  /** The parameter as given. */
  public Tensor loc() {
    return loc;
  }

  /** W W^T + diag(D), [..., d, d]. */
  public Tensor covariance() {
    return on(() -> covFactor.matmul(covFactor.transpose(-1, -2)).add(covDiag.diagEmbed(0)));
  }

  /** The same distribution with a dense covariance. */
  public MultivariateNormal dense() {
    return new MultivariateNormal(loc, covariance());
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    int[] factors = shape.clone();
    factors[shape.length - 1] = covFactor.shape().dim(-1);
    Tensor low = covFactor.matmul(g.normal(dtype(), factors).unsqueeze(-1)).squeeze(-1);
    return g.normal(dtype(), shape).mul(covDiag.sqrt()).add(low).add(loc);
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    Tensor off = x.sub(loc);
    Tensor part = scaled().transpose(-1, -2).matmul(off.unsqueeze(-1));
    Tensor z = Linalg.solveTriangular(capacitance, part, false).squeeze(-1);
    Tensor squares = off.square().div(covDiag).sum(-1).sub(z.square().sum(-1));
    double constant = 0.5 * eventShape().dim(0) * Math.log(2 * Math.PI);
    return squares.mul(-0.5).sub(halfLogDet()).sub(constant);
  }

  private Tensor halfLogDet() {
    Tensor inner = capacitance.diagonal(0, -2, -1).log().sum(-1);
    return inner.add(covDiag.log().sum(-1).mul(0.5));
  }

  @Override
  protected Tensor expectation() {
    return loc;
  }

  @Override
  protected Tensor spread() {
    return covFactor.square().sum(-1).add(covDiag);
  }

  @Override
  protected Tensor differentialEntropy() {
    return halfLogDet().add(0.5 * eventShape().dim(0) * (1 + Math.log(2 * Math.PI)));
  }
}
