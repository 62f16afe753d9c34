package org.jacana.nn;

import org.jacana.Tensor;

/** x where positive, else slope x, the slopes being trained (He et al. 2015). Parameter: weight. */
public final class Prelu extends Module {
  private final Tensor weight;

  /** One slope of 0.25. */
  public Prelu() {
    this(1, 0.25);
  }

  /** One slope for all channels, or one for each on the last axis. */
  public Prelu(int slopes, double initial) {
    Check.positive("prelu", "slopes", slopes);
    Check.finite("prelu", "initial", initial);
    weight = parameter("weight", Tensor.full(org.jacana.DType.F32, initial, slopes));
  }

  /** The slopes. */
  public Tensor weight() {
    return weight;
  }

  @Override
  protected Tensor forward(Tensor x) {
    return x.prelu(weight);
  }
}
