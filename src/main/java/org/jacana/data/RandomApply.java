package org.jacana.data;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Applies a transform with a probability, and else leaves the example as it is.
 *
 * @param probability 0 to 1
 * @param transform one that keeps the shape
 */
public record RandomApply(double probability, Transform transform) implements Transform {
  public RandomApply {
    Grid.requireProbability("randomApply", probability);
  }

  @Override
  public Shape shape(Shape input) {
    Shape output = transform.shape(input);
    if (!output.equals(input)) {
      throw new IllegalArgumentException(
          "randomApply: the transform must keep the shape, but "
              + transform
              + " makes "
              + output
              + " of "
              + input);
    }
    return output;
  }

  @Override
  public int parameters(Shape input) {
    return 1 + transform.parameters(input);
  }

  /** 1 to apply, else 0; then the transform's own. */
  @Override
  public void draw(Draws random, Shape input, float[] p, int at) {
    p[at] = random.chance(probability) ? 1 : 0;
    transform.draw(random, input, p, at + 1);
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    if (p[at] == 0) {
      System.arraycopy(x, 0, y, to, (int) input.size());
    } else {
      transform.apply(input, x, p, at + 1, y, to);
    }
  }

  @Override
  public boolean hasTensorForm() {
    return transform.hasTensorForm();
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    return Scope.tidy(
        () -> {
          int n = p.shape().dim(1);
          Tensor y = transform.apply(x, n == 1 ? null : p.slice(1, 1, n));
          return Tensor.where(Grid.column(p, 0, x.rank()).ne(0), y, x);
        });
  }
}
