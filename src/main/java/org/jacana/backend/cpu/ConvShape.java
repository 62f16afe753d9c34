package org.jacana.backend.cpu;

import org.jacana.DType;

/**
 * A convolution of x [n,h,w,c] with filters [o,kh,kw,c/groups] to y [n,oh,ow,o], all of one type.
 * Dilation 1 is dense.
 */
record ConvShape(
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
    int padTop,
    int padLeft,
    int padBottom,
    int padRight,
    int dilationH,
    int dilationW,
    int groups,
    DType type) {

  ConvShape {
    if (groups < 1 || c % groups != 0 || o % groups != 0) {
      throw new IllegalArgumentException(
          "conv: " + groups + " groups must divide " + c + " input and " + o + " output channels");
    }
    if (strideH < 1 || strideW < 1 || dilationH < 1 || dilationW < 1) {
      throw new IllegalArgumentException(
          "conv: stride and dilation must be at least 1, got stride "
              + strideH
              + "x"
              + strideW
              + ", dilation "
              + dilationH
              + "x"
              + dilationW);
    }
    if (padTop < 0 || padLeft < 0 || padBottom < 0 || padRight < 0) {
      throw new IllegalArgumentException("conv: padding must not be negative");
    }
    int wantH = extent(h + padTop + padBottom, kh, strideH, dilationH);
    int wantW = extent(w + padLeft + padRight, kw, strideW, dilationW);
    if (oh != wantH || ow != wantW) {
      throw new IllegalArgumentException(
          "conv: the output is "
              + oh
              + "x"
              + ow
              + " but input "
              + h
              + "x"
              + w
              + " and filter "
              + kh
              + "x"
              + kw
              + " give "
              + wantH
              + "x"
              + wantW);
    }
  }

  private static int extent(int padded, int kernel, int stride, int dilation) {
    return Math.floorDiv(padded - dilation * (kernel - 1) - 1, stride) + 1;
  }

  /** The same of other elements. */
  ConvShape as(DType other) {
    return of(n, other);
  }

  /** The same for another number of images. */
  ConvShape images(int count) {
    return of(count, type);
  }

  private ConvShape of(int count, DType of) {
    return new ConvShape(
        count, h, w, c, o, kh, kw, oh, ow, strideH, strideW, padTop, padLeft, padBottom, padRight,
        dilationH, dilationW, groups, of);
  }

  /** Of float32. */
  ConvShape(
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
      int padTop,
      int padLeft,
      int padBottom,
      int padRight,
      int dilationH,
      int dilationW,
      int groups) {
    this(
        n, h, w, c, o, kh, kw, oh, ow, strideH, strideW, padTop, padLeft, padBottom, padRight,
        dilationH, dilationW, groups, DType.F32);
  }

  /** Equal stride and padding in both directions, dense, one group; oh and ow follow. */
  static ConvShape of(int n, int h, int w, int c, int o, int kernel, int stride, int pad) {
    int oh = extent(h + 2 * pad, kernel, stride, 1);
    int ow = extent(w + 2 * pad, kernel, stride, 1);
    return new ConvShape(
        n, h, w, c, o, kernel, kernel, oh, ow, stride, stride, pad, pad, pad, pad, 1, 1, 1);
  }

  boolean empty() {
    return n < 1 || c < 1 || o < 1 || kh < 1 || kw < 1 || oh < 1 || ow < 1;
  }

  private int reach() {
    return dilationH * (kh - 1) + 1;
  }

  /** Whether every output row sees a row of x, so that {@link #rows} has all parts. */
  boolean seesEverywhere() {
    return padTop < reach() && padBottom < reach();
  }

  /** The first row of x that output row {@code row} sees. */
  int inputRow(int row) {
    return Math.max(0, row * strideH - padTop);
  }

  /** Output rows {@code from} to {@code to - 1} of one image, from the rows of x that they see. */
  ConvShape rows(int from, int to) {
    int start = from * strideH - padTop;
    int end = (to - 1) * strideH - padTop + reach();
    int first = inputRow(from);
    int last = Math.min(h, end);
    return new ConvShape(
        1,
        last - first,
        w,
        c,
        o,
        kh,
        kw,
        to - from,
        ow,
        strideH,
        strideW,
        first - start,
        padLeft,
        end - last,
        padRight,
        dilationH,
        dilationW,
        groups,
        type);
  }
}
