package org.jacana.data;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Covers a square whose centre is anywhere in the image, so that parts of it may lie outside
 * (DeVries and Taylor, "Improved regularization of convolutional neural networks with cutout",
 * arXiv:1708.04552, 2017).
 *
 * @param side rows and columns of the square
 * @param value what covers it; 0 after a {@link Normalization} is the mean colour
 */
public record Cutout(int side, double value) implements Transform {
  public Cutout {
    Grid.requirePositive("cutout", "side", side);
  }

  /** Covered with zeros. */
  public Cutout(int side) {
    this(side, 0);
  }

  @Override
  public Shape shape(Shape input) {
    Grid.requireImage("cutout", input);
    return input;
  }

  @Override
  public int parameters(Shape input) {
    return Box.NUMBERS;
  }

  @Override
  public void draw(Draws random, Shape input, float[] p, int at) {
    int row = random.below(input.dim(0));
    int column = random.below(input.dim(1));
    Box.set(p, at, input, row - side / 2, column - side / 2, side, side);
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    Box.fill(input, x, p, at, (float) value, y, to);
  }

  @Override
  public boolean hasTensorForm() {
    return true;
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    return Scope.tidy(() -> Tensor.where(Box.outside(x, p), x, value));
  }
}
