package org.jacana;

import java.util.Arrays;
import org.jacana.op.Movement;

/** Methods of {@link Tensor} that move, repeat or pick whole ranges of elements. */
public sealed interface TensorMovement permits Tensor {
  /** The tensor these methods belong to. */
  Tensor self();

  /** The elements in the same order under another shape; one extent may be -1. */
  default Tensor reshape(int... dims) {
    int[] d = dims.clone();
    int open = -1;
    long known = 1;
    for (int i = 0; i < d.length; i++) {
      if (d[i] == -1 && open < 0) {
        open = i;
      } else {
        known *= d[i];
      }
    }
    if (open >= 0) {
      if (known == 0 || self().size() % known != 0) {
        throw new IllegalArgumentException(
            "reshape: the extent -1 cannot be found for "
                + self().shape()
                + " to "
                + Arrays.toString(dims));
      }
      d[open] = Math.toIntExact(self().size() / known);
    }
    return reshape(Shape.of(d));
  }

  default Tensor reshape(Shape to) {
    return Movement.reshape(self(), to);
  }

  /** All axes from {@code from} on joined to one. */
  default Tensor flatten(int from) {
    Shape s = self().shape();
    int a = s.axis("flatten", from);
    int[] d = Arrays.copyOf(s.dims(), a + 1);
    long n = 1;
    for (int i = a; i < s.rank(); i++) {
      n *= s.dim(i);
    }
    d[a] = Math.toIntExact(n);
    return reshape(Shape.of(d));
  }

  /** Axes in a new order. */
  default Tensor permute(int... order) {
    return Movement.permute(self(), order);
  }

  /** Two axes exchanged. */
  default Tensor transpose(int a, int b) {
    Shape s = self().shape();
    int[] order = new int[s.rank()];
    Arrays.setAll(order, i -> i);
    int p = s.axis("transpose", a);
    int q = s.axis("transpose", b);
    order[p] = q;
    order[q] = p;
    return Movement.permute(self(), order);
  }

  /** Broadcast to a larger shape without copying. */
  default Tensor expand(int... dims) {
    return expand(Shape.of(dims));
  }

  default Tensor expand(Shape to) {
    return Movement.expand(self(), to);
  }

  /** The transpose of {@link #expand}: sums over the axes that broadcasting would stretch. */
  default Tensor sumTo(Shape to) {
    Shape s = self().shape();
    self().requireOpen("sumTo", 0);
    if (s.equals(to)) {
      return self();
    }
    int lead = s.rank() - to.rank();
    boolean fits = lead >= 0;
    int[] axes = new int[s.rank()];
    int n = 0;
    for (int i = 0; fits && i < s.rank(); i++) {
      if (i < lead) {
        axes[n++] = i;
      } else if (to.dim(i - lead) != s.dim(i)) {
        fits = to.dim(i - lead) == 1;
        axes[n++] = i;
      }
    }
    if (!fits) {
      throw new IllegalArgumentException("sumTo: " + to + " does not broadcast to " + s);
    }
    int[] stretched = Arrays.copyOf(axes, n);
    return Scope.tidy(() -> self().sum(stretched, true).reshape(to));
  }

  /** A new axis of extent 1 before {@code axis}. */
  default Tensor unsqueeze(int axis) {
    Shape s = self().shape();
    int a = axis < 0 ? axis + s.rank() + 1 : axis;
    if (a < 0 || a > s.rank()) {
      throw new IllegalArgumentException("unsqueeze: axis " + axis + " is out of range for " + s);
    }
    return reshape(s.insert(a, 1));
  }

  /** Without an axis of extent 1. */
  default Tensor squeeze(int axis) {
    Shape s = self().shape();
    int a = s.axis("squeeze", axis);
    if (s.dim(a) != 1) {
      throw new IllegalArgumentException(
          "squeeze: axis " + a + " of " + s + " has extent " + s.dim(a) + ", not 1");
    }
    return reshape(s.without(a));
  }

  /** Elements from {@code start} up to but without {@code end} of an axis; both may be negative. */
  default Tensor slice(int axis, int start, int end) {
    return slice(axis, start, end, 1);
  }

