package org.jacana.backend.cuda;

import java.util.function.Consumer;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * Views of one shape for a kernel: their first elements' addresses, and common axes merged into as
 * few as the strides allow. The struct {@code Strided<K>} of {@code common.cuh}.
 */
final class Strided {
  static final int MAX_RANK = 8;

  private final long size;
  private final int rank;
  private final int[] dims = new int[MAX_RANK];
  private final long[][] strides;
  private final long[] addresses;

  private Strided(long size, int rank, long[] addresses, int k) {
    this.size = size;
    this.rank = rank;
    this.addresses = addresses;
    this.strides = new long[k][MAX_RANK];
  }

  /**
   * Calls {@code launch} with the views: once, or once per index of the leading axes where more
   * than 8 axes cannot be merged. Not at all when there are no elements.
   */
  static void each(Consumer<Strided> launch, View... views) {
    if (views[0].size() == 0) {
      return;
    }
    int k = views.length;
    Layout shape = views[0].layout();
    int n = shape.rank();
    long[] d = new long[n];
    long[][] s = new long[k][n];
    int r = 0;
    for (int axis = 0; axis < n; axis++) {
      int extent = shape.dim(axis);
      if (extent == 1) {
        continue;
      }
      boolean joins = r > 0 && d[r - 1] * extent <= Integer.MAX_VALUE;
      for (int v = 0; v < k && joins; v++) {
        joins = s[v][r - 1] == views[v].layout().stride(axis) * extent;
      }
      if (joins) {
        r--;
        d[r] *= extent;
      } else {
        d[r] = extent;
      }
      for (int v = 0; v < k; v++) {
        s[v][r] = views[v].layout().stride(axis);
      }
      r++;
    }
    long[] first = new long[k];
    for (int v = 0; v < k; v++) {
      first[v] = address(views[v]);
    }
    outer(launch, views, d, s, r, Math.max(0, r - MAX_RANK), 0, first);
  }

  private static void outer(
      Consumer<Strided> launch,
      View[] views,
      long[] d,
      long[][] s,
      int r,
      int loops,
      int axis,
      long[] at) {
    if (axis < loops) {
      for (long i = 0; i < d[axis]; i++) {
        long[] next = at.clone();
        for (int v = 0; v < next.length; v++) {
          next[v] += i * s[v][axis] * views[v].dtype().bytes();
        }
        outer(launch, views, d, s, r, loops, axis + 1, next);
      }
      return;
    }
    long size = 1;
    for (int i = loops; i < r; i++) {
      size *= d[i];
    }
    Strided out = new Strided(size, r - loops, at, views.length);
    for (int i = loops; i < r; i++) {
      out.dims[i - loops] = (int) d[i];
      for (int v = 0; v < views.length; v++) {
        out.strides[v][i - loops] = s[v][i];
      }
    }
    launch.accept(out);
  }

  /** The same, but with a view taken for a dense one whose elements lie {@code step} apart. */
  Strided dense(int view, long address, long step) {
    long[] at = addresses.clone();
    at[view] = address;
    Strided out = new Strided(size, rank, at, views());
    for (int i = rank - 1; i >= 0; i--) {
      out.dims[i] = dims[i];
      for (int v = 0; v < views(); v++) {
        out.strides[v][i] = v == view ? step : strides[v][i];
      }
      step *= dims[i];
    }
    return out;
  }

  /** The address of a view's first element. */
  static long address(View v) {
    return ((CudaBuffer) v.buffer()).address() + v.layout().offset() * v.dtype().bytes();
  }

  /** The same views at index 0 of the innermost axis, without that axis; rank is at least 1. */
  Strided rows() {
    Strided out = new Strided(size / dims[rank - 1], rank - 1, addresses, strides.length);
    System.arraycopy(dims, 0, out.dims, 0, rank - 1);
    for (int v = 0; v < strides.length; v++) {
      System.arraycopy(strides[v], 0, out.strides[v], 0, rank - 1);
    }
    return out;
  }

  long size() {
    return size;
  }

  int rank() {
    return rank;
  }

  int dim(int axis) {
    return dims[axis];
  }

  long stride(int view, int axis) {
    return strides[view][axis];
  }

  int views() {
    return addresses.length;
  }

  /** The address of a view's first element here. */
  long address(int view) {
    return addresses[view];
  }

  /** Whether every view is one run of neighbouring elements. */
  boolean dense() {
    if (rank > 1) {
      return false;
    }
    for (long[] s : strides) {
      if (rank == 1 && s[0] != 1) {
        return false;
      }
    }
    return true;
  }
}
