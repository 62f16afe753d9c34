package org.jacana.backend.cpu;

import org.jacana.DType;

/**
 * Pooling of x [n,h,w,c] with windows kh x kw to y [n,oh,ow,c]. Windows may reach beyond the input
 * at the bottom and right as far as oh and ow demand (ceil mode), but each holds an element.
 */
record PoolShape(
    int n,
    int h,
    int w,
    int c,
    int kh,
    int kw,
    int oh,
    int ow,
    int strideH,
    int strideW,
    int padTop,
    int padLeft,
    DType type) {

  PoolShape {
    if (strideH < 1 || strideW < 1 || padTop < 0 || padLeft < 0) {
      throw new IllegalArgumentException(
          "pool: wants a stride of at least 1 and no negative padding, got stride "
              + strideH
              + "x"
              + strideW
              + ", padding "
              + padTop
              + "x"
              + padLeft);
    }
    if (!holds(h, kh, oh, strideH, padTop) || !holds(w, kw, ow, strideW, padLeft)) {
      throw new IllegalArgumentException(
          "pool: some of the "
              + oh
              + "x"
              + ow
              + " windows of "
              + kh
              + "x"
              + kw
              + ", stride "
              + strideH
              + "x"
              + strideW
              + ", padding "
              + padTop
              + "x"
              + padLeft
              + " hold no element of the input "
              + h
              + "x"
              + w);
    }
  }

  /** Of float32. */
  PoolShape(
      int n,
      int h,
      int w,
      int c,
      int kh,
      int kw,
      int oh,
      int ow,
      int strideH,
      int strideW,
      int padTop,
      int padLeft) {
    this(n, h, w, c, kh, kw, oh, ow, strideH, strideW, padTop, padLeft, DType.F32);
  }

  /** The same of other elements. */
  PoolShape as(DType other) {
    return new PoolShape(n, h, w, c, kh, kw, oh, ow, strideH, strideW, padTop, padLeft, other);
  }

  /** The same for another number of images. */
  PoolShape images(int count) {
    return new PoolShape(count, h, w, c, kh, kw, oh, ow, strideH, strideW, padTop, padLeft, type);
  }

  private static boolean holds(int n, int kernel, int out, int stride, int pad) {
    return out < 1 || (kernel > pad && (long) (out - 1) * stride - pad < n);
  }

  /** Square windows with equal stride and padding, none reaching beyond the padding. */
  static PoolShape of(int n, int h, int w, int c, int kernel, int stride, int pad) {
    int oh = (h + 2 * pad - kernel) / stride + 1;
    int ow = (w + 2 * pad - kernel) / stride + 1;
    return new PoolShape(n, h, w, c, kernel, kernel, oh, ow, stride, stride, pad, pad);
  }

  /** Rows of padding below that the last window needs; fewer than none counts as none. */
  int padBottom() {
    return Math.max(0, (oh - 1) * strideH + kh - h - padTop);
  }

  int padRight() {
    return Math.max(0, (ow - 1) * strideW + kw - w - padLeft);
  }

  /** Whether the bottom and right windows end inside the input plus the padding of the top left. */
  boolean symmetric() {
    return padBottom() <= padTop && padRight() <= padLeft;
  }

  boolean empty() {
    return n < 1 || c < 1 || kh < 1 || kw < 1 || oh < 1 || ow < 1;
  }
}
