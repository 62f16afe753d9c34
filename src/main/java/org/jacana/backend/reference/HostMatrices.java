package org.jacana.backend.reference;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jacana.backend.View;

/** What decompositions ask about matrices in host memory, for every element type. */
public final class HostMatrices {
  private HostMatrices() {}

  /** See {@link org.jacana.backend.Lapack#notFinite}. */
  public static long notFinite(View a) {
    double[] tile = new double[Cursor.TILE];
    Cursor cursor = new Cursor(a);
    for (long at = 0; at < a.size(); at += tile.length) {
      int n = (int) Math.min(tile.length, a.size() - at);
      cursor.get(at, n, tile);
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += tile[i] - tile[i];
      }
      for (int i = 0; sum != 0 && i < n; i++) {
        if (!Double.isFinite(tile[i])) {
          return at + i;
        }
      }
    }
    return -1;
  }

  private static final int BLOCK = 64;

  /**
   * The row-major position of the first element that differs from its mirror image by more than its
   * matrix's limit, or -1.
   */
  public static long notSymmetric(Loops loops, View a, double[] limits) {
    int n = a.layout().dim(2);
    int bands = (n + BLOCK - 1) / BLOCK;
    AtomicLong first = new AtomicLong(Long.MAX_VALUE);
    loops.ranges(
        (long) limits.length * bands,
        Math.max(1, bands / 8),
        (from, to) -> {
          for (long i = from; i < to; i++) {
            int which = (int) (i / bands);
            long at = band(a, which, (int) (i % bands) * BLOCK, limits[which]);
            first.accumulateAndGet(at < 0 ? Long.MAX_VALUE : at, Math::min);
          }
        });
    return first.get() == Long.MAX_VALUE ? -1 : first.get();
  }

  /** Rows p to p + BLOCK - 1 from the diagonal on, against the columns below, block by block. */
  private static long band(View a, int which, int p, double limit) {
    int n = a.layout().dim(2);
    long start = (long) which * n * n;
    long first = Long.MAX_VALUE;
    Cursor cursor = new Cursor(a);
    int h = Math.min(BLOCK, n - p);
    double[][] upper = new double[h][BLOCK];
    double[][] lower = new double[BLOCK][h];
    for (int q = p; q < n; q += BLOCK) {
      int w = Math.min(BLOCK, n - q);
      for (int r = 0; r < h; r++) {
        cursor.get(start + (long) (p + r) * n + q, w, upper[r]);
      }
      for (int c = 0; c < w; c++) {
        cursor.get(start + (long) (q + c) * n + p, h, lower[c]);
      }
      for (int r = 0; r < h; r++) {
        double[] row = upper[r];
        for (int c = 0; c < w; c++) {
          if (Math.abs(row[c] - lower[c][r]) > limit) {
            first = Math.min(first, start + (long) (p + r) * n + q + c);
          }
        }
      }
    }
    return first == Long.MAX_VALUE ? -1 : first;
  }

  /** See {@link org.jacana.backend.Lapack#triangles}. */
  static void triangles(View lu, View l, View u) {
    int m = lu.layout().dim(2);
    int n = lu.layout().dim(1);
    int k = l.layout().dim(1);
    double[] column = new double[m];
    Cursor from = new Cursor(lu);
    for (long i = 0; i < lu.layout().dim(0); i++) {
      for (int c = 0; c < n; c++) {
        from.get((i * n + c) * m, m, column);
        double[] up = new double[k];
        System.arraycopy(column, 0, up, 0, Math.min(c + 1, k));
        new Cursor(u).put((i * n + c) * k, k, up);
        if (c < k) {
          Arrays.fill(column, 0, c, 0);
          column[c] = 1;
          new Cursor(l).put((i * k + c) * m, m, column);
        }
      }
    }
  }

  /** See {@link org.jacana.backend.Lapack#signs}. */
  public static void signs(View v, View rows, int k) {
    int n = v.layout().dim(2);
    int c = v.layout().dim(1);
    Cursor vectors = new Cursor(v);
    double[] x = new double[n];
    for (int i = 0; i < v.layout().dim(0); i++) {
      boolean[] turned = new boolean[k];
      boolean any = false;
      for (int j = 0; j < k; j++) {
        long at = ((long) i * c + j) * n;
        vectors.get(at, n, x);
        if (pivot(x) < 0) {
          turned[j] = true;
          any = true;
          for (int e = 0; e < n; e++) {
            x[e] = -x[e];
          }
          vectors.put(at, n, x);
        }
      }
      if (any && rows != null) {
        turn(rows, i, turned);
      }
    }
  }

  /** The first element within 1e-5 of the largest magnitude. */
  private static double pivot(double[] x) {
    double largest = 0;
    for (double e : x) {
      largest = Math.max(largest, Math.abs(e));
    }
    for (double e : x) {
      if (Math.abs(e) >= (1 - 1e-5) * largest) {
        return e;
      }
    }
    return 0;
  }

  private static void turn(View rows, int i, boolean[] turned) {
    int m = rows.layout().dim(1);
    int r = rows.layout().dim(2);
    Cursor cursor = new Cursor(rows);
    double[] row = new double[r];
    for (int k = 0; k < m; k++) {
      long at = ((long) i * m + k) * r;
      cursor.get(at, r, row);
      for (int j = 0; j < turned.length; j++) {
        if (turned[j]) {
          row[j] = -row[j];
        }
      }
      cursor.put(at, r, row);
    }
  }
}
