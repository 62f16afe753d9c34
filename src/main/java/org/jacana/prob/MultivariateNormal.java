package org.jacana.prob;

import java.util.Arrays;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;

/**
 * The normal distribution of vectors [d] with mean loc and a covariance, or its lower Cholesky
 * factor scaleTril.
 */
public final class MultivariateNormal extends Distribution {
  private static final String NAME = "MultivariateNormal";
  private final Tensor loc;
  private final Tensor scaleTril;

  /**
   * With loc [..., d] and a covariance [..., d, d], whose factor lives in the open scope.
   *
   * @throws IllegalArgumentException unless loc is finite and the covariance symmetric and positive
   *     definite
   */
  public MultivariateNormal(Tensor loc, Tensor covariance) {
    this(loc, Linalg.cholesky(matrix("covariance", loc, covariance)), true);
  }

  private MultivariateNormal(Tensor loc, Tensor scaleTril, boolean checked) {
    super(NAME, batch(loc, scaleTril), Shape.of(loc.shape().dim(-1)), loc);
    this.loc = Params.finite(NAME, "loc", loc);
    this.scaleTril = scaleTril;
  }

  /** With the covariance L L^T of a lower triangular L [..., d, d] of positive diagonal. */
  public static MultivariateNormal ofScaleTril(Tensor loc, Tensor scaleTril) {
    Params.finite(NAME, "scaleTril", matrix("scaleTril", loc, scaleTril));
    try (Scope s = Scope.open(loc.device())) {
      Tensor l = scaleTril.detach();
      Params.positive(NAME, "scaleTril's diagonal", l.diagonal(0, -2, -1));
      Params.all(NAME, "scaleTril above the diagonal", l.triu(1), v -> v == 0, "0");
    }
    return new MultivariateNormal(loc, scaleTril, true);
  }

  private static Tensor matrix(String what, Tensor loc, Tensor m) {
    Params.real(NAME, "loc", loc);
    Params.real(NAME, what, m);
    Params.same(NAME, loc, m);
    int r = m.rank();
    if (loc.rank() < 1
        || r < 2
        || m.shape().dim(-1) != loc.shape().dim(-1)
        || m.shape().dim(-2) != loc.shape().dim(-1)) {
      throw new IllegalArgumentException(
          NAME
              + ": needs loc [..., d] and "
              + what
              + " [..., d, d], got "
              + loc.shape()
              + " and "
              + m.shape());
    }
    return m;
  }

  private static Shape batch(Tensor loc, Tensor m) {
    Shape vectors = loc.shape().without(loc.rank() - 1);
    Shape matrices = Shape.of(Arrays.copyOf(m.shape().dims(), m.rank() - 2));
    return Shape.broadcast(NAME + " (parameters)", vectors, matrices);
  }

  /** The parameter as given. */
  public Tensor loc() {
    return loc;
  }

  /** The lower Cholesky factor [..., d, d]. */
  public Tensor scaleTril() {
    return scaleTril;
  }

  /** [..., d, d]. */
  public Tensor covariance() {
    return on(() -> scaleTril.matmul(scaleTril.transpose(-1, -2)));
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    Tensor z = g.normal(dtype(), shape).unsqueeze(-1);
    return scaleTril.matmul(z).squeeze(-1).add(loc);
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    Tensor off = x.sub(loc).unsqueeze(-1);
    Tensor z = Linalg.solveTriangular(scaleTril, off, false).squeeze(-1);
    double constant = 0.5 * eventShape().dim(0) * Math.log(2 * Math.PI);
    return z.square().sum(-1).mul(-0.5).sub(halfLogDet()).sub(constant);
  }

  /** Half the logarithm of the covariance's determinant, [batch]. */
  Tensor halfLogDet() {
    return scaleTril.diagonal(0, -2, -1).log().sum(-1);
  }

  @Override
  protected Tensor expectation() {
    return loc;
  }

  @Override
  protected Tensor spread() {
    return scaleTril.square().sum(-1);
  }

  @Override
  protected Tensor differentialEntropy() {
    return halfLogDet().add(0.5 * eventShape().dim(0) * (1 + Math.log(2 * Math.PI)));
  }
}
