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
    if (!x.dtype().isFloat()) {
      throw new IllegalArgumentException(
          "bilinear: needs a float tensor, got " + x.dtype() + "; cast with to(DType.F32)");
    }
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
    DType t = x.dtype();
    Tensor w = Tensor.of(weight, axis == 1 ? new int[] {out, 1, 1} : new int[] {out, 1}).to(t);
    Tensor a = x.indexSelect(axis, Tensor.of(low));
    Tensor b = x.indexSelect(axis, Tensor.of(high));
    return a.mul(w.rsub(1)).add(b.mul(w));
  }
}
