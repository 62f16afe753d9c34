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
    FileTensor given = n.constant(1, "scales");
    float[] attribute = n.numbers("scales");
    if (!mode.equals("nearest") || given == null && attribute == null) {
      throw n.error("mode nearest and scales", OnnxFile.shown(mode));
    }
    double[] scales = given != null ? given.numbers() : new double[attribute.length];
    for (int i = 0; given == null && i < scales.length; i++) {
      scales[i] = attribute[i];
    }
    return kernel(n, scales, null, Resize::nearest);
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
    if (way == null) {
      throw n.error(
          "nearest of asymmetric pixels and floor, or linear or cubic of half_pixel or"
              + " align_corners",
          mode + " of " + pixels + " and " + rounding);
    }
    if (!old) {
      n.constant(1, "region");
    }
    FileTensor scales = n.constant(old ? 1 : 2, "scales");
    FileTensor sizes = old ? null : n.constant(3, "sizes");
    boolean scaled = scales != null && scales.shape().size() > 0;
    if (scaled == (sizes != null)) {
      throw n.error("either scales or sizes", scaled ? "both" : "none");
    }
    return kernel(n, scaled ? scales.numbers() : null, scaled ? null : sizes.integers(), way);
  }

  private static Way way(String mode, String pixels, String rounding) {
    boolean half = pixels.equals("half_pixel") || pixels.equals("pytorch_half_pixel");
    boolean corners = pixels.equals("align_corners");
    return switch (mode) {
      case "nearest" ->
          pixels.equals("asymmetric") && rounding.equals("floor")
              ? Resize::nearest
              : half && rounding.startsWith("round_prefer") ? ResizeOps::repeated : null;
      case "linear" -> half || corners ? (x, h, w) -> Resize.bilinear(x, h, w, corners) : null;
      case "cubic" -> half || corners ? (x, h, w) -> Resize.bicubic(x, h, w, corners) : null;
      default -> null;
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

  private static Kernel kernel(NodeContext n, double[] scales, long[] sizes, Way way)
      throws FormatException {
    int given = scales != null ? scales.length : sizes.length;
    if (given != 4) {
      throw n.error("four scales or sizes, for [N, C, H, W]", given + "");
    }
    return in -> {
      Tensor x = in[0].channelsLast();
      int[] d = in[0].shape().dims();
      long[] to = new long[4];
      for (int a = 0; a < 4; a++) {
        double size = scales == null ? sizes[a] : d[a] * scales[a];
        to[a] = Math.round(size);
        if (Math.abs(size - to[a]) > 1e-4 || a < 2 && to[a] != d[a]) {
          throw new IllegalArgumentException(
              "needs whole sizes that leave N and C, got "
                  + Arrays.toString(scales)
                  + " for "
                  + in[0].shape());
        }
      }
      return Operators.one(Value.last(way.apply(x, Whole.narrow(to[2]), Whole.narrow(to[3]))));
    };
  }
}
