package org.jacana.backend.cuda;

import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * The geometry of c [..., m, n] = a [..., m, k] b [..., k, n], reduced to as few batch axes as the
 * strides allow. An axis along which b repeats becomes more rows where a and c have them in a row.
 */
final class Product {
  /** Indices of the operands in the arrays here. */
  static final int C = 0;

  static final int A = 1;
  static final int B = 2;

  private long m;
  private final int n;
  private final int k;

  /** Strides of the last two axes, by operand. */
  private final long[] row = new long[3];

  private final long[] column = new long[3];

  /** The batch axes, outermost first. */
  private int axes;

  private final long[] extent;
  private final long[][] next;

  Product(View c, View a, View b) {
    Layout[] l = {c.layout(), a.layout(), b.layout()};
    int r = l[C].rank();
    m = l[C].dim(r - 2);
    n = l[C].dim(r - 1);
    k = l[A].dim(r - 1);
    extent = new long[r];
    next = new long[3][r];
    for (int v = 0; v < 3; v++) {
      row[v] = l[v].stride(r - 2);
      column[v] = l[v].stride(r - 1);
    }
    for (int axis = 0; axis < r - 2; axis++) {
      add(l, axis);
    }
    while (axes > 0 && foldsIntoRows(axes - 1)) {
      axes--;
      if (m == 1) {
        row[C] = next[C][axes];
        row[A] = next[A][axes];
      }
      m *= extent[axes];
    }
  }

  private void add(Layout[] l, int axis) {
    int d = l[C].dim(axis);
    if (d == 1) {
      return;
    }
    boolean joins = axes > 0 && extent[axes - 1] * d <= Integer.MAX_VALUE;
    for (int v = 0; v < 3 && joins; v++) {
      joins = next[v][axes - 1] == l[v].stride(axis) * d;
    }
    if (joins) {
      axes--;
    }
    extent[axes] = joins ? extent[axes] * d : d;
    for (int v = 0; v < 3; v++) {
      next[v][axes] = l[v].stride(axis);
    }
    axes++;
  }

  private boolean foldsIntoRows(int axis) {
    boolean rowMajor = (column[A] == 1 || k == 1) && (column[C] == 1 || n == 1);
    if (next[B][axis] != 0 || !rowMajor || m * extent[axis] > Integer.MAX_VALUE) {
      return false;
    }
    return m == 1
        ? next[A][axis] >= k && next[C][axis] >= n
        : next[A][axis] == m * row[A] && next[C][axis] == m * row[C];
  }

  private long rows(int v) {
    return v == B ? k : m;
  }

  private long columns(int v) {
    return v == A ? k : n;
  }

  /** The leading dimension as a row-major matrix, or 0 if the operand is none. */
  private long rowMajor(int v) {
    long r = rows(v);
    long c = columns(v);
    boolean fits = (c == 1 || column[v] == 1) && (r == 1 || row[v] >= c);
    return fits ? within(r == 1 ? c : row[v]) : 0;
  }

  /** The leading dimension as a column-major matrix, or 0 if the operand is none. */
  private long columnMajor(int v) {
    long r = rows(v);
    long c = columns(v);
    boolean fits = (r == 1 || row[v] == 1) && (c == 1 || column[v] >= r);
    return fits ? within(c == 1 ? r : column[v]) : 0;
  }

  private static long within(long ld) {
    return ld <= Integer.MAX_VALUE ? ld : 0;
  }

  /** Whether cuBLAS takes an operand as it lies in memory. */
  boolean fits(int v) {
    for (int i = 0; i < axes; i++) {
      if (next[v][i] < 0) {
        return false;
      }
    }
    return rowMajor(v) > 0 || columnMajor(v) > 0;
  }

  /** How many calls are needed: the batch but for its longest axis. */
  long calls() {
    long calls = 1;
    for (int i = 0; i < axes; i++) {
      calls *= i == longest() ? 1 : extent[i];
    }
    return calls;
  }

  private int longest() {
    int best = 0;
    for (int i = 1; i < axes; i++) {
      if (extent[i] > extent[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Receives each call and the elements by which its operands are moved. */
  interface Call {
    void at(Blas.Gemm g, boolean swapped, long c, long a, long b);
  }

  /**
   * Lists the calls. cuBLAS counts columns first: a row-major c is its transposed, for which the
   * operands change places ({@code swapped}).
   */
  void each(Call call) {
    boolean swapped = rowMajor(C) > 0;
    int left = swapped ? B : A;
    int right = swapped ? A : B;
    // Row-major memory of a matrix is column-major memory of its transposed.
    boolean leftRows = rowMajor(left) > 0;
    boolean rightRows = rowMajor(right) > 0;
    int along = longest();
    Blas.Gemm g =
        new Blas.Gemm(
            leftRows != swapped,
            rightRows != swapped,
            (int) (swapped ? n : m),
            (int) (swapped ? m : n),
            k,
            (int) (leftRows ? rowMajor(left) : columnMajor(left)),
            (int) (rightRows ? rowMajor(right) : columnMajor(right)),
            (int) (swapped ? rowMajor(C) : columnMajor(C)),
            axes == 0 ? 0 : next[left][along],
            axes == 0 ? 0 : next[right][along],
            axes == 0 ? 0 : next[C][along],
            axes == 0 ? 1 : (int) extent[along]);
    walk(call, g, swapped, 0, along, 0, 0, 0);
  }

  private void walk(
      Call call, Blas.Gemm g, boolean swapped, int axis, int along, long c, long a, long b) {
    if (axis >= axes) {
      call.at(g, swapped, c, a, b);
    } else if (axis == along) {
      walk(call, g, swapped, axis + 1, along, c, a, b);
    } else {
      for (long i = 0; i < extent[axis]; i++) {
        walk(
            call,
            g,
            swapped,
            axis + 1,
            along,
            c + i * next[C][axis],
            a + i * next[A][axis],
            b + i * next[B][axis]);
      }
    }
  }
}
