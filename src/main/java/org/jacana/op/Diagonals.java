package org.jacana.op;

import org.jacana.Shape;
import org.jacana.Tensor;

/** Diagonals and triangles of matrices. */
public final class Diagonals {
  private Diagonals() {}

  /**
   * The elements whose coordinates on two axes differ by {@code offset} (second minus first), as a
   * new last axis.
   *
   * @throws IllegalArgumentException if both axes are the same
   */
  public static Tensor diagonal(Tensor x, int offset, int axis1, int axis2) {
    Shape s = x.shape();
    int a = s.axis("diagonal", axis1);
    int b = s.axis("diagonal", axis2);
    if (a == b) {
      throw new IllegalArgumentException(
          "diagonal: needs two different axes of " + s + ", got " + axis1 + " and " + axis2);
    }
    int n = s.dim(a);
    int m = s.dim(b);
    int count = Math.max(0, offset < 0 ? Math.min(n + offset, m) : Math.min(n, m - offset));
    int[] order = new int[s.rank()];
    int[] dims = new int[s.rank() - 1];
    int k = 0;
    for (int i = 0; i < order.length; i++) {
      if (i != a && i != b) {
        dims[k] = s.dim(i);
        order[k++] = i;
      }
    }
    order[k] = a;
    order[k + 1] = b;
    dims[k] = Math.multiplyExact(n, m);
    int start = offset < 0 ? -offset * m : offset;
    return Composite.on(
        x,
        () -> {
          Tensor flat = x.permute(order).reshape(Shape.of(dims));
          return count == 0
              ? flat.slice(-1, 0, 0)
              : flat.slice(-1, start, start + (count - 1) * (m + 1) + 1, m + 1);
        });
  }

  /** Square matrices [..., n, n] with the last axis of x on a diagonal and zeros elsewhere. */
  public static Tensor embed(Tensor x, int offset) {
    if (x.rank() == 0) {
      throw new IllegalArgumentException("diagEmbed: needs at least one axis, got a scalar");
    }
    int count = x.shape().dim(-1);
    int n = count + Math.abs(offset);
    int[] starts = new int[x.rank()];
    int[] steps = new int[x.rank()];
    java.util.Arrays.fill(steps, 1);
    starts[starts.length - 1] = offset < 0 ? -offset * n : offset;
    steps[steps.length - 1] = n + 1;
    Shape flat = x.shape().with(-1, Math.multiplyExact(n, n));
    Shape square = x.shape().with(-1, n).insert(x.rank(), n);
    return Composite.on(
        x,
        () ->
            (count == 0
                    ? x.sum(-1).unsqueeze(-1).expand(flat)
                    : Movement.place(x, flat, starts, steps, 0))
                .reshape(square));
  }

  /** x where its column minus its row is at most (lower) or at least (upper) k, else 0. */
  public static Tensor triangle(Tensor x, boolean lower, int k) {
    String op = lower ? "tril" : "triu";
    if (x.rank() < 2) {
      throw new IllegalArgumentException(op + ": needs matrices [..., n, m], got " + x.shape());
    }
    return Composite.on(
        x,
        () -> {
          Tensor rows = Tensor.arange(x.shape().dim(-2)).unsqueeze(1);
          Tensor behind = Tensor.arange(x.shape().dim(-1)).sub(rows);
          return Tensor.where(lower ? behind.le(k) : behind.ge(k), x, 0);
        });
  }
}
