package org.jacana.data;

import java.util.Arrays;
import org.jacana.Shape;
import org.jacana.Tensor;

/** A rectangle in an image, as four numbers: first row and column, end row and column. */
final class Box {
  static final int NUMBERS = 4;

  private Box() {}

  /** Writes the part of a rectangle that lies in the image. */
  static void set(float[] p, int at, Shape image, int top, int left, int rows, int columns) {
    p[at] = Math.max(0, Math.min(image.dim(0), top));
    p[at + 1] = Math.max(0, Math.min(image.dim(1), left));
    p[at + 2] = Math.max(0, Math.min(image.dim(0), top + rows));
    p[at + 3] = Math.max(0, Math.min(image.dim(1), left + columns));
  }

  /** Copies an image but for the rectangle, which becomes one value. */
  static void fill(Shape s, float[] x, float[] p, int at, float value, float[] y, int to) {
    System.arraycopy(x, 0, y, to, (int) s.size());
    for (int r = (int) p[at]; r < (int) p[at + 2]; r++) {
      int row = to + r * s.dim(1) * s.dim(2);
      Arrays.fill(y, row + (int) p[at + 1] * s.dim(2), row + (int) p[at + 3] * s.dim(2), value);
    }
  }

  /**
   * Where images [n, H, W, C] lie outside their rectangles: BOOL [n, H, W, 1].
   *
   * @param p rows of four numbers [n or 1, 4]
   */
  static Tensor outside(Tensor x, Tensor p) {
    int height = x.shape().dim(1);
    int width = x.shape().dim(2);
    Tensor r = Grid.count(height, 1, height, 1, 1);
    Tensor c = Grid.count(width, 1, 1, width, 1);
    return r.lt(Grid.column(p, 0, 4))
        .logicalOr(r.ge(Grid.column(p, 2, 4)))
        .logicalOr(c.lt(Grid.column(p, 1, 4)))
        .logicalOr(c.ge(Grid.column(p, 3, 4)));
  }
}
