package org.jacana.data;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Mirrors an image left to right with a probability. Host and device give the same bits.
 *
 * @param probability 0 to 1
 */
public record HorizontalFlip(double probability) implements Transform {
  public HorizontalFlip {
    Grid.requireProbability("horizontalFlip", probability);
  }

  /** With probability 1/2. */
  public HorizontalFlip() {
    this(0.5);
  }

  @Override
  public Shape shape(Shape input) {
    Grid.requireImage("horizontalFlip", input);
    return input;
  }

  @Override
  public int parameters(Shape input) {
    return 1;
  }

  /** 1 to mirror, else 0. */
  @Override
  public void draw(Draws random, Shape input, float[] p, int at) {
    p[at] = random.chance(probability) ? 1 : 0;
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    if (p[at] == 0) {
      System.arraycopy(x, 0, y, to, (int) input.size());
      return;
    }
    int width = input.dim(1);
    int channels = input.dim(2);
    for (int r = 0; r < input.dim(0); r++) {
      for (int w = 0; w < width; w++) {
        int from = (r * width + width - 1 - w) * channels;
        for (int c = 0; c < channels; c++) {
          y[to + (r * width + w) * channels + c] = x[from + c];
        }
      }
    }
  }

  @Override
  public boolean hasTensorForm() {
    return true;
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    return Scope.tidy(() -> Tensor.where(Grid.column(p, 0, 4).ne(0), x.flip(2), x));
  }
}
