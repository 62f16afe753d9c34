package org.jacana.data;

import java.util.List;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Applies one of some transforms, each as likely.
 *
 * @param transforms at least one; all give the same shape
 */
public record OneOf(List<Transform> transforms) implements Transform {
  public OneOf {
    transforms = List.copyOf(transforms);
    if (transforms.isEmpty()) {
      throw new IllegalArgumentException("oneOf: needs at least one transform");
    }
  }

  /** One of these. */
  public OneOf(Transform... transforms) {
    this(List.of(transforms));
  }

  @Override
  public Shape shape(Shape input) {
    Shape first = transforms.get(0).shape(input);
    for (Transform t : transforms) {
      if (!t.shape(input).equals(first)) {
        throw new IllegalArgumentException(
            "oneOf: all transforms must give one shape, but of "
                + input
                + " "
                + transforms.get(0)
                + " makes "
                + first
                + " and "
                + t
                + " makes "
                + t.shape(input));
      }
    }
    return first;
  }

  @Override
  public int parameters(Shape input) {
    int n = 1;
    for (int i = 0; i < transforms.size(); i++) {
      n += transforms.get(i).parameters(input);
    }
    return n;
  }

  /** Which one; then the numbers of all of them. */
  @Override
  public void draw(Draws random, Shape input, float[] p, int at) {
    p[at] = random.below(transforms.size());
    int next = at + 1;
    for (int i = 0; i < transforms.size(); i++) {
      transforms.get(i).draw(random, input, p, next);
      next += transforms.get(i).parameters(input);
    }
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    int chosen = (int) p[at];
    int next = at + 1;
    for (int i = 0; i < chosen; i++) {
      next += transforms.get(i).parameters(input);
    }
    transforms.get(chosen).apply(input, x, p, next, y, to);
  }

  @Override
  public boolean hasTensorForm() {
    return transforms.stream().allMatch(Transform::hasTensorForm);
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    return Scope.tidy(
        () -> {
          Shape one = x.shape().without(0);
          Tensor y = null;
          int next = 1;
          for (int i = 0; i < transforms.size(); i++) {
            int n = transforms.get(i).parameters(one);
            Tensor t = transforms.get(i).apply(x, n == 0 ? null : p.slice(1, next, next + n));
            y = y == null ? t : Tensor.where(Grid.column(p, 0, x.rank()).eq(i), t, y);
            next += n;
          }
          return y;
        });
  }
}
