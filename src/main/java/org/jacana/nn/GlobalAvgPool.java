package org.jacana.nn;

import org.jacana.Tensor;

/** The mean over height and width: [N, H, W, C] to [N, C]. */
public final class GlobalAvgPool extends Module {
  @Override
  protected Tensor forward(Tensor x) {
    if (x.rank() != 4) {
      throw new IllegalArgumentException(
          this + ": the input must be [N, H, W, C], got " + x.shape() + "; put it before Flatten");
    }
    return x.mean(1, 2);
  }
}
