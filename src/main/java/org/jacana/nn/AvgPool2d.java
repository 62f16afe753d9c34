package org.jacana.nn;

import org.jacana.Tensor;
import org.jacana.backend.PoolSpec;
import org.jacana.op.Pool;

/** The average of each window of [N, H, W, C]. */
public final class AvgPool2d extends Module {
  private final PoolSpec spec;

  /** Square windows side by side. */
  public AvgPool2d(int kernel) {
    this(kernel, kernel);
  }

  public AvgPool2d(int kernel, int stride) {
    this(PoolSpec.of(kernel, stride));
  }

  public AvgPool2d(PoolSpec spec) {
    this.spec = spec;
  }

  public PoolSpec spec() {
    return spec;
  }

  @Override
  protected Tensor forward(Tensor x) {
    return Pool.average(spec, x);
  }

  @Override
  public String toString() {
    return Pooling.text("AvgPool2d", spec);
  }
}
