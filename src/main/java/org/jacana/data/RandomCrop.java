package org.jacana.data;

import java.util.Arrays;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * A part of the image at a random place, every place as likely, out of the image with a border
 * around it. Moves pixels only: host and device give the same bits.
 *
 * @param height rows of the part; 0 for those of the image
 * @param width columns of the part; 0 for those of the image
 * @param padding pixels of border on each side
 * @param border what the border is made of
 */
public record RandomCrop(int height, int width, int padding, Border border) implements Transform {
  public RandomCrop {
    if (height < 0 || width < 0 || padding < 0) {
      throw new IllegalArgumentException(
          "randomCrop: sizes must not be negative, got "
              + height
              + "x"
              + width
              + " with padding "
              + padding);
    }
  }

  /** Of the image's size, from the image with a border of zeros. */
  public RandomCrop(int padding) {
    this(0, 0, padding, Border.ZEROS);
  }

  /** Of the image's size. */
  public RandomCrop(int padding, Border border) {
    this(0, 0, padding, border);
  }

  private int height(Shape input) {
    return height == 0 ? input.dim(0) : height;
  }

  private int width(Shape input) {
    return width == 0 ? input.dim(1) : width;
  }

  @Override
  public Shape shape(Shape input) {
    Grid.requireImage("randomCrop", input);
    boolean small =
        height(input) > input.dim(0) + 2 * padding || width(input) > input.dim(1) + 2 * padding;
    boolean mirror =
        border == Border.REFLECT && padding >= Math.min(input.dim(0), input.dim(1)) && padding > 0;
    if (small || mirror) {
      throw new IllegalArgumentException(
          "randomCrop: a crop of "
              + height(input)
              + "x"
              + width(input)
              + " with padding "
              + padding
              + " ("
              + border
              + ") does not fit an image "
              + input
              + (mirror
                  ? "; padding that mirrors must be smaller than the image"
                  : "; crop less or pad more"));
    }
    return Shape.of(height(input), width(input), input.dim(2));
  }

  @Override
  public int parameters(Shape input) {
    return 2;
  }

  /** Row and column of the crop in the image. */
  @Override
  public void draw(Draws random, Shape input, float[] p, int at) {
    p[at] = random.below(input.dim(0) + 2 * padding - height(input) + 1) - padding;
    p[at + 1] = random.below(input.dim(1) + 2 * padding - width(input) + 1) - padding;
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    int channels = input.dim(2);
    int top = (int) p[at];
    int left = (int) p[at + 1];
    int rows = height(input);
    int columns = width(input);
    // The columns that come from inside the image, in one piece.
    int first = Math.min(columns, Math.max(0, -left));
    int last = Math.max(first, Math.min(columns, input.dim(1) - left));
    for (int r = 0; r < rows; r++) {
      int out = to + r * columns * channels;
      int row = border.source(top + r, input.dim(0));
      if (row < 0) {
        Arrays.fill(y, out, out + columns * channels, 0);
        continue;
      }
      int in = row * input.dim(1);
      int inside = (last - first) * channels;
      if (inside > 0) {
        System.arraycopy(x, (in + left + first) * channels, y, out + first * channels, inside);
      }
      side(input.dim(1), in, left, 0, first, channels, x, y, out);
      side(input.dim(1), in, left, last, columns, channels, x, y, out);
    }
  }

  private void side(
      int width, int in, int left, int from, int end, int channels, float[] x, float[] y, int out) {
    for (int i = from; i < end; i++) {
      int column = border.source(left + i, width);
      for (int c = 0; c < channels; c++) {
        y[out + i * channels + c] = column < 0 ? 0 : x[(in + column) * channels + c];
      }
    }
  }

  @Override
  public boolean hasTensorForm() {
    return true;
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    return Scope.tidy(
        () -> {
          Shape one = x.shape().without(0);
          int rows = height(one);
          int columns = width(one);
          Tensor r = Grid.count(rows, 1, rows, 1).add(Grid.column(p, 0, 3));
          Tensor c = Grid.count(columns, 1, 1, columns).add(Grid.column(p, 1, 3));
          Tensor y = Grid.pixels(x, border.source(r, one.dim(0)), border.source(c, one.dim(1)));
          if (border != Border.ZEROS || padding == 0) {
            return y;
          }
          Tensor inside =
              r.ge(0).logicalAnd(r.lt(one.dim(0))).logicalAnd(c.ge(0)).logicalAnd(c.lt(one.dim(1)));
          return Tensor.where(inside.unsqueeze(3), y, 0);
        });
  }
}
