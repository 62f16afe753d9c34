package org.jacana.optim;

import org.jacana.Tensor;

/** Norms of what leads to one output. */
final class Units {
  private Units() {}

  /** 2-norms over all axes but the first, kept; of a vector over its only axis. */
  static Tensor norm(Tensor t) {
    if (t.rank() < 2) {
      return t.square().sum().sqrt();
    }
    int[] axes = new int[t.rank() - 1];
    java.util.Arrays.setAll(axes, i -> i + 1);
    return t.square().sum(axes, true).sqrt();
  }
}
