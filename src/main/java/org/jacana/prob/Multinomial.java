package org.jacana.prob;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** How often each of k categories comes up in totalCount draws; events have the shape [k]. */
public final class Multinomial extends Distribution {
  private static final String NAME = "Multinomial";
  private final int totalCount;
  private final Tensor probs;

  /**
   * With probabilities [batch, k].
   *
   * @throws IllegalArgumentException if totalCount is negative, or unless each row of probs is
   *     between 0 and 1 and sums to 1
   */
  public Multinomial(int totalCount, Tensor probs) {
    super(
        NAME,
        Params.simplex(NAME, "probs", probs).shape().without(probs.rank() - 1),
        Shape.of(probs.shape().dim(-1)),
        probs);
    this.totalCount = Params.count(NAME, "totalCount", totalCount);
    this.probs = probs;
  }

  public int totalCount() {
    return totalCount;
  }

  /** The parameter as given. */
  public Tensor probs() {
    return probs;
  }

  @Override
  public boolean hasRsample() {
    return false;
  }

  /** Binomial draws of each category among what the ones before it left. */
  @Override
  protected Tensor draw(Generator g, int... shape) {
    int k = shape[shape.length - 1];
    double[] u = g.uniform(DType.F64, shape).doubles();
    double[] p = probs.doubles();
    for (int row = 0; row < u.length; row += k) {
      double left = totalCount;
      double mass = 1;
      int last = k - 1;
      while (p[row % p.length + last] == 0) {
        last--;
      }
      for (int i = 0; i < k; i++) {
        double part = p[(row + i) % p.length];
        double n = i < last ? Incomplete.binomial(left, Math.min(1, part / mass), u[row + i]) : 0;
        u[row + i] = i == last ? left : n;
        left -= u[row + i];
        mass = Math.max(Double.MIN_NORMAL, mass - part);
      }
    }
    return Tensor.of(u, shape).to(dtype());
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    Tensor whole = isCount(x).to(dtype()).min(-1).eq(1);
    Tensor inside = whole.logicalAnd(x.sum(-1).eq(totalCount)).unsqueeze(-1);
    Tensor k = Tensor.where(inside, x, scalar(0));
    Tensor mass = k.xlogy(probs).sub(k.add(1).lgamma()).sum(-1);
    Tensor log = mass.add(scalar(totalCount + 1.0).lgamma());
    Tensor sum = x.detach().sum(-1);
    Tensor outside = Tensor.where(sum.isNaN(), sum, Double.NEGATIVE_INFINITY);
    return Tensor.where(inside.squeeze(-1), log, outside);
  }

  @Override
  protected Tensor expectation() {
    return probs.mul(totalCount);
  }

  @Override
  protected Tensor spread() {
    return probs.mul(probs.rsub(1)).mul(totalCount);
  }
}
