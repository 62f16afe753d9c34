package org.jacana.data;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Mirrors an image upside down with a probability. Host and device give the same bits.
 *
 * @param probability 0 to 1
 */
public record VerticalFlip(double probability) implements Transform {
  public VerticalFlip {
    Grid.requireProbability("verticalFlip", probability);
  }

  /** With probability 1/2. */
  public VerticalFlip() {
    this(0.5);
  }

  @Override
  public Shape shape(Shape input) {
    Grid.requireImage("verticalFlip", input);
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
    int row = input.dim(1) * input.dim(2);
    for (int r = 0; r < input.dim(0); r++) {
      System.arraycopy(x, (input.dim(0) - 1 - r) * row, y, to + r * row, row);
    }
  }

  @Override
  public boolean hasTensorForm() {
    return true;
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    return Scope.tidy(() -> Tensor.where(Grid.column(p, 0, 4).ne(0), x.flip(1), x));
  }
}
