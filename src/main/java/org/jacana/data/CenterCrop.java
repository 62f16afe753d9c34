package org.jacana.data;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * The middle of an image; the upper left of the two middles where there are two.
 *
 * @param height rows of the result, at most those of the image
 * @param width columns of the result, at most those of the image
 */
public record CenterCrop(int height, int width) implements Transform {
  public CenterCrop {
    Grid.requirePositive("centerCrop", "height", height);
    Grid.requirePositive("centerCrop", "width", width);
  }

  @Override
  public Shape shape(Shape input) {
    Grid.requireImage("centerCrop", input);
    if (height > input.dim(0) || width > input.dim(1)) {
      throw new IllegalArgumentException(
          "centerCrop: a crop of "
              + height
              + "x"
              + width
              + " does not fit an image "
              + input
              + "; resize it before");
    }
    return Shape.of(height, width, input.dim(2));
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    int channels = input.dim(2);
    int top = (input.dim(0) - height) / 2;
    int left = (input.dim(1) - width) / 2;
    for (int r = 0; r < height; r++) {
      int from = ((top + r) * input.dim(1) + left) * channels;
      System.arraycopy(x, from, y, to + r * width * channels, width * channels);
    }
  }

  @Override
  public boolean hasTensorForm() {
    return true;
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    int top = (x.shape().dim(1) - height) / 2;
    int left = (x.shape().dim(2) - width) / 2;
    return Scope.tidy(() -> x.slice(1, top, top + height).slice(2, left, left + width));
  }
}
