package org.jacana.backend.cpu;

/**
 * The gradient of the input of a convolution whose filters see one pixel and skip others: a matrix
 * product for every row of dy, into the pixels that it came from. All others are zero.
 */
final class PointConv {
  private PointConv() {}

  /** Whether a shape is of this kind. */
  static boolean takes(ConvShape s) {
    return s.kh() == 1
        && s.kw() == 1
        && s.strideH() * s.strideW() > 1
        && s.padTop() + s.padLeft() + s.padBottom() + s.padRight() == 0
        && s.groups() == 1;
  }

  /** dx += the gradient if {@code add}, else dx = the gradient. */
  static boolean gradInput(long dx, long dy, long w, ConvShape s, boolean add) {
    if (!add) {
      Native.zero(dx, (long) s.type().bytes() * s.n() * s.h() * s.w() * s.c());
    }
    return OneDnn.matmul(dx, dy, w, 0, product(s), add);
  }

  private static MatmulShape product(ConvShape s) {
    long row = (long) s.w() * s.c();
    long outRow = (long) s.ow() * s.o();
    return new MatmulShape(
        s.n(),
        s.oh(),
        s.ow(),
        s.o(),
        s.c(),
        s.oh() * outRow,
        outRow,
        s.o(),
        1,
        0,
        0,
        s.c(),
        1,
        s.h() * row,
        s.strideH() * row,
        (long) s.strideW() * s.c(),
        1,
        s.type(),
        s.type());
  }
}
