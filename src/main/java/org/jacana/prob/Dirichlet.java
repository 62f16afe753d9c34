package org.jacana.prob;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** The Dirichlet distribution of rows of k probabilities; events have the shape [k]. */
public final class Dirichlet extends Distribution {
  private static final String NAME = "Dirichlet";
  private final Tensor concentration;

  /**
   * With concentrations [batch, k].
   *
   * @throws IllegalArgumentException unless they are positive
   */
  public Dirichlet(Tensor concentration) {
    super(NAME, lead(concentration), Shape.of(concentration.shape().dim(-1)), concentration);
    this.concentration = concentration;
  }

  private static Shape lead(Tensor c) {
    Params.positive(NAME, "concentration", c);
    if (c.rank() == 0 || c.shape().dim(-1) == 0) {
      throw new IllegalArgumentException(
          NAME + ": concentration needs a last axis of at least one category, got " + c.shape());
    }
    return c.shape().without(c.rank() - 1);
  }

  /** One distribution with F64 concentrations made in the open scope. */
  public static Dirichlet of(double... concentration) {
    return new Dirichlet(Tensor.of(concentration, concentration.length));
  }

  /** The parameter as given. */
  public Tensor concentration() {
    return concentration;
  }

  private Tensor total() {
    return concentration.sum(new int[] {-1}, true);
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    Tensor x = GammaDraw.standard(g, concentration, shape);
    return x.div(x.sum(new int[] {-1}, true));
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    double slack = dtype() == DType.F64 ? 1e-9 : 1e-5;
    Tensor simplex = x.sum(-1).sub(1).abs().le(slack).logicalAnd(x.min(-1).ge(0));
    Tensor inside = simplex.unsqueeze(-1);
    Tensor p = Tensor.where(inside, x, scalar(0.5));
    Tensor log = concentration.sub(1).xlogy(p).sum(-1).sub(logBeta());
    Tensor sum = x.detach().sum(-1);
    Tensor outside = Tensor.where(sum.isNaN(), sum, Double.NEGATIVE_INFINITY);
    return Tensor.where(simplex, log, outside);
  }

  @Override
  protected Tensor expectation() {
    return concentration.div(total());
  }

  @Override
  protected Tensor spread() {
    Tensor n = total();
    return concentration.mul(n.sub(concentration)).div(n.square().mul(n.add(1)));
  }

  @Override
  protected Tensor differentialEntropy() {
    Tensor n = concentration.sum(-1);
    Tensor own = concentration.sub(1).mul(concentration.digamma()).sum(-1);
    return logBeta().add(n.sub(eventShape().dim(0)).mul(n.digamma())).sub(own);
  }

  private Tensor logBeta() {
    return concentration.lgamma().sum(-1).sub(concentration.sum(-1).lgamma());
  }
}
