package org.jacana.io.onnx;

import java.util.Arrays;
import org.jacana.backend.ConvSpec;
import org.jacana.data.FormatException;

/**
 * The geometry of convolution and pooling nodes of one or two spatial axes. What is left out is
 * null; a single axis counts as the width of images of height 1.
 */
final class Window {
  private final int[] strides;
  private final int[] dilations;
  private final int[] pads;
  private final String autoPad;

  private Window(int[] strides, int[] dilations, int[] pads, String autoPad) {
    this.strides = strides;
    this.dilations = dilations;
    this.pads = pads;
    this.autoPad = autoPad;
  }

  static Window of(NodeContext n) throws FormatException {
    String auto = n.text("auto_pad", "NOTSET");
    if (!Arrays.asList("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID").contains(auto)) {
      throw n.error("auto_pad NOTSET, SAME_UPPER, SAME_LOWER or VALID", OnnxFile.shown(auto));
    }
    int[] pads = checked(n, "pads", 0);
    if (pads != null && pads.length % 2 != 0) {
      throw n.error("two pads for each axis", pads.length + "");
    }
    return new Window(checked(n, "strides", 1), checked(n, "dilations", 1), pads, auto);
  }

  static int[] checked(NodeContext n, String name, int least) throws FormatException {
    int[] v = n.integers(name);
    if (v != null && (v.length == 0 || v.length > (name.equals("pads") ? 4 : 2))) {
      throw n.error(name + " for one or two axes", v.length + " numbers");
    }
    for (int i = 0; v != null && i < v.length; i++) {
      if (v[i] < least) {
        throw n.error(name + " of at least " + least, Arrays.toString(v));
      }
    }
    return v;
  }

  boolean isAuto() {
    return autoPad.startsWith("SAME");
  }

  boolean isUpper() {
    return autoPad.equals("SAME_UPPER");
  }

  /** Two numbers from as many as there are axes. */
  static int[] two(String what, int[] v, int otherwise, boolean line) {
    if (v == null) {
      return new int[] {otherwise, otherwise};
    }
    if (v.length != (line ? 1 : 2)) {
      throw new IllegalArgumentException(
          what
              + " "
              + Arrays.toString(v)
              + " do not fit an input with "
              + (line ? 1 : 2)
              + " spatial axes");
    }
    return line ? new int[] {otherwise, v[0]} : v;
  }

  private int[] four(boolean line) {
    if (pads == null || autoPad.equals("VALID")) {
      return new int[4];
    }
    if (pads.length != (line ? 2 : 4)) {
      throw new IllegalArgumentException(
          "pads "
              + Arrays.toString(pads)
              + " do not fit an input with "
              + (line ? 1 : 2)
              + " spatial axes");
    }
    return line ? new int[] {0, pads[0], 0, pads[1]} : pads;
  }

  /** The convolution's geometry for images of height and width {@code in}. */
  ConvSpec spec(int[] in, int[] kernel, boolean line, int groups) {
    int[] s = two("strides", strides, 1, line);
    int[] d = two("dilations", dilations, 1, line);
    int[] p = four(line);
    if (isAuto()) {
      p = new int[4];
      for (int a = 0; a < 2; a++) {
        long out = (in[a] + (long) s[a] - 1) / s[a];
        long reach = (out - 1) * s[a] + (kernel[a] - 1L) * d[a] + 1;
        int total = Math.toIntExact(Math.max(0, reach - in[a]));
        p[a] = isUpper() ? total / 2 : total - total / 2;
        p[a + 2] = total - p[a];
      }
    }
    return new ConvSpec(s[0], s[1], p[0], p[1], p[2], p[3], d[0], d[1], groups);
  }
}
