package org.jacana.nn;

import org.jacana.Tensor;
import org.jacana.backend.PoolSpec;
import org.jacana.op.Pool;

/** The maximum of each window of [N, H, W, C]. */
public final class MaxPool2d extends Module {
  private final PoolSpec spec;

  /** Square windows side by side. */
  public MaxPool2d(int kernel) {
    this(kernel, kernel);
  }

  public MaxPool2d(int kernel, int stride) {
    this(PoolSpec.of(kernel, stride));
  }

  public MaxPool2d(PoolSpec spec) {
    this.spec = spec;
  }

  public PoolSpec spec() {
    return spec;
  }

  @Override
  protected Tensor forward(Tensor x) {
    return Pool.max(spec, x);
  }

  @Override
  public String toString() {
    return Pooling.text("MaxPool2d", spec);
  }
}
