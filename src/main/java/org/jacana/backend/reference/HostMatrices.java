package org.jacana.backend.reference;

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

  /** See {@link org.jacana.backend.Lapack#notSymmetric}. */
  public static long notSymmetric(View a, double tolerance) {
    int n = a.layout().dim(2);
    int block = 32;
    Cursor cursor = new Cursor(a);
    double[][] upper = new double[block][block];
    double[][] lower = new double[block][block];
    for (int i = 0; i < a.layout().dim(0); i++) {
      long start = (long) i * n * n;
      double limit = tolerance * largest(cursor, start, n * n);
      for (int p = 0; p < n; p += block) {
        for (int q = p; q < n; q += block) {
          int h = Math.min(block, n - p);
          int w = Math.min(block, n - q);
          for (int r = 0; r < h; r++) {
            cursor.get(start + (long) (p + r) * n + q, w, upper[r]);
          }
          for (int r = 0; r < w; r++) {
            cursor.get(start + (long) (q + r) * n + p, h, lower[r]);
          }
          for (int r = 0; r < h; r++) {
            for (int c = 0; c < w; c++) {
              if (Math.abs(upper[r][c] - lower[c][r]) > limit) {
                return start + (long) (p + r) * n + q + c;
              }
            }
          }
        }
      }
    }
    return -1;
  }

  private static double largest(Cursor cursor, long start, int n) {
    double[] tile = new double[Cursor.TILE];
    double largest = 0;
    for (int at = 0; at < n; at += tile.length) {
      int count = Math.min(tile.length, n - at);
      cursor.get(start + at, count, tile);
      for (int i = 0; i < count; i++) {
        largest = Math.max(largest, Math.abs(tile[i]));
      }
    }
    return largest;
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
