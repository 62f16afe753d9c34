package org.jacana.backend;

import java.util.Arrays;
import org.jacana.Shape;

/**
 * Where the elements of a view lie in its buffer: extents, strides and offset, in elements. A
 * stride of 0 repeats one element (broadcasting). Immutable.
 */
public final class Layout {
  private final Shape shape;
  private final long[] strides;
  private final long offset;
  private final boolean contiguous;

  private Layout(Shape shape, long[] strides, long offset) {
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.contiguous = isDense(shape, strides);
  }

  /** Row-major, without gaps, from element 0. */
  public static Layout contiguous(Shape shape) {
    return new Layout(shape, denseStrides(shape), 0);
  }

  private static long[] denseStrides(Shape shape) {
    long[] s = new long[shape.rank()];
    long step = 1;
    for (int i = s.length - 1; i >= 0; i--) {
      s[i] = step;
      step *= shape.dim(i);
    }
    return s;
  }

  private static boolean isDense(Shape shape, long[] strides) {
    if (shape.size() == 0) {
      return true;
    }
    long step = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      int d = shape.dim(i);
      if (d != 1 && strides[i] != step) {
        return false;
      }
      step *= d;
    }
    return true;
  }

  public Shape shape() {
    return shape;
  }

  public int rank() {
    return strides.length;
  }

  public int dim(int axis) {
    return shape.dim(axis);
  }

  public long stride(int axis) {
    return strides[axis];
  }

  public long offset() {
    return offset;
  }

  public long size() {
    return shape.size();
  }

  /** Row-major without gaps (any offset). */
  public boolean isContiguous() {
    return contiguous;
  }

  /** True when some element is read more than once: such a view must not be written. */
  public boolean overlaps() {
    for (int i = 0; i < strides.length; i++) {
      if (strides[i] == 0 && shape.dim(i) > 1) {
        return shape.size() > 0;
      }
    }
    return false;
  }

  /** Axes in a new order; {@code order} is a permutation of 0..rank-1. */
  public Layout permute(int... order) {
    int[] d = new int[order.length];
    long[] s = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      d[i] = shape.dim(order[i]);
      s[i] = strides[order[i]];
    }
    return new Layout(Shape.of(d), s, offset);
  }

  /** Broadcast to {@code to}; the caller has checked that the shapes fit. */
  public Layout expand(Shape to) {
    if (to.equals(shape)) {
      return this;
    }
    long[] s = new long[to.rank()];
    int lead = to.rank() - strides.length;
    for (int i = lead; i < s.length; i++) {
      s[i] = shape.dim(i - lead) == to.dim(i) ? strides[i - lead] : 0;
    }
    return new Layout(to, s, offset);
  }

  /**
   * {@code count} elements of an axis from {@code start}, every {@code step}-th (step may be < 0).
   */
  public Layout slice(int axis, int start, int count, int step) {
    long[] s = strides.clone();
    s[axis] *= step;
    return new Layout(shape.with(axis, count), s, offset + start * strides[axis]);
  }

  /** The layout without an axis, at index {@code at} of it. */
  public Layout select(int axis, int at) {
    long[] s = new long[strides.length - 1];
    System.arraycopy(strides, 0, s, 0, axis);
    System.arraycopy(strides, axis + 1, s, axis, s.length - axis);
    return new Layout(shape.without(axis), s, offset + at * strides[axis]);
  }

  /** The same elements in the same order under another shape, or null when a copy is needed. */
  public Layout reshape(Shape to) {
    if (contiguous) {
      return new Layout(to, denseStrides(to), offset);
    }
    // Greedy matching of groups of axes with equal products, as NumPy's no-copy reshape does.
    long[] s = new long[to.rank()];
    int i = 0;
    int j = 0;
    int n = shape.rank();
    int m = to.rank();
    while (i < n || j < m) {
      long p = i < n ? shape.dim(i) : 1;
      long q = j < m ? to.dim(j) : 1;
      int i0 = i;
      int j0 = j;
      i++;
      j++;
      while (p != q) {
        if (p < q) {
          if (i >= n) {
            return null;
          }
          p *= shape.dim(i++);
        } else {
          if (j >= m) {
            return null;
          }
          q *= to.dim(j++);
        }
      }
      long step = 0;
      boolean first = true;
      for (int a = Math.min(i, n) - 1; a >= i0; a--) {
        if (shape.dim(a) == 1) {
          continue;
        }
        if (first) {
          step = strides[a];
          first = false;
        }
      }
      long inner = step;
      long expected = step;
      for (int a = Math.min(i, n) - 1; a >= i0; a--) {
        if (shape.dim(a) == 1) {
          continue;
        }
        if (strides[a] != expected) {
          return null;
        }
        expected *= shape.dim(a);
      }
      for (int b = Math.min(j, m) - 1; b >= j0; b--) {
        s[b] = inner;
        inner *= to.dim(b);
      }
    }
    return new Layout(to, s, offset);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Layout l
        && offset == l.offset
        && shape.equals(l.shape)
        && Arrays.equals(strides, l.strides);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * shape.hashCode() + Arrays.hashCode(strides)) + Long.hashCode(offset);
  }

  @Override
  public String toString() {
    return "Layout" + shape + " strides " + Arrays.toString(strides) + " offset " + offset;
  }
}
