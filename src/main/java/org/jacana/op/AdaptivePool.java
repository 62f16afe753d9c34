package org.jacana.op;

import java.util.Arrays;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.PoolSpec;

/**
 * Pooling of [N,H,W,C] to a given size: window i of an axis is floor(i in / out) up to but without
 * ceil((i + 1) in / out), as in PyTorch.
 */
public final class AdaptivePool {
  private AdaptivePool() {}

  private static void require(String op, Tensor x, int height, int width) {
    Shape s = x.shape();
    if (s.rank() != 4 || height < 1 || width < 1 || s.dim(1) < 1 || s.dim(2) < 1) {
      throw new IllegalArgumentException(
          op
              + ": needs images [N, H, W, C] and a size of at least 1x1, got "
              + s
              + " and "
              + height
              + "x"
              + width);
    }
    if (!x.dtype().isFloat()) {
      throw new IllegalArgumentException(
          op + ": needs a float tensor, got " + x.dtype() + "; cast with to(DType.F32)");
    }
  }

  /** The spec of equal windows, or null where they are not equal. */
  private static PoolSpec even(Tensor x, int height, int width) {
    int h = x.shape().dim(1);
    int w = x.shape().dim(2);
    return h % height != 0 || w % width != 0
        ? null
        : new PoolSpec(h / height, w / width, h / height, w / width, 0, 0, false, true);
  }

  private static int start(int i, int in, int out) {
    return (int) ((long) i * in / out);
  }

  private static int end(int i, int in, int out) {
    return (int) (((long) (i + 1) * in + out - 1) / out);
  }

  /** The mean of each window. */
  public static Tensor average(Tensor x, int height, int width) {
    require("adaptiveAvgPool2d", x, height, width);
    PoolSpec even = even(x, height, width);
    if (even != null) {
      return Pool.average(even, x);
    }
    return Composite.on(
        x, () -> Tensor.einsum("ih,nhwc,jw->nijc", means(x, 1, height), x, means(x, 2, width)));
  }

  /** The matrix [out, in] of means. */
  private static Tensor means(Tensor x, int axis, int out) {
    int in = x.shape().dim(axis);
    double[] m = new double[out * in];
    for (int i = 0; i < out; i++) {
      int from = start(i, in, out);
      int to = end(i, in, out);
      Arrays.fill(m, i * in + from, i * in + to, 1.0 / (to - from));
    }
    return Tensor.of(m, out, in).to(x.dtype());
  }

  /**
   * The largest element of each window. Where windows are of unequal size, the gradient is shared
   * equally at ties (PyTorch: the first gets it).
   */
  public static Tensor max(Tensor x, int height, int width) {
    require("adaptiveMaxPool2d", x, height, width);
    PoolSpec even = even(x, height, width);
    if (even != null) {
      return Pool.max(even, x);
    }
    Shape s = x.shape();
    int[] rows = windows(s.dim(1), height);
    int[] columns = windows(s.dim(2), width);
    return Composite.on(
        x,
        () ->
            x.indexSelect(1, Tensor.of(rows))
                .indexSelect(2, Tensor.of(columns))
                .reshape(
                    s.dim(0), height, rows.length / height, width, columns.length / width, s.dim(3))
                .max(2, 4));
  }

  /** The indices of all windows, each with its last repeated up to the longest window's length. */
  private static int[] windows(int in, int out) {
    int longest = 0;
    for (int i = 0; i < out; i++) {
      longest = Math.max(longest, end(i, in, out) - start(i, in, out));
    }
    int length = longest;
    int[] index = new int[out * length];
    Arrays.setAll(
        index,
        k -> Math.min(start(k / length, in, out) + k % length, end(k / length, in, out) - 1));
    return index;
  }
}
