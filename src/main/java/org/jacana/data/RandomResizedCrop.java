package org.jacana.data;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * A part of the image of random area and aspect ratio, brought to one size bilinearly (the crop of
 * Szegedy et al., "Going deeper with convolutions", 2015, as torchvision draws it). Pixels are not
 * averaged where the part shrinks.
 *
 * @param height rows of the result
 * @param width columns of the result
 * @param leastArea smallest part of the image's area, above 0
 * @param mostArea largest part of the image's area, at most 1
 * @param mostRatio largest ratio of width to height, at least 1; its inverse is the smallest
 */
public record RandomResizedCrop(
    int height, int width, double leastArea, double mostArea, double mostRatio)
    implements Transform {
  private static final int TRIES = 10;

  public RandomResizedCrop {
    Grid.requirePositive("randomResizedCrop", "height", height);
    Grid.requirePositive("randomResizedCrop", "width", width);
    Grid.requireRange("randomResizedCrop", "area", leastArea, mostArea, Double.MIN_VALUE);
    Grid.requireRange("randomResizedCrop", "ratio", 1, mostRatio, 1);
    if (mostArea > 1) {
      throw new IllegalArgumentException(
          "randomResizedCrop: the area is at most 1, the whole image, got " + mostArea);
    }
  }

  /** 8 % to all of the area, ratio 3/4 to 4/3. */
  public RandomResizedCrop(int height, int width) {
    this(height, width, 0.08, 1, 4.0 / 3);
  }

  @Override
  public Shape shape(Shape input) {
    Grid.requireImage("randomResizedCrop", input);
    return Shape.of(height, width, input.dim(2));
  }

  @Override
  public int parameters(Shape input) {
    return 4;
  }

  /** First row and column, rows and columns of the part. */
  @Override
  public void draw(Draws random, Shape input, float[] p, int at) {
    int h = input.dim(0);
    int w = input.dim(1);
    for (int i = 0; i < TRIES; i++) {
      double area = random.between(leastArea, mostArea) * h * w;
      double log = StrictMath.log(mostRatio);
      double ratio = StrictMath.exp(random.between(-log, log));
      int columns = (int) Math.round(Math.sqrt(area * ratio));
      int rows = (int) Math.round(Math.sqrt(area / ratio));
      if (columns >= 1 && columns <= w && rows >= 1 && rows <= h) {
        set(p, at, random.below(h - rows + 1), random.below(w - columns + 1), rows, columns);
        return;
      }
    }
    // As much of the middle as the ratio allows.
    int columns = Math.min(w, Math.max(1, (int) (h * mostRatio)));
    int rows = Math.min(h, Math.max(1, (int) (w * mostRatio)));
    set(p, at, (h - rows) / 2, (w - columns) / 2, rows, columns);
  }

  private static void set(float[] p, int at, int top, int left, int rows, int columns) {
    p[at] = top;
    p[at + 1] = left;
    p[at + 2] = rows;
    p[at + 3] = columns;
  }

  /** Where pixel i of the result lies in a part that begins at {@code start}. */
  private static float place(int i, float start, float extent, int out) {
    float at = (i + 0.5f) * (extent / out) - 0.5f;
    return start + Math.max(0, Math.min(extent - 1, at));
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    int channels = input.dim(2);
    for (int r = 0; r < height; r++) {
      float row = place(r, p[at], p[at + 2], height);
      for (int c = 0; c < width; c++) {
        float column = place(c, p[at + 1], p[at + 3], width);
        int out = to + (r * width + c) * channels;
        Bilinear.pixel(x, input.dim(0), input.dim(1), channels, row, column, false, y, out);
      }
    }
  }

  @Override
  public boolean hasTensorForm() {
    return true;
  }

  private static Tensor places(Tensor i, Tensor start, Tensor extent, int out) {
    Tensor at = i.add(0.5).mul(extent.div(out)).sub(0.5);
    return start.add(at.minimum(extent.sub(1)).maximum(0));
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    return Scope.tidy(
        () -> {
          Tensor r = Grid.count(height, 1, height, 1);
          Tensor c = Grid.count(width, 1, 1, width);
          Tensor row = places(r, Grid.column(p, 0, 3), Grid.column(p, 2, 3), height);
          Tensor column = places(c, Grid.column(p, 1, 3), Grid.column(p, 3, 3), width);
          return Bilinear.pixels(x, row, column, false);
        });
  }
}
