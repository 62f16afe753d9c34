package org.jacana.prob;

import java.util.Arrays;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * A mixture of distributions of one family (torch's MixtureSameFamily): the last batch axis of the
 * components is the k that the weights choose from.
 */
public final class Mixture extends Distribution {
  private static final String NAME = "Mixture";
  private final Categorical weights;
  private final Distribution components;

  /**
   * With weights of batch [...] and k categories, and components of batch [..., k].
   *
   * @throws IllegalArgumentException unless the shapes and types fit
   */
  public Mixture(Categorical weights, Distribution components) {
    super(NAME, batch(weights, components), components.eventShape(), components.like());
    this.weights = weights;
    this.components = components;
  }

  private static Shape batch(Categorical w, Distribution c) {
    Shape b = c.batchShape();
    if (b.rank() == 0 || b.dim(-1) != w.categories() || w.dtype() != c.dtype()) {
      throw new IllegalArgumentException(
          NAME
              + ": the components' last batch axis must be the weights' "
              + w.categories()
              + " categories and the types equal, got "
              + c
              + " and "
              + w);
    }
    return Shape.broadcast(
        NAME + " (weights and components)", w.batchShape(), b.without(b.rank() - 1));
  }

  public Categorical weights() {
    return weights;
  }

  public Distribution components() {
    return components;
  }

  @Override
  public boolean hasRsample() {
    return false;
  }

  private int axis() {
    return -1 - eventShape().rank();
  }

  /** Weights [..., k] as [..., k, 1...] beside values with an event. */
  private Tensor beside(Tensor w) {
    Tensor out = w;
    for (int i = 0; i < eventShape().rank(); i++) {
      out = out.unsqueeze(-1);
    }
    return out;
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    int at = shape.length - eventShape().rank();
    int k = weights.categories();
    int[] lead = Arrays.copyOf(shape, at);
    int[] wide = Shape.of(shape).insert(at, k).dims();
    Tensor all = components.draw(g, wide);
    Tensor chosen = weights.draw(g, lead).unsqueeze(-1);
    Tensor mask = chosen.eq(Tensor.arange(k).to(dtype()));
    return Tensor.where(beside(mask).expand(wide), all, 0).sum(axis());
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    Tensor each = components.logDensity(x.unsqueeze(axis()));
    return each.add(weights.logProbs()).logSumExp(new int[] {-1}, false);
  }

  @Override
  protected Tensor expectation() {
    return beside(weights.probs()).mul(components.mean()).sum(axis());
  }

  @Override
  protected Tensor spread() {
    Tensor w = beside(weights.probs());
    Tensor mean = components.mean();
    Tensor off = mean.sub(w.mul(mean).sum(new int[] {axis()}, true));
    return w.mul(components.variance().add(off.square())).sum(axis());
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    return weights.probs().mul(components.cumulative(x.unsqueeze(-1))).sum(-1);
  }
}
