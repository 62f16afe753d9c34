package org.jacana.op;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Images of another size by interpolation, [N,H,W,C] to [N,height,width,C]. */
public final class Resize {
  private Resize() {}

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
  }

  /** Pixel i is input pixel floor(i in / out) (PyTorch's "nearest"). */
  public static Tensor nearest(Tensor x, int height, int width) {
    require("nearest", x, height, width);
    return Composite.on(x, () -> along(along(x, 1, height), 2, width));
  }

  private static Tensor along(Tensor x, int axis, int out) {
    int in = x.shape().dim(axis);
    if (out % in == 0) {
      return x.repeatInterleave(out / in, axis);
    }
    int[] from = new int[out];
    Arrays.setAll(from, i -> (int) ((long) i * in / out));
    return x.indexSelect(axis, Tensor.of(from));
  }

  /**
   * Between the four nearest pixels. Output pixel i lies at (i + 0.5) in / out - 0.5, at least 0,
   * of the input; with {@code alignCorners} at i (in - 1) / (out - 1), so that the corners' centres
   * coincide (PyTorch's definitions).
   */
  public static Tensor bilinear(Tensor x, int height, int width, boolean alignCorners) {
    require("bilinear", x, height, width);
    requireFloat("bilinear", x);
    return Composite.on(
        x, () -> linear(linear(x, 1, height, alignCorners), 2, width, alignCorners));
  }

  private static Tensor linear(Tensor x, int axis, int out, boolean alignCorners) {
    int in = x.shape().dim(axis);
    if (in == out) {
      return x.reshape(x.shape());
    }
    int[] low = new int[out];
    int[] high = new int[out];
    double[] weight = new double[out];
    for (int i = 0; i < out; i++) {
      double at =
          alignCorners
              ? out == 1 ? 0 : (double) i * (in - 1) / (out - 1)
              : Math.max(0, (i + 0.5) * in / out - 0.5);
      low[i] = Math.min((int) at, in - 1);
      high[i] = Math.min(low[i] + 1, in - 1);
      weight[i] = at - low[i];
    }
    return weighted(x, axis, new int[][] {low, high}, new double[][] {rest(weight), weight});
  }

  private static double[] rest(double[] weight) {
    return Arrays.stream(weight).map(w -> 1 - w).toArray();
  }

  /** The sum of pixels {@code at[k]} of an axis times {@code weight[k]}. */
  private static Tensor weighted(Tensor x, int axis, int[][] at, double[][] weight) {
    DType t = x.dtype();
    Tensor y = null;
    for (int k = 0; k < at.length; k++) {
      int n = weight[k].length;
      int[] column = axis == 1 ? new int[] {n, 1, 1} : new int[] {n, 1};
      Tensor part = x.indexSelect(axis, Tensor.of(at[k])).mul(Tensor.of(weight[k], column).to(t));
      y = y == null ? part : y.add(part);
    }
    return y;
  }

  /**
   * By cubic convolution of the sixteen nearest pixels, edge pixels being repeated (Keys 1981 with
   * a = -0.75). Output pixel i lies at (i + 0.5) in / out - 0.5 of the input; with {@code
   * alignCorners} at i (in - 1) / (out - 1) (PyTorch's definitions). May leave the range of the
   * pixels.
   */
  public static Tensor bicubic(Tensor x, int height, int width, boolean alignCorners) {
    require("bicubic", x, height, width);
    requireFloat("bicubic", x);
    return Composite.on(x, () -> cubic(cubic(x, 1, height, alignCorners), 2, width, alignCorners));
  }

  private static Tensor cubic(Tensor x, int axis, int out, boolean alignCorners) {
    int in = x.shape().dim(axis);
    if (in == out) {
      return x.reshape(x.shape());
    }
    int[][] at = new int[4][out];
    double[][] weight = new double[4][out];
    for (int i = 0; i < out; i++) {
      double from =
          alignCorners
              ? out == 1 ? 0 : (double) i * (in - 1) / (out - 1)
              : (i + 0.5) * in / out - 0.5;
      int low = (int) Math.floor(from);
      for (int k = 0; k < 4; k++) {
        at[k][i] = Math.max(0, Math.min(in - 1, low - 1 + k));
        weight[k][i] = kernel(Math.abs(from - (low - 1 + k)));
      }
    }
    return weighted(x, axis, at, weight);
  }

  private static double kernel(double d) {
    double a = -0.75;
    return d <= 1
        ? ((a + 2) * d - (a + 3)) * d * d + 1
        : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
  }

  private static void requireFloat(String op, Tensor x) {
    if (!x.dtype().isFloat()) {
      throw new IllegalArgumentException(
          op + ": needs a float tensor, got " + x.dtype() + "; cast with to(DType.F32)");
    }
  }
}
