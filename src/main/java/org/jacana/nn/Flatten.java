package org.jacana.nn;

import org.jacana.Tensor;

/** Joins all axes but the first: [N, ...] to [N, features], in memory order (H, W, C). */
public final class Flatten extends Module {
  @Override
  protected Tensor forward(Tensor x) {
    if (x.rank() < 2) {
      throw new IllegalArgumentException(
          this + ": the input must be [N, ...] with something to join, got " + x.shape());
    }
    return x.flatten(1);
  }
}
