package org.jacana.io.onnx;

import java.util.Arrays;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.data.FormatException;
import org.jacana.op.Conv;
import org.jacana.op.Convolutions;

/** Convolutions of sequences and images. */
final class ConvOps {
  private ConvOps() {}

  static void register() {
    Operators.add("Conv", ConvOps::conv);
    Operators.add("ConvTranspose", ConvOps::transposed);
  }

  /** Checks the filter, where it is known, and gives the number of groups. */
  private static int groups(NodeContext n) throws FormatException {
    n.inputs(2, 3).outputs(1).channelsLast(1);
    FileTensor w = n.peek(1);
    if (w != null && w.shape().rank() != 3 && w.shape().rank() != 4) {
      throw n.error("one or two spatial axes", "filter " + w.shape());
    }
    int[] kernel = Window.checked(n, "kernel_shape", 1);
    if (w != null && kernel != null) {
      int[] d = w.shape().dims();
      boolean same = kernel.length == d.length - 2;
      for (int i = 0; same && i < kernel.length; i++) {
        same = kernel[i] == d[i + 2];
      }
      if (!same) {
        throw n.error("kernel_shape as the filter's " + w.shape(), Arrays.toString(kernel));
      }
    }
    int groups = n.integer("group", 1);
    if (groups < 1) {
      throw n.error("group of at least 1", groups + "");
    }
    return groups;
  }

  /** An image, or a sequence as one of height 1, and whether it is the latter. */
  static Tensor image(Tensor x) {
    if (x.rank() != 3 && x.rank() != 4) {
      throw new IllegalArgumentException(
          "needs one or two spatial axes, got an input of " + x.rank() + " axes");
    }
    return x.rank() == 3 ? x.unsqueeze(1) : x;
  }

  private static int[] plane(Tensor x) {
    return new int[] {x.shape().dim(1), x.shape().dim(2)};
  }

  private static Kernel conv(NodeContext n) throws FormatException {
    int groups = groups(n);
    Window window = Window.of(n);
    return in -> {
      Tensor x = in[0].channelsLast();
      boolean line = x.rank() == 3;
      Tensor wide = image(x);
      Tensor w = image(in[1].channelsLast());
      Tensor b = in.length > 2 && in[2] != null ? in[2].plain() : null;
      ConvSpec s = window.spec(plane(wide), plane(w), line, groups);
      Tensor y = Conv.conv(s, wide, w, b);
      return Operators.one(Value.last(line ? y.squeeze(1) : y));
    };
  }

  private static Kernel transposed(NodeContext n) throws FormatException {
    int groups = groups(n);
    Window window = Window.of(n);
    int[] extra = Window.checked(n, "output_padding", 0);
    int[] size = Window.checked(n, "output_shape", 1);
    return in -> {
      Tensor x = in[0].channelsLast();
      boolean line = x.rank() == 3;
      Tensor wide = image(x);
      Tensor w = image(in[1].channelsLast());
      Tensor b = in.length > 2 && in[2] != null ? in[2].plain() : null;
      ConvSpec s = window.spec(plane(wide), plane(w), line, groups);
      int[] e = Window.two("output_padding", extra, 0, line).clone();
      if (size != null || window.isAuto()) {
        s = padded(s, window.isUpper(), plane(wide), plane(w), e, size, line);
      }
      Tensor y = Convolutions.convTranspose2d(wide, w, b, s, e[0], e[1]);
      return Operators.one(Value.last(line ? y.squeeze(1) : y));
    };
  }

  /** The padding that gives an output of a wanted size; what is short becomes output padding. */
  private static ConvSpec padded(
      ConvSpec s, boolean upper, int[] in, int[] kernel, int[] extra, int[] size, boolean line) {
    int[] stride = {s.strideH(), s.strideW()};
    int[] dilation = {s.dilationH(), s.dilationW()};
    int[] wanted = size == null ? null : Window.two("output_shape", size, 1, line);
    int[] p = new int[4];
    for (int a = 0; a < 2; a++) {
      int out = wanted == null ? Math.multiplyExact(in[a], stride[a]) : wanted[a];
      int total = stride[a] * (in[a] - 1) + extra[a] + (kernel[a] - 1) * dilation[a] + 1 - out;
      if (total < 0) {
        extra[a] -= total;
        total = 0;
      }
      p[a] = upper ? total / 2 : total - total / 2;
      p[a + 2] = total - p[a];
    }
    return new ConvSpec(
        stride[0], stride[1], p[0], p[1], p[2], p[3], dilation[0], dilation[1], s.groups());
  }
}
