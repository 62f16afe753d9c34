package org.jacana.backend.reference;

import org.jacana.backend.reference.PlainLapack.Matrix;

/**
 * LU with partial pivoting, Cholesky and triangular systems (Golub and Van Loan, chapters 3, 4).
 */
final class PlainLu {
  private PlainLu() {}

  static int getrf(Matrix x, int[] pivots) {
    int info = 0;
    for (int k = 0; k < pivots.length; k++) {
      int best = k;
      for (int r = k + 1; r < x.m(); r++) {
        if (Math.abs(x.get(r, k)) > Math.abs(x.get(best, k))) {
          best = r;
        }
      }
      pivots[k] = best + 1;
      if (x.get(best, k) == 0) {
        info = info == 0 ? k + 1 : info;
        continue;
      }
      exchange(x, k, best);
      for (int r = k + 1; r < x.m(); r++) {
        x.set(r, k, x.get(r, k) / x.get(k, k));
      }
      for (int c = k + 1; c < x.n(); c++) {
        double s = x.get(k, c);
        for (int r = k + 1; r < x.m(); r++) {
          x.set(r, c, x.get(r, c) - x.get(r, k) * s);
        }
      }
    }
    return info;
  }

  private static void exchange(Matrix x, int p, int q) {
    for (int c = 0; c < x.n() && p != q; c++) {
      double t = x.get(p, c);
      x.set(p, c, x.get(q, c));
      x.set(q, c, t);
    }
  }

  static void getrs(boolean transposed, Matrix lu, int[] pivots, Matrix b) {
    if (transposed) {
      trtrs(true, true, false, lu, b);
      trtrs(false, true, true, lu, b);
      for (int k = pivots.length - 1; k >= 0; k--) {
        exchange(b, k, pivots[k] - 1);
      }
    } else {
      for (int k = 0; k < pivots.length; k++) {
        exchange(b, k, pivots[k] - 1);
      }
      trtrs(false, false, true, lu, b);
      trtrs(true, false, false, lu, b);
    }
  }

  /** The position, from 1, of the first zero on the diagonal, or 0. */
  static int singular(Matrix x) {
    for (int k = 0; k < Math.min(x.m(), x.n()); k++) {
      if (x.get(k, k) == 0) {
        return k + 1;
      }
    }
    return 0;
  }

  static void trtrs(boolean upper, boolean transposed, boolean unit, Matrix t, Matrix b) {
    int n = t.n();
    boolean forward = upper == transposed;
    for (int c = 0; c < b.n(); c++) {
      for (int step = 0; step < n; step++) {
        int i = forward ? step : n - 1 - step;
        double s = b.get(i, c);
        int from = forward ? 0 : i + 1;
        int to = forward ? i : n;
        for (int k = from; k < to; k++) {
          s -= (transposed ? t.get(k, i) : t.get(i, k)) * b.get(k, c);
        }
        b.set(i, c, unit ? s : s / t.get(i, i));
      }
    }
  }

  static int potrf(Matrix x) {
    for (int k = 0; k < x.n(); k++) {
      double d = x.get(k, k);
      for (int j = 0; j < k; j++) {
        d -= x.get(k, j) * x.get(k, j);
      }
      if (!(d > 0)) {
        return k + 1;
      }
      double root = Math.sqrt(d);
      x.set(k, k, root);
      for (int r = k + 1; r < x.n(); r++) {
        double s = x.get(r, k);
        for (int j = 0; j < k; j++) {
          s -= x.get(r, j) * x.get(k, j);
        }
        x.set(r, k, s / root);
      }
    }
    return 0;
  }
}
