package org.jacana.prob;

import java.util.Arrays;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** A distribution whose last batch axes count as one event: their log-probabilities add up. */
public class Independent extends Distribution {
  private final Distribution base;
  private final int axes;

  /**
   * With the last {@code axes} batch axes of the base as event axes.
   *
   * @throws IllegalArgumentException if the base has fewer batch axes
   */
  public Independent(Distribution base, int axes) {
    this("Independent", base, axes);
  }

  Independent(String name, Distribution base, int axes) {
    super(name, part(name, base, axes, true), part(name, base, axes, false), base.like());
    this.base = base;
    this.axes = axes;
  }

  private static Shape part(String name, Distribution base, int axes, boolean batch) {
    int rank = base.batchShape().rank();
    if (axes < 0 || axes > rank) {
      throw new IllegalArgumentException(
          name + ": axes must be in 0.." + rank + " for " + base + ", got " + axes);
    }
    int[] all = base.extended();
    return Shape.of(
        batch ? Arrays.copyOf(all, rank - axes) : Arrays.copyOfRange(all, rank - axes, all.length));
  }

  /** The distribution of the parts. */
  public final Distribution base() {
    return base;
  }

  /** How many of the base's batch axes are event axes. */
  public final int axes() {
    return axes;
  }

  @Override
  public boolean hasRsample() {
    return base.hasRsample();
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    return base.draw(g, shape);
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    return total(base.logDensity(x));
  }

  @Override
  protected Tensor expectation() {
    return base.mean();
  }

  @Override
  protected Tensor spread() {
    return base.variance();
  }

  @Override
  protected Tensor differentialEntropy() {
    return total(base.entropy());
  }

  /** The sum over the axes that became event axes. */
  Tensor total(Tensor t) {
    if (axes == 0) {
      return t;
    }
    int[] last = new int[axes];
    Arrays.setAll(last, i -> -1 - i);
    return t.sum(last);
  }
}