  /**
   * Every {@code step}-th element of an axis from start towards end.
   *
   * @throws IllegalArgumentException if start or end is out of range, or step is not positive
   */
  default Tensor slice(int axis, int start, int end, int step) {
    Shape s = self().shape();
    int a = s.axis("slice", axis);
    int n = s.dim(a);
    int from = start < 0 ? start + n : start;
    int to = end < 0 ? end + n : end;
    if (from < 0 || to > n || from > to) {
      throw new IllegalArgumentException(
          "slice: " + start + ".." + end + " is out of range for axis " + a + " of " + s);
    }
    if (step < 1) {
      throw new IllegalArgumentException(
          "slice: step must be at least 1, got " + step + "; use flip for reversed order");
    }
    int[] starts = new int[s.rank()];
    int[] counts = s.dims();
    int[] steps = new int[s.rank()];
    Arrays.fill(steps, 1);
    starts[a] = from;
    counts[a] = (to - from + step - 1) / step;
    steps[a] = step;
    return Movement.slice(self(), starts, counts, steps);
  }

  /** The part at a position of an axis, without the axis. */
  default Tensor select(int axis, int at) {
    Shape s = self().shape();
    int a = s.axis("select", axis);
    int i = at < 0 ? at + s.dim(a) : at;
    if (i < 0 || i >= s.dim(a)) {
      throw new IllegalArgumentException(
          "select: position " + at + " is out of range for axis " + a + " of " + s);
    }
    try (Tensor part = Scope.release(slice(a, i, i + 1))) {
      return part.squeeze(a);
    }
  }

  /** One element (or part) by its leading coordinates. */
  default Tensor at(int... coordinates) {
    Tensor t = self();
    if (coordinates.length > t.rank()) {
      throw new IllegalArgumentException(
          "at: " + coordinates.length + " coordinates for shape " + t.shape());
    }
    return Scope.tidy(
        () -> {
          Tensor part = t.reshape(t.shape());
          for (int c : coordinates) {
            part = part.select(0, c);
          }
          return part;
        });
  }

  /** An axis in reversed order. */
  default Tensor flip(int axis) {
    Shape s = self().shape();
    int a = s.axis("flip", axis);
    int[] starts = new int[s.rank()];
    int[] steps = new int[s.rank()];
    Arrays.fill(steps, 1);
    if (s.dim(a) > 0) {
      starts[a] = s.dim(a) - 1;
      steps[a] = -1;
    }
    return Movement.slice(self(), starts, s.dims(), steps);
  }

  /** Parts of the given extents along an axis. */
  default Tensor[] split(int axis, int... extents) {
    Shape s = self().shape();
    int a = s.axis("split", axis);
    if (Arrays.stream(extents).sum() != s.dim(a) || Arrays.stream(extents).anyMatch(e -> e < 0)) {
      throw new IllegalArgumentException(
          "split: extents " + Arrays.toString(extents) + " must add up to axis " + a + " of " + s);
    }
    Tensor[] parts = new Tensor[extents.length];
    int at = 0;
    for (int i = 0; i < parts.length; i++) {
      parts[i] = slice(a, at, at + extents[i]);
      at += extents[i];
    }
    return parts;
  }

  /**
   * A border of a constant: {@code border[2a]} elements before and {@code border[2a+1]} after axis
   * a.
   */
  default Tensor pad(double value, int... border) {
    Shape s = self().shape();
    if (border.length != 2 * s.rank() || Arrays.stream(border).anyMatch(b -> b < 0)) {
      throw new IllegalArgumentException(
          "pad: needs two non-negative numbers for each axis of "
              + s
              + " (before, after), got "
              + Arrays.toString(border));
    }
    int[] starts = new int[s.rank()];
    int[] dims = s.dims();
    int[] steps = new int[s.rank()];
    Arrays.fill(steps, 1);
    for (int a = 0; a < starts.length; a++) {
      starts[a] = border[2 * a];
      dims[a] += border[2 * a] + border[2 * a + 1];
    }
    return Movement.place(self(), Shape.of(dims), starts, steps, value);
  }

  /**
   * The same values in another type; differentiable between float types. Floats are truncated to
   * I32, those beyond its range to its ends, NaN to 0, as in Java.
   */
  default Tensor to(DType type) {
    return Movement.cast(self(), type);
  }

  /** Row-major without gaps; this tensor itself if it is so already. */
  default Tensor contiguous() {
    return Movement.contiguous(self());
  }

  /** A copy with memory of its own. */
  default Tensor copy() {
    return Movement.copy(self());
  }
}
