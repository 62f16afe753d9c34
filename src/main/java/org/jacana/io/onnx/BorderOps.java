package org.jacana.io.onnx;

import java.util.Arrays;
import org.jacana.Tensor;
import org.jacana.data.FormatException;
import org.jacana.op.Padding;

/** Operators that add borders, and that trade channels for pixels. */
final class BorderOps {
  private BorderOps() {}

  static void register() {
    Operators.add("Pad", BorderOps::pad);
    Operators.add("DepthToSpace", BorderOps::depthToSpace);
    Operators.add("SpaceToDepth", BorderOps::spaceToDepth);
  }

  private static Kernel pad(NodeContext n) throws FormatException {
    n.inputs(1, 4).outputs(1);
    long[] given = n.longs("pads");
    if (given == null && !n.has(1)) {
      throw n.error("pads", "none");
    }
    String mode = n.text("mode", "constant");
    if (!Arrays.asList("constant", "reflect", "edge", "wrap").contains(mode)) {
      throw n.error("mode constant, reflect, edge or wrap", OnnxFile.shown(mode));
    }
    boolean computed = n.has(2) && n.peek(2) == null;
    double constant = computed ? 0 : n.number(2, "value", n.number("value", 0));
    return in -> {
      long[] pads = given != null ? given : in[1].integers();
      long[] axes = in.length > 3 && in[3] != null ? in[3].integers() : null;
      double value = computed ? in[2].plain().item() : constant;
      Value x = in[0];
      int[] border = new int[2 * x.rank()];
      int count = axes == null ? x.rank() : axes.length;
      if (pads.length != 2 * count) {
        throw new IllegalArgumentException(
            "needs two pads for each of " + count + " axes, got " + Arrays.toString(pads));
      }
      for (int i = 0; i < count; i++) {
        int a = x.axis(axes == null ? i : Whole.narrow(axes[i]));
        border[2 * a] = Whole.narrow(pads[i]);
        border[2 * a + 1] = Whole.narrow(pads[i + count]);
      }
      return Operators.one(x.with(padded(cropped(x.tensor(), border), mode, value, border)));
    };
  }

  /** Takes negative borders away, and sets them to 0. */
  private static Tensor cropped(Tensor x, int[] border) {
    Tensor y = x;
    for (int a = 0; a < x.rank(); a++) {
      int before = Math.max(0, -border[2 * a]);
      int after = Math.max(0, -border[2 * a + 1]);
      if (before + after > 0) {
        y = y.slice(a, before, Math.max(before, x.shape().dim(a) - after));
        border[2 * a] += before;
        border[2 * a + 1] += after;
      }
    }
    return y;
  }

  private static Tensor padded(Tensor x, String mode, double value, int[] border) {
    return switch (mode) {
      case "constant" -> x.pad(value, border);
      case "reflect" -> x.pad(Padding.REFLECT, border);
      case "edge" -> x.pad(Padding.REPLICATE, border);
      default -> x.pad(Padding.CIRCULAR, border);
    };
  }

  private static int block(NodeContext n) throws FormatException {
    int block = n.inputs(1, 1).outputs(1).integer("blocksize", 0);
    if (block < 1) {
      throw n.error("a blocksize of at least 1", block + "");
    }
    return block;
  }

  /** Whether channels lie before the places in a block. */
  private static boolean crd(NodeContext n) throws FormatException {
    String mode = n.text("mode", "DCR");
    if (!mode.equals("CRD") && !mode.equals("DCR")) {
      throw n.error("mode DCR or CRD", OnnxFile.shown(mode));
    }
    return mode.equals("CRD");
  }

  private static int[] image(Tensor x) {
    if (x.rank() != 4) {
      throw new IllegalArgumentException("needs [N, C, H, W], got " + x.shape());
    }
    return x.shape().dims();
  }

  private static Kernel depthToSpace(NodeContext n) throws FormatException {
    int b = block(n);
    boolean crd = crd(n);
    return in -> {
      Tensor x = in[0].plain();
      int[] d = image(x);
      int c = d[1] / (b * b);
      Tensor apart =
          crd
              ? x.reshape(d[0], c, b, b, d[2], d[3]).permute(0, 1, 4, 2, 5, 3)
              : x.reshape(d[0], b, b, c, d[2], d[3]).permute(0, 3, 4, 1, 5, 2);
      return Operators.one(Value.of(apart.reshape(d[0], c, d[2] * b, d[3] * b)));
    };
  }

  private static Kernel spaceToDepth(NodeContext n) throws FormatException {
    int b = block(n);
    boolean crd = crd(n);
    return in -> {
      Tensor x = in[0].plain();
      int[] d = image(x);
      Tensor blocks = x.reshape(d[0], d[1], d[2] / b, b, d[3] / b, b);
      Tensor apart = crd ? blocks.permute(0, 1, 3, 5, 2, 4) : blocks.permute(0, 3, 5, 1, 2, 4);
      return Operators.one(Value.of(apart.reshape(d[0], d[1] * b * b, d[2] / b, d[3] / b)));
    };
  }
}
