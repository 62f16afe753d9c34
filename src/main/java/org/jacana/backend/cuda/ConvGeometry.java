package org.jacana.backend.cuda;

import org.jacana.Shape;
import org.jacana.backend.ConvSpec;

/**
 * The extents of a convolution of x [n,h,w,c] with filters [o,kh,kw,c/groups] to y [n,oh,ow,o]. The
 * padding after the image follows from the output's extents. The struct {@code Conv} of {@code
 * cuda/conv.cu}.
 */
record ConvGeometry(
    int n,
    int h,
    int w,
    int c,
    int o,
    int kh,
    int kw,
    int oh,
    int ow,
    int strideH,
    int strideW,
    int top,
    int left,
    int dilationH,
    int dilationW,
    int groups) {

  static ConvGeometry of(ConvSpec s, Shape x, Shape w, Shape y) {
    return new ConvGeometry(
        x.dim(0),
        x.dim(1),
        x.dim(2),
        x.dim(3),
        w.dim(0),
        w.dim(1),
        w.dim(2),
        y.dim(1),
        y.dim(2),
        s.strideH(),
        s.strideW(),
        s.padTop(),
        s.padLeft(),
        s.dilationH(),
        s.dilationW(),
        s.groups());
  }

  private static int extent(int padded, int kernel, int stride, int dilation) {
    return Math.floorDiv(padded - dilation * (kernel - 1) - 1, stride) + 1;
  }

  /** Whether as much padding after the image as before it gives the same output. */
  boolean symmetric() {
    return extent(h + 2 * top, kh, strideH, dilationH) == oh
        && extent(w + 2 * left, kw, strideW, dilationW) == ow;
  }

  /** The same output from an image that holds its padding. */
  ConvGeometry padded(int height, int width) {
    return new ConvGeometry(
        n, height, width, c, o, kh, kw, oh, ow, strideH, strideW, 0, 0, dilationH, dilationW,
        groups);
  }

  /** The fields in order. */
  int[] ints() {
    return new int[] {
      n, h, w, c, o, kh, kw, oh, ow, strideH, strideW, top, left, dilationH, dilationW, groups
    };
  }
}
