package org.jacana.op;

import java.util.Arrays;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;

/** Sliding windows of images (im2col) and their sum (col2im). */
public final class Windows {
  private Windows() {}

  /**
   * What each filter position of a convolution sees: [N,H,W,C] to [N,OH,OW,KH,KW,C], zeros in the
   * padding. A convolution of one group is the product of these with the filter over the last three
   * axes. (PyTorch's unfold gives [N, C KH KW, OH OW].)
   */
  public static Tensor unfold(Tensor x, int kernelH, int kernelW, ConvSpec s) {
    Shape y = output("unfold", s, x.shape(), kernelH, kernelW);
    return Composite.on(
        x,
        () -> {
          Tensor padded =
              x.pad(0, 0, 0, s.padTop(), s.padBottom(), s.padLeft(), s.padRight(), 0, 0);
          Tensor[] parts = new Tensor[kernelH * kernelW];
          for (int i = 0; i < parts.length; i++) {
            int[] starts = starts(s, i / kernelW, i % kernelW);
            int[] counts = {y.dim(0), y.dim(1), y.dim(2), x.shape().dim(3)};
            parts[i] = Movement.slice(padded, starts, counts, steps(s));
          }
          return Tensor.stack(3, parts)
              .reshape(y.dim(0), y.dim(1), y.dim(2), kernelH, kernelW, x.shape().dim(3));
        });
  }

  /** The transpose of {@link #unfold}: adds windows [N,OH,OW,KH,KW,C] up to images [N,H,W,C]. */
  public static Tensor fold(Tensor windows, int height, int width, ConvSpec s) {
    Shape v = windows.shape();
    if (v.rank() != 6) {
      throw new IllegalArgumentException("fold: needs [N, OH, OW, KH, KW, C], got " + v);
    }
    Shape x = Shape.of(v.dim(0), height, width, v.dim(5));
    Shape y = output("fold", s, x, v.dim(3), v.dim(4));
    if (y.dim(1) != v.dim(1) || y.dim(2) != v.dim(2)) {
      throw new IllegalArgumentException(
          "fold: images " + x + " have " + y.dim(1) + "x" + y.dim(2) + " windows, got " + v);
    }
    Shape padded =
        Shape.of(
            v.dim(0),
            height + s.padTop() + s.padBottom(),
            width + s.padLeft() + s.padRight(),
            v.dim(5));
    return Composite.on(
        windows,
        () -> {
          Tensor sum = null;
          for (int i = 0; i < v.dim(3) * v.dim(4); i++) {
            Tensor part = windows.select(3, i / v.dim(4)).select(3, i % v.dim(4));
            int[] starts = starts(s, i / v.dim(4), i % v.dim(4));
            Tensor placed = Movement.place(part, padded, starts, steps(s), 0);
            sum = sum == null ? placed : sum.add(placed);
          }
          int[] inside = {0, s.padTop(), s.padLeft(), 0};
          int[] one = new int[4];
          Arrays.fill(one, 1);
          return Movement.slice(sum, inside, x.dims(), one);
        });
  }

  private static int[] starts(ConvSpec s, int i, int j) {
    return new int[] {0, i * s.dilationH(), j * s.dilationW(), 0};
  }

  private static int[] steps(ConvSpec s) {
    return new int[] {1, s.strideH(), s.strideW(), 1};
  }

  private static Shape output(String op, ConvSpec s, Shape x, int kernelH, int kernelW) {
    if (x.rank() != 4 || kernelH < 1 || kernelW < 1) {
      throw new IllegalArgumentException(
          op + ": needs [N, H, W, C] and a kernel, got " + x + ", " + kernelH + "x" + kernelW);
    }
    int oh = s.outH(x.dim(1), kernelH);
    int ow = s.outW(x.dim(2), kernelW);
    if (oh < 1 || ow < 1) {
      throw new IllegalArgumentException(
          op + ": the window " + kernelH + "x" + kernelW + " does not fit into " + x);
    }
    return Shape.of(x.dim(0), oh, ow, x.dim(3));
  }
}
