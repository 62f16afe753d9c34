package org.jacana.data;

import org.jacana.Tensor;

/** What lies around an image where a crop reaches out of it. */
public enum Border {
  /** Zeros, which is black before and the mean colour after a {@link Normalization}. */
  ZEROS,
  /** The image mirrored at its outermost pixels, which are not repeated: c b | a b c | b a. */
  REFLECT,
  /** The outermost pixel repeated: a a | a b c | c c. */
  EDGE;

  /** The place in 0..n-1 that place i stands for; -1 for a zero. */
  int source(int i, int n) {
    if (i >= 0 && i < n) {
      return i;
    }
    return switch (this) {
      case ZEROS -> -1;
      case REFLECT -> i < 0 ? -i : 2 * (n - 1) - i;
      case EDGE -> i < 0 ? 0 : n - 1;
    };
  }

  /** As {@link #source(int, int)}, but a zero's place is one inside, too. */
  Tensor source(Tensor i, int n) {
    return this == REFLECT ? i.sub(n - 1).abs().rsub(n - 1).abs() : i.clamp(0, n - 1);
  }
}
