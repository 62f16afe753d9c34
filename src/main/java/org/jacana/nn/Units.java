package org.jacana.nn;

import java.util.Arrays;
import org.jacana.Tensor;

/** Views of weights by what leads to one output. */
final class Units {
  private Units() {}

  /** Sums of squares over all axes but the first, kept; of a vector over its only axis. */
  static Tensor squares(Tensor w) {
    if (w.rank() < 2) {
      return w.square().sum();
    }
    int[] axes = new int[w.rank() - 1];
    Arrays.setAll(axes, i -> i + 1);
    return w.square().sum(axes, true);
  }

  /** [out, all others]. */
  static Tensor matrix(String who, Tensor w) {
    if (w.rank() < 2) {
      throw new IllegalArgumentException(
          who + ": needs weights with two axes or more, got " + w.shape());
    }
    return w.flatten(1);
  }
}
