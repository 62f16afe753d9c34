package org.jacana.io.onnx;

import java.util.Arrays;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.PoolSpec;
import org.jacana.data.FormatException;

/** Pooling of sequences and images. */
final class PoolOps {
  private PoolOps() {}

  static void register() {
    Operators.add("MaxPool", n -> pool(n, true));
    Operators.add("AveragePool", n -> pool(n, false));
    Operators.add("GlobalAveragePool", n -> global(n, false));
    Operators.add("GlobalMaxPool", n -> global(n, true));
  }

  private static Kernel global(NodeContext n, boolean max) throws FormatException {
    n.inputs(1, 1).outputs(1);
    return in -> {
      Tensor x = in[0].channelsLast();
      int[] axes = new int[x.rank() - 2];
      Arrays.setAll(axes, i -> i + 1);
      return Operators.one(Value.last(max ? x.max(axes, true) : x.mean(axes, true)));
    };
  }

  private static Kernel pool(NodeContext n, boolean max) throws FormatException {
    n.inputs(1, 1).outputs(1);
    if (n.integer("storage_order", 0) != 0) {
      throw n.error("storage_order 0", n.integer("storage_order", 0) + "");
    }
    int[] kernel = Window.checked(n, "kernel_shape", 1);
    if (kernel == null) {
      throw n.error("a kernel_shape", "none");
    }
    Window window = Window.of(n);
    boolean ceil = n.flag("ceil_mode", false);
    boolean counts = n.flag("count_include_pad", false);
    return in -> {
      Tensor x = in[0].channelsLast();
      boolean line = x.rank() == 3;
      Tensor wide = ConvOps.image(x);
      int[] size = {wide.shape().dim(1), wide.shape().dim(2)};
      int[] k = Window.two("kernel_shape", kernel, 1, line);
      ConvSpec s = window.spec(size, k, line, 1);
      Tensor y = new Pooling(wide, size, k, s, ceil && !window.isAuto(), max, counts).run();
      return Operators.one(Value.last(line ? y.squeeze(1) : y));
    };
  }

  /** One call: images, their size, the window, and how. */
  private record Pooling(
      Tensor x, int[] in, int[] kernel, ConvSpec s, boolean ceil, boolean max, boolean counts) {
    private int[] of(int h, int w) {
      return new int[] {h, w};
    }

    private int[] reach() {
      return of(s.dilationH() * (kernel[0] - 1) + 1, s.dilationW() * (kernel[1] - 1) + 1);
    }

    /** The output's height and width; a window that would start in the far padding is dropped. */
    private int[] out() {
      int[] stride = of(s.strideH(), s.strideW());
      int[] before = of(s.padTop(), s.padLeft());
      int[] after = of(s.padBottom(), s.padRight());
      int[] out = new int[2];
      for (int a = 0; a < 2; a++) {
        int span = in[a] + before[a] + after[a] - reach()[a];
        if (span < 0) {
          throw new IllegalArgumentException(
              "the window "
                  + Arrays.toString(kernel)
                  + " does not fit into the padded input "
                  + x.shape());
        }
        out[a] = (ceil ? -Math.floorDiv(-span, stride[a]) : span / stride[a]) + 1;
        if (ceil && (out[a] - 1L) * stride[a] >= (long) in[a] + before[a]) {
          out[a]--;
        }
      }
      return out;
    }

    private boolean dense() {
      return s.dilationH() == 1 && s.dilationW() == 1;
    }

    Tensor run() {
      int[] out = out();
      PoolSpec plain = plain(out);
      if (plain != null) {
        return max ? x.maxPool2d(plain) : x.avgPool2d(plain);
      }
      int bottom = far(out[0], s.strideH(), 0, s.padTop());
      int right = far(out[1], s.strideW(), 1, s.padLeft());
      double border = max ? Double.NEGATIVE_INFINITY : 0;
      Tensor padded = x.pad(border, 0, 0, s.padTop(), bottom, s.padLeft(), right, 0, 0);
      Tensor y;
      if (dense()) {
        PoolSpec side =
            new PoolSpec(kernel[0], kernel[1], s.strideH(), s.strideW(), 0, 0, false, true);
        y = max ? padded.maxPool2d(side) : padded.avgPool2d(side);
      } else {
        ConvSpec taps =
            new ConvSpec(s.strideH(), s.strideW(), 0, 0, 0, 0, s.dilationH(), s.dilationW(), 1);
        Tensor windows = padded.unfold(kernel[0], kernel[1], taps);
        y = max ? windows.max(3, 4) : windows.mean(3, 4);
      }
      return max ? y : recounted(y, out);
    }

    /** How much the last window reaches beyond the input. */
    private int far(int out, int stride, int axis, int before) {
      return Math.max(0, (out - 1) * stride + reach()[axis] - in[axis] - before);
    }

    /** Our layer's geometry, where it says the same; else null. */
    private PoolSpec plain(int[] out) {
      boolean fits =
          dense()
              && s.padTop() <= kernel[0] / 2
              && s.padLeft() <= kernel[1] / 2
              && (max || s.padTop() == s.padBottom() && s.padLeft() == s.padRight() && !ceil);
      if (!fits) {
        return null;
      }
      PoolSpec p =
          new PoolSpec(
              kernel[0],
              kernel[1],
              s.strideH(),
              s.strideW(),
              s.padTop(),
              s.padLeft(),
              false,
              counts);
      return p.outH(in[0]) == out[0] && p.outW(in[1]) == out[1] ? p : null;
    }

    /** Means of whole windows made means of what counts in each. */
    private Tensor recounted(Tensor y, int[] out) {
      float[] factor = new float[out[0] * out[1]];
      boolean changes = false;
      for (int i = 0; i < out[0]; i++) {
        int rows = count(i, s.strideH(), s.dilationH(), 0, s.padTop(), s.padBottom());
        for (int j = 0; j < out[1]; j++) {
          int columns = count(j, s.strideW(), s.dilationW(), 1, s.padLeft(), s.padRight());
          factor[i * out[1] + j] = (float) kernel[0] * kernel[1] / (rows * columns);
          changes |= factor[i * out[1] + j] != 1;
        }
      }
      return changes ? y.mul(Tensor.of(factor, out[0], out[1], 1).to(y.dtype())) : y;
    }

    private int count(int i, int stride, int dilation, int axis, int before, int after) {
      int low = counts ? -before : 0;
      int high = counts ? in[axis] + after : in[axis];
      int n = 0;
      for (int k = 0; k < kernel[axis]; k++) {
        int at = i * stride - before + k * dilation;
        n += at >= low && at < high ? 1 : 0;
      }
      return n;
    }
  }
}
