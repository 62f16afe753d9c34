package org.jacana;

import java.util.Arrays;

/** The extents of a tensor, row-major; rank 0 is a scalar. Immutable. */
public final class Shape {
  private static final Shape SCALAR = new Shape(new int[0]);

  private final int[] dims;
  private final long size;

  private Shape(int[] dims) {
    this.dims = dims;
    long n = 1;
    for (int d : dims) {
      if (d < 0) {
        throw new IllegalArgumentException(
            "shape: extents must not be negative, got " + Arrays.toString(dims));
      }
      n = Math.multiplyExact(n, (long) d);
    }
    this.size = n;
  }

  /**
   * The shape with these extents.
   *
   * @throws IllegalArgumentException if an extent is negative
   * @throws ArithmeticException if the product overflows 63 bits
   */
  public static Shape of(int... dims) {
    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  public static Shape scalar() {
    return SCALAR;
  }

  public int rank() {
    return dims.length;
  }

  /** Extent of an axis; negative axes count from the end. */
  public int dim(int axis) {
    return dims[axis("shape", axis)];
  }

  /** The number of elements; 1 for a scalar. */
  public long size() {
    return size;
  }

  public int[] dims() {
    return dims.clone();
  }

  /**
   * An axis in 0..rank-1 from one in -rank..rank-1.
   *
   * @param op the operation named in the message
   * @throws IllegalArgumentException if the axis is out of range
   */
  public int axis(String op, int axis) {
    int a = axis < 0 ? axis + dims.length : axis;
    if (a < 0 || a >= dims.length) {
      throw new IllegalArgumentException(
          op + ": axis " + axis + " is out of range for shape " + this + " of rank " + dims.length);
    }
    return a;
  }

  /** Normalised, sorted, distinct axes; no axes given means all of them. */
  public int[] axes(String op, int... axes) {
    if (axes.length == 0) {
      int[] all = new int[dims.length];
      Arrays.setAll(all, i -> i);
      return all;
    }
    int[] out = new int[axes.length];
    Arrays.setAll(out, i -> axis(op, axes[i]));
    Arrays.sort(out);
    for (int i = 1; i < out.length; i++) {
      if (out[i] == out[i - 1]) {
        throw new IllegalArgumentException(
            op + ": axis " + out[i] + " is named twice in " + Arrays.toString(axes));
      }
    }
    return out;
  }

  /** This shape with one extent changed. */
  public Shape with(int axis, int extent) {
    int[] d = dims.clone();
    d[axis("shape", axis)] = extent;
    return new Shape(d);
  }

  /** The shape without an axis. */
  public Shape without(int axis) {
    int a = axis("shape", axis);
    int[] d = new int[dims.length - 1];
    System.arraycopy(dims, 0, d, 0, a);
    System.arraycopy(dims, a + 1, d, a, d.length - a);
    return of(d);
  }

  /** The shape with an extent inserted before {@code axis} (0..rank). */
  public Shape insert(int axis, int extent) {
    int[] d = new int[dims.length + 1];
    System.arraycopy(dims, 0, d, 0, axis);
    d[axis] = extent;
    System.arraycopy(dims, axis, d, axis + 1, dims.length - axis);
    return of(d);
  }

  /** The shape with the given axes reduced: extent 1 when kept, gone otherwise. */
  public Shape reduce(int[] axes, boolean keepDims) {
    int[] d = dims.clone();
    for (int a : axes) {
      d[a] = keepDims ? 1 : -1;
    }
    return of(keepDims ? d : Arrays.stream(d).filter(v -> v >= 0).toArray());
  }

  /**
   * The shape that two shapes broadcast to (NumPy's rule: aligned at the last axis, 1 stretches).
   *
   * @throws IllegalArgumentException naming the operation and both shapes when they do not fit
   */
  public static Shape broadcast(String op, Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int rank = Math.max(a.rank(), b.rank());
    int[] d = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
      int y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
      if (x != y && x != 1 && y != 1) {
        throw new IllegalArgumentException(
            op
                + ": shapes do not broadcast, got "
                + a
                + " and "
                + b
                + "; aligned at the last axis, extents must be equal or 1, but axis -"
                + i
                + " has "
                + x
                + " and "
                + y);
      }
      d[rank - i] = x == 1 ? y : x;
    }
    return of(d);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Shape s && Arrays.equals(dims, s.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
