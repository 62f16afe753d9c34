package org.jacana.data;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Turns an image about its centre by an angle that is uniform on a range; counter-clockwise angles
 * are positive, values between pixels are bilinear, and zeros come in from outside.
 *
 * @param low smallest angle in degrees
 * @param high largest angle in degrees
 */
public record RandomRotation(double low, double high) implements Transform {
  public RandomRotation {
    if (!(Double.isFinite(low) && Double.isFinite(high) && low <= high)) {
      throw new IllegalArgumentException(
          "randomRotation: the angles must be finite and in order, got " + low + " to " + high);
    }
  }

  /** By up to so many degrees in either direction. */
  public RandomRotation(double degrees) {
    this(-degrees, degrees);
  }

  @Override
  public Shape shape(Shape input) {
    Grid.requireImage("randomRotation", input);
    return input;
  }

  @Override
  public int parameters(Shape input) {
    return 2;
  }

  /** Cosine and sine of the angle. */
  @Override
  public void draw(Draws random, Shape input, float[] p, int at) {
    double angle = StrictMath.toRadians(random.between(low, high));
    p[at] = (float) StrictMath.cos(angle);
    p[at + 1] = (float) StrictMath.sin(angle);
  }

  private static float centre(int n) {
    return (n - 1) / 2f;
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    int height = input.dim(0);
    int width = input.dim(1);
    int channels = input.dim(2);
    float cos = p[at];
    float sin = p[at + 1];
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        float dy = r - centre(height);
        float dx = c - centre(width);
        float row = sin * dx + cos * dy + centre(height);
        float column = cos * dx - sin * dy + centre(width);
        int out = to + (r * width + c) * channels;
        Bilinear.pixel(x, height, width, channels, row, column, true, y, out);
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
          int height = x.shape().dim(1);
          int width = x.shape().dim(2);
          Tensor cos = Grid.column(p, 0, 3);
          Tensor sin = Grid.column(p, 1, 3);
          Tensor dy = Grid.count(height, 1, height, 1).sub(centre(height));
          Tensor dx = Grid.count(width, 1, 1, width).sub(centre(width));
          Tensor row = sin.mul(dx).add(cos.mul(dy)).add(centre(height));
          Tensor column = cos.mul(dx).sub(sin.mul(dy)).add(centre(width));
          return Bilinear.pixels(x, row, column, true);
        });
  }
}
