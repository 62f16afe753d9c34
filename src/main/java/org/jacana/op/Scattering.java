package org.jacana.op;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Writing by index and reading by mask, composed of gather and scatterAdd. */
public final class Scattering {
  private Scattering() {}

  /**
   * A copy of x with source[.., i, ..] at index[.., i, ..] of the axis. Of several sources for one
   * element the last counts; the gradient goes to that one only. Reads the index on the host.
   */
  public static Tensor scatter(Tensor x, int axis, Tensor index, Tensor source) {
    int a = x.shape().axis("scatter", axis);
    if (!index.shape().equals(source.shape())) {
      throw new IllegalArgumentException(
          "scatter: index and source must have one shape, got "
              + index.shape()
              + " and "
              + source.shape());
    }
    x.requireOpen("scatter", 0);
    source.requireOpen("scatter", 2);
    return Composite.on(
        x,
        () -> {
          Tensor ones = Tensor.ones(DType.F32, index.shape().dims());
          Tensor hit = Indexing.scatterAdd(x.shape(), a, index, ones).gt(0);
          boolean[] last = last(x.shape(), a, index);
          Tensor counts = Tensor.of(last, index.shape().dims());
          Tensor written = Tensor.where(counts, source, 0);
          return Tensor.where(hit, Indexing.scatterAdd(x.shape(), a, index, written), x);
        });
  }

  /** Which sources are the last for their element. */
  private static boolean[] last(Shape to, int axis, Tensor index) {
    int[] at = index.ints();
    int[] dims = index.shape().dims();
    boolean[] last = new boolean[at.length];
    boolean[] seen = new boolean[Math.toIntExact(to.size())];
    for (int i = at.length - 1; i >= 0; i--) {
      int rest = i;
      int target = 0;
      int step = 1;
      for (int d = dims.length - 1; d >= 0; d--) {
        target += (d == axis ? at[i] : rest % dims[d]) * step;
        rest /= dims[d];
        step *= to.dim(d);
      }
      last[i] = !seen[target];
      seen[target] = true;
    }
    return last;
  }

  /** A copy of x with a value at index[.., i, ..] of the axis. */
  public static Tensor scatter(Tensor x, int axis, Tensor index, double value) {
    int a = x.shape().axis("scatter", axis);
    x.requireOpen("scatter", 0);
    return Composite.on(
        x,
        () -> {
          Tensor ones = Tensor.ones(DType.F32, index.shape().dims());
          Tensor free = Indexing.scatterAdd(x.shape(), a, index, ones).eq(0);
          return Tensor.where(free, x, value);
        });
  }

  /** A copy of x with the slices of source added at the slices that a 1-D index names. */
  public static Tensor indexAdd(Tensor x, int axis, Tensor index, Tensor source) {
    int a = slices("indexAdd", x, axis, index, source);
    return Composite.on(x, () -> x.scatterAdd(a, spread(x, a, index), source));
  }

  /** The axis, after a check that a 1-D index and perhaps a source fit it. */
  private static int slices(String op, Tensor x, int axis, Tensor index, Tensor source) {
    int a = x.shape().axis(op, axis);
    boolean fits =
        index.rank() == 1
            && (source == null
                || source.rank() == x.rank()
                    && source.shape().equals(x.shape().with(a, index.shape().dim(0))));
    if (!fits) {
      throw new IllegalArgumentException(
          op
              + ": index must be [n]"
              + (source == null ? "" : " and source the tensor's shape with n at axis " + a)
              + ", got index "
              + index.shape()
              + (source == null ? "" : " and source " + source.shape())
              + " for "
              + x.shape());
    }
    return a;
  }

  /** A 1-D index along an axis, the same at all other coordinates. */
  private static Tensor spread(Tensor x, int axis, Tensor index) {
    int n = index.shape().dim(0);
    int[] column = new int[x.rank()];
    Arrays.fill(column, 1);
    column[axis] = n;
    return index.reshape(Shape.of(column)).expand(x.shape().with(axis, n));
  }

  /**
   * A copy of x whose slices that a 1-D index names are those of source. Of several for one slice
   * the last counts; the gradient goes to that one only. Reads the index on the host.
   */
  public static Tensor indexCopy(Tensor x, int axis, Tensor index, Tensor source) {
    int a = slices("indexCopy", x, axis, index, source);
    return Composite.on(x, () -> scatter(x, a, spread(x, a, index), source));
  }

  /** A copy of x with a value in all slices that a 1-D index names. */
  public static Tensor indexFill(Tensor x, int axis, Tensor index, double value) {
    int a = slices("indexFill", x, axis, index, null);
    return Composite.on(x, () -> scatter(x, a, spread(x, a, index), value));
  }

  /** The elements at positions of the flattened tensor, in the index's shape. */
  public static Tensor take(Tensor x, Tensor index) {
    int n = Math.toIntExact(index.size());
    return Composite.on(
        x,
        () ->
            x.reshape(Shape.of(Math.toIntExact(x.size())))
                .gather(0, index.reshape(n))
                .reshape(index.shape()));
  }

  /** The elements where a mask is true, in order, [n]. Reads the mask on the host. */
  public static Tensor maskedSelect(Tensor x, Tensor mask) {
    if (mask.dtype() != DType.BOOL) {
      throw new IllegalArgumentException(
          "maskedSelect: the mask must be BOOL, got " + mask.dtype());
    }
    Shape s = Shape.broadcast("maskedSelect", x.shape(), mask.shape());
    x.requireOpen("maskedSelect", 0);
    return Composite.on(
        x,
        () -> {
          int[] m = mask.expand(s).ints();
          int[] at = new int[m.length];
          int n = 0;
          for (int i = 0; i < m.length; i++) {
            if (m[i] != 0) {
              at[n++] = i;
            }
          }
          return x.expand(s)
              .reshape(Shape.of(Math.toIntExact(s.size())))
              .gather(0, Tensor.of(Arrays.copyOf(at, n), n));
        });
  }

  /** The I32 coordinates [n, rank] of elements that are not 0, in order. Reads x on the host. */
  public static Tensor nonZero(Tensor x) {
    x.requireOpen("nonZero", 0);
    int rank = x.rank();
    int[] dims = x.shape().dims();
    return Composite.on(
        x,
        () -> {
          int[] hit = x.ne(0).ints();
          int n = Arrays.stream(hit).sum();
          int[] out = new int[n * rank];
          int k = 0;
          for (int i = 0; i < hit.length; i++) {
            if (hit[i] != 0) {
              int rest = i;
              for (int a = rank - 1; a >= 0; a--) {
                out[k * rank + a] = rest % dims[a];
                rest /= dims[a];
              }
              k++;
            }
          }
          return Tensor.of(out, n, rank);
        });
  }
}
