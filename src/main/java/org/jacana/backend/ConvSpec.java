package org.jacana.backend;

import org.jacana.Shape;

/**
 * The geometry of a two-dimensional cross-correlation, shared by the forward operation and both
 * gradients. Input [N,H,W,C], filter [O,KH,KW,C/groups], output [N,OH,OW,O]. Dilation 1 is dense.
 */
public record ConvSpec(
    int strideH,
    int strideW,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight,
    int dilationH,
    int dilationW,
    int groups) {

  public ConvSpec {
    if (strideH < 1 || strideW < 1) {
      throw new IllegalArgumentException(
          "conv2d: stride must be at least 1, got " + strideH + "x" + strideW);
    }
    if (dilationH < 1 || dilationW < 1) {
      throw new IllegalArgumentException(
          "conv2d: dilation must be at least 1 (1 is dense), got " + dilationH + "x" + dilationW);
    }
    if (padTop < 0 || padLeft < 0 || padBottom < 0 || padRight < 0) {
      throw new IllegalArgumentException("conv2d: padding must not be negative");
    }
    if (groups < 1) {
      throw new IllegalArgumentException("conv2d: groups must be at least 1, got " + groups);
    }
  }

  /** Equal stride and padding in both directions, dense, one group. */
  public static ConvSpec of(int stride, int padding) {
    return new ConvSpec(stride, stride, padding, padding, padding, padding, 1, 1, 1);
  }

  public int outH(int h, int kernelH) {
    return Math.floorDiv(h + padTop + padBottom - dilationH * (kernelH - 1) - 1, strideH) + 1;
  }

  public int outW(int w, int kernelW) {
    return Math.floorDiv(w + padLeft + padRight - dilationW * (kernelW - 1) - 1, strideW) + 1;
  }

  /**
   * The output's shape.
   *
   * @throws IllegalArgumentException naming both shapes and the broken rule
   */
  public Shape output(Shape x, Shape w) {
    String got = " (input " + x + ", filter " + w + ")";
    if (x.rank() != 4 || w.rank() != 4) {
      throw new IllegalArgumentException(
          "conv2d: input must be [N, H, W, C] and filter [O, KH, KW, C/groups]" + got);
    }
    if (x.dim(3) != w.dim(3) * groups) {
      throw new IllegalArgumentException(
          "conv2d: input has "
              + x.dim(3)
              + " channels but the filter expects "
              + w.dim(3) * groups
              + got);
    }
    if (w.dim(0) % groups != 0) {
      throw new IllegalArgumentException(
          "conv2d: the filter's "
              + w.dim(0)
              + " outputs do not divide into "
              + groups
              + " groups"
              + got);
    }
    int oh = outH(x.dim(1), w.dim(1));
    int ow = outW(x.dim(2), w.dim(2));
    if (oh < 1 || ow < 1 || w.dim(1) < 1 || w.dim(2) < 1) {
      throw new IllegalArgumentException(
          "conv2d: the filter does not fit into the padded input; pad more or use a smaller filter"
              + got);
    }
    return Shape.of(x.dim(0), oh, ow, w.dim(0));
  }
}
