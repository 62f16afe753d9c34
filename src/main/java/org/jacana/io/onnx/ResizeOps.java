package org.jacana.io.onnx;

import java.util.Arrays;
import org.jacana.Tensor;
import org.jacana.data.FormatException;
import org.jacana.op.Resize;

/** Images of another size, where the standard's many ways coincide with ours. */
final class ResizeOps {
  private ResizeOps() {}

  static void register() {
    Operators.add("Resize", ResizeOps::resize);
    Operators.add("Upsample", ResizeOps::upsample);
  }

  /** A way of interpolation of ours. */
  private interface Way {
    Tensor apply(Tensor x, int height, int width);
  }

  private static Kernel upsample(NodeContext n) throws FormatException {
    n.inputs(1, 2).outputs(1);
    String mode = n.text("mode", "nearest");
    float[] attribute = n.numbers("scales");
    if (!mode.equals("nearest") || !n.has(1) && attribute == null) {
      throw n.error("mode nearest and scales", OnnxFile.shown(mode));
    }
    double[] scales = attribute == null ? constant(n, 1) : new double[attribute.length];
    for (int i = 0; attribute != null && i < scales.length; i++) {
      scales[i] = attribute[i];
    }
    return in -> run(in[0], scales != null ? scales : in[1].plain().doubles(), Resize::nearest);
  }

  private static Kernel resize(NodeContext n) throws FormatException {
    boolean old = n.opset() < 11;
    n.inputs(1, old ? 2 : 4).outputs(1);
    String mode = n.text("mode", "nearest");
    String pixels = n.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
    String rounding = n.text("nearest_mode", old ? "floor" : "round_prefer_floor");
    String policy = n.text("keep_aspect_ratio_policy", "stretch");
    boolean cubic = mode.equals("cubic");
    if (n.flag("antialias", false)
        || cubic && n.flag("exclude_outside", false)
        || cubic && Math.abs(n.number("cubic_coeff_a", -0.75) + 0.75) > 1e-6
        || !policy.equals("stretch")
        || n.hasAttribute("axes")) {
      throw n.error(
          "no antialias, exclude_outside, axes or aspect ratio, cubic_coeff_a -0.75", "another");
    }
    Way way = way(mode, pixels, rounding);
    n.number("extrapolation_value", 0);
    if (way == null) {
      throw n.error(
          "nearest of asymmetric pixels and floor, or linear or cubic of half_pixel or"
              + " align_corners",
          mode + " of " + pixels + " and " + rounding);
    }
    if (!old) {
      n.constant(1, "region");
    }
    int at = old ? 1 : 2;
    double[] scales = constant(n, at);
    return in -> {
      boolean sized = in.length > 3 && in[3] != null;
      boolean computed = in.length > at && in[at] != null;
      double[] f = scales != null ? scales : computed ? in[at].plain().doubles() : new double[0];
      if (sized == f.length > 0) {
        throw new IllegalArgumentException("needs either scales or sizes");
      }
      return sized ? run(in[0], in[3].integers(), way) : run(in[0], f, way);
    };
  }

  /** The values of a constant input; null where it is computed or left out. */
  private static double[] constant(NodeContext n, int i) throws FormatException {
    return n.peek(i) == null ? null : n.constant(i, "scales").numbers();
  }

  private static Way way(String mode, String pixels, String rounding) {
    boolean half = pixels.equals("half_pixel") || pixels.equals("pytorch_half_pixel");
    boolean corners = pixels.equals("align_corners");
    return switch (mode) {
      case "nearest" ->
          pixels.equals("asymmetric") && rounding.equals("floor")
              ? Resize::nearest
              : half && rounding.startsWith("round_prefer") ? ResizeOps::repeated : null;
      case "linear" ->
          half || corners ? points(pixels, (x, h, w) -> Resize.bilinear(x, h, w, corners)) : null;
      case "cubic" ->
          half || corners ? points(pixels, (x, h, w) -> Resize.bicubic(x, h, w, corners)) : null;
      default -> null;
    };
  }

  /** Pixels of pytorch_half_pixel are others than half_pixel's where the result is one wide. */
  private static Way points(String pixels, Way way) {
    if (!pixels.startsWith("pytorch")) {
      return way;
    }
    return (x, h, w) -> {
      if (h == 1 && x.shape().dim(1) > 1 || w == 1 && x.shape().dim(2) > 1) {
        throw new IllegalArgumentException(
            "pytorch_half_pixel needs a result of at least 2x2, got " + h + "x" + w);
      }
      return way.apply(x, h, w);
    };
  }

  /** The nearest centre, which for whole factors is the pixel that is repeated. */
  private static Tensor repeated(Tensor x, int height, int width) {
    if (height % x.shape().dim(1) != 0 || width % x.shape().dim(2) != 0) {
      throw new IllegalArgumentException(
          "nearest of half_pixel needs whole factors, got "
              + x.shape()
              + " to "
              + height
              + "x"
              + width);
    }
    return Resize.nearest(x, height, width);
  }

  private static Value[] run(Value x, double[] scales, Way way) {
    int[] d = x.shape().dims();
    long[] sizes = new long[scales.length];
    for (int a = 0; a < sizes.length && a < d.length; a++) {
      double size = d[a] * scales[a];
      sizes[a] = Math.round(size);
      if (!(Math.abs(size - sizes[a]) < 1e-4)) {
        throw new IllegalArgumentException(
            "needs scales that give whole sizes, got "
                + Arrays.toString(scales)
                + " for "
                + x.shape());
      }
    }
    return run(x, sizes, way);
  }

  private static Value[] run(Value x, long[] sizes, Way way) {
    int[] d = x.shape().dims();
    if (d.length != 4 || sizes.length != 4 || sizes[0] != d[0] || sizes[1] != d[1]) {
      throw new IllegalArgumentException(
          "needs [N, C, H, W] and a size that leaves N and C, got "
              + x.shape()
              + " and "
              + Arrays.toString(sizes));
    }
    int height = Whole.narrow(sizes[2]);
    int width = Whole.narrow(sizes[3]);
    return Operators.one(Value.last(way.apply(x.channelsLast(), height, width)));
  }
}
