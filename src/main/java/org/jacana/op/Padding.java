package org.jacana.op;

import java.util.Arrays;
import org.jacana.Shape;
import org.jacana.Tensor;

/** What a border is made of, if not of a constant; PyTorch's and NumPy's definitions. */
public enum Padding {
  /** The interior mirrored at its outermost elements, which are not repeated: c b | a b c | b a. */
  REFLECT,
  /** The outermost element repeated: a a | a b c | c c. */
  REPLICATE,
  /** The interior repeated: b c | a b c | a b. */
  CIRCULAR;

  private int source(int i, int n) {
    return switch (this) {
      case REFLECT -> i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i;
      case REPLICATE -> Math.max(0, Math.min(n - 1, i));
      case CIRCULAR -> Math.floorMod(i, n);
    };
  }

  private int longest(int n) {
    return switch (this) {
      case REFLECT -> n - 1;
      case REPLICATE -> n == 0 ? 0 : Integer.MAX_VALUE;
      case CIRCULAR -> n;
    };
  }

  /**
   * Pads x with {@code border[2a]} elements before and {@code border[2a+1]} after axis a.
   *
   * @throws IllegalArgumentException if a border is negative, or longer than the axis can fill: its
   *     extent less one for REFLECT, its extent for CIRCULAR
   */
  public Tensor pad(Tensor x, int... border) {
    Shape s = x.shape();
    if (border.length != 2 * s.rank() || Arrays.stream(border).anyMatch(b -> b < 0)) {
      throw new IllegalArgumentException(
          "pad: needs two non-negative numbers for each axis of "
              + s
              + " (before, after), got "
              + Arrays.toString(border));
    }
    for (int i = 0; i < border.length; i++) {
      if (border[i] > Math.max(0, longest(s.dim(i / 2)))) {
        throw new IllegalArgumentException(
            "pad: a border of "
                + border[i]
                + " is too long for "
                + this
                + " on axis "
                + i / 2
                + " of "
                + s
                + "; at most "
                + Math.max(0, longest(s.dim(i / 2))));
      }
    }
    return Composite.on(
        x,
        () -> {
          Tensor y = x.reshape(s);
          for (int a = 0; a < s.rank(); a++) {
            int before = border[2 * a];
            int n = s.dim(a);
            if (before + border[2 * a + 1] > 0) {
              int[] index = new int[before + n + border[2 * a + 1]];
              Arrays.setAll(index, i -> source(i - before, n));
              y = y.indexSelect(a, Tensor.of(index, index.length));
            }
          }
          return y;
        });
  }
}
