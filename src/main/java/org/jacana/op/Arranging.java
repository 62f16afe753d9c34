package org.jacana.op;

import java.util.Arrays;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Repeats, rolls and other arrangements composed of views and copies. */
public final class Arranging {
  private Arranging() {}

  /** Elements moved on by {@code shift} along an axis; those that fall off come in again. */
  public static Tensor roll(Tensor x, int shift, int axis) {
    int a = x.shape().axis("roll", axis);
    int n = x.shape().dim(a);
    return Composite.on(
        x,
        () -> {
          int k = n == 0 ? 0 : Math.floorMod(shift, n);
          return k == 0
              ? x.reshape(x.shape())
              : Tensor.concat(a, x.slice(a, n - k, n), x.slice(a, 0, n - k));
        });
  }

  /**
   * The whole tensor again and again along each axis; more numbers than axes add axes in front.
   *
   * @throws IllegalArgumentException if there are fewer numbers than axes, or one is negative
   */
  public static Tensor repeat(Tensor x, int... times) {
    int lead = times.length - x.rank();
    if (lead < 0 || Arrays.stream(times).anyMatch(t -> t < 0)) {
      throw new IllegalArgumentException(
          "repeat: needs a non-negative number for each axis of "
              + x.shape()
              + ", got "
              + Arrays.toString(times));
    }
    int[] apart = new int[2 * times.length];
    int[] wide = new int[2 * times.length];
    int[] out = new int[times.length];
    for (int i = 0; i < times.length; i++) {
      int n = i < lead ? 1 : x.shape().dim(i - lead);
      apart[2 * i] = 1;
      wide[2 * i] = times[i];
      apart[2 * i + 1] = n;
      wide[2 * i + 1] = n;
      out[i] = Math.multiplyExact(n, times[i]);
    }
    return Composite.on(
        x, () -> x.reshape(Shape.of(apart)).expand(Shape.of(wide)).reshape(Shape.of(out)));
  }

  /** Each element of an axis {@code times} times in a row. */
  public static Tensor repeatInterleave(Tensor x, int times, int axis) {
    int a = x.shape().axis("repeatInterleave", axis);
    if (times < 0) {
      throw new IllegalArgumentException(
          "repeatInterleave: times must not be negative, got " + times);
    }
    Shape apart = x.shape().insert(a + 1, times);
    Shape out = x.shape().with(a, Math.multiplyExact(x.shape().dim(a), times));
    return Composite.on(x, () -> x.unsqueeze(a + 1).expand(apart).reshape(out));
  }

  /** An axis at another place, the others in their order. */
  public static Tensor moveAxis(Tensor x, int from, int to) {
    int a = x.shape().axis("moveAxis", from);
    int b = x.shape().axis("moveAxis", to);
    int[] order = new int[x.rank()];
    int k = 0;
    for (int i = 0; i < order.length; i++) {
      if (i == b) {
        order[i] = a;
      } else {
        k += k == a ? 1 : 0;
        order[i] = k++;
      }
    }
    return x.permute(order);
  }

  /**
   * Blocks of channels to blocks of pixels, [N,H,W,C r r] to [N,H r,W r,C] (Shi et al. 2016); the
   * channel of a pixel (i, j) of its block is c r r + i r + j, as in PyTorch.
   */
  public static Tensor pixelShuffle(Tensor x, int r) {
    Shape s = x.shape();
    if (s.rank() != 4 || r < 1 || s.dim(3) % (r * r) != 0) {
      throw new IllegalArgumentException(
          "pixelShuffle: needs [N, H, W, C r r] with r at least 1, got " + s + " and r " + r);
    }
    int c = s.dim(3) / (r * r);
    return Composite.on(
        x,
        () ->
            x.reshape(s.dim(0), s.dim(1), s.dim(2), c, r, r)
                .permute(0, 1, 4, 2, 5, 3)
                .reshape(s.dim(0), s.dim(1) * r, s.dim(2) * r, c));
  }

  /** The inverse of {@link #pixelShuffle}: [N,H r,W r,C] to [N,H,W,C r r]. */
  public static Tensor pixelUnshuffle(Tensor x, int r) {
    Shape s = x.shape();
    if (s.rank() != 4 || r < 1 || s.dim(1) % r != 0 || s.dim(2) % r != 0) {
      throw new IllegalArgumentException(
          "pixelUnshuffle: needs [N, H r, W r, C] with r at least 1, got " + s + " and r " + r);
    }
    return Composite.on(
        x,
        () ->
            x.reshape(s.dim(0), s.dim(1) / r, r, s.dim(2) / r, r, s.dim(3))
                .permute(0, 1, 3, 5, 2, 4)
                .reshape(s.dim(0), s.dim(1) / r, s.dim(2) / r, s.dim(3) * r * r));
  }
}
