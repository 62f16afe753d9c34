package org.jacana.data;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Transforms one after the other; none is the identity. */
public final class Compose implements Transform {
  private final List<Transform> transforms;
  private volatile Plan plan;

  /**
   * What follows from the shape of the input.
   *
   * @param shapes before each transform, then the last result's
   * @param starts where the numbers of each transform begin, then how many there are
   */
  private record Plan(Shape[] shapes, int[] starts) {}

  /** These, in order; a Compose among them is unfolded. */
  public Compose(List<? extends Transform> transforms) {
    List<Transform> flat = new ArrayList<>();
    for (Transform t : transforms) {
      if (t instanceof Compose c) {
        flat.addAll(c.transforms);
      } else {
        flat.add(t);
      }
    }
    this.transforms = List.copyOf(flat);
  }

  /** These, in order. */
  public Compose(Transform... transforms) {
    this(List.of(transforms));
  }

  /** The transforms, in order. */
  public List<Transform> transforms() {
    return transforms;
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return transforms.isEmpty();
  }

  private Plan plan(Shape input) {
    Plan known = plan;
    if (known != null && known.shapes[0].equals(input)) {
      return known;
    }
    int n = transforms.size();
    Plan made = new Plan(new Shape[n + 1], new int[n + 1]);
    made.shapes[0] = input;
    for (int i = 0; i < n; i++) {
      Transform t = transforms.get(i);
      made.shapes[i + 1] = t.shape(made.shapes[i]);
      made.starts[i + 1] = made.starts[i] + t.parameters(made.shapes[i]);
    }
    plan = made;
    return made;
  }

  @Override
  public Shape shape(Shape input) {
    return plan(input).shapes[transforms.size()];
  }

  @Override
  public int parameters(Shape input) {
    return plan(input).starts[transforms.size()];
  }

  @Override
  public void draw(Draws random, Shape input, float[] p, int at) {
    Plan s = plan(input);
    for (int i = 0; i < transforms.size(); i++) {
      transforms.get(i).draw(random, s.shapes[i], p, at + s.starts[i]);
    }
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    int last = transforms.size() - 1;
    if (last < 0) {
      System.arraycopy(x, 0, y, to, (int) input.size());
      return;
    }
    Plan s = plan(input);
    Spare stack = Spare.get();
    int mark = stack.mark();
    try {
      float[] from = x;
      float[] spare = null;
      for (int i = 0; i < last; i++) {
        int size = (int) s.shapes[i + 1].size();
        float[] into = spare != null && spare.length >= size ? spare : stack.take(size);
        transforms.get(i).apply(s.shapes[i], from, p, at + s.starts[i], into, 0);
        spare = from == x ? null : from;
        from = into;
      }
      transforms.get(last).apply(s.shapes[last], from, p, at + s.starts[last], y, to);
    } finally {
      stack.back(mark);
    }
  }

  @Override
  public boolean hasTensorForm() {
    return transforms.stream().allMatch(Transform::hasTensorForm);
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    Plan s = plan(x.shape().without(0));
    return Scope.tidy(
        () -> {
          Tensor y = x;
          for (int i = 0; i < transforms.size(); i++) {
            boolean drawn = s.starts[i] < s.starts[i + 1];
            y = transforms.get(i).apply(y, drawn ? p.slice(1, s.starts[i], s.starts[i + 1]) : null);
          }
          return y;
        });
  }

  @Override
  public String toString() {
    return transforms.toString();
  }
}
