package org.jacana.backend.reference;

import org.jacana.backend.reference.PlainLapack.Matrix;

/**
 * The real Schur form A = Q T Q^T: Householder reduction to Hessenberg form, then Francis's
 * implicit double shifts with deflation (Golub and Van Loan, algorithms 7.4.2, 7.5.1 and 7.5.2).
 */
final class PlainSchur {
  private static final int STEPS = 60;

  final Matrix t;
  final Matrix q;
  final double[] re;
  final double[] im;
  private final int n;

  /** Works in {@code a}. */
  PlainSchur(Matrix a) {
    t = a;
    n = a.n();
    q = new Matrix(n, n);
    re = new double[n];
    im = new double[n];
    for (int i = 0; i < n; i++) {
      q.set(i, i, 1);
    }
  }

  /** 0, or the number of rows left without convergence. */
  int run() {
    hessenberg();
    int high = n - 1;
    int steps = 0;
    while (high > 0) {
      int low = high;
      while (low > 0 && !negligible(low)) {
        low--;
      }
      if (low > 0) {
        t.set(low, low - 1, 0);
      }
      if (low == high) {
        high--;
        steps = 0;
      } else if (low == high - 1 && settle(low)) {
        high -= 2;
        steps = 0;
      } else if (steps++ == STEPS) {
        return high + 1;
      } else {
        francis(low, high, steps % 10 == 0);
      }
    }
    read();
    return 0;
  }

  private boolean negligible(int i) {
    double near = Math.abs(t.get(i, i)) + Math.abs(t.get(i - 1, i - 1));
    if (near == 0) {
      near = 1e-300;
    }
    return Math.abs(t.get(i, i - 1)) <= 1.1e-16 * near;
  }

  private void hessenberg() {
    double[] v = new double[n];
    for (int k = 0; k < n - 2; k++) {
      int length = n - k - 1;
      System.arraycopy(t.a(), k * n + k + 1, v, 0, length);
      double tau = PlainQr.reflector(v, 0, length);
      v[0] = 1;
      reflect(v, length, tau, k + 1, k, 0, n - 1);
      for (int r = k + 2; r < n; r++) {
        t.set(r, k, 0);
      }
    }
  }

  /**
   * T := H T H on rows and columns from {@code at}, from a first column to a last row; Q := Q H.
   */
  private void reflect(double[] v, int length, double tau, int at, int first, int top, int last) {
    for (int c = first; c < n; c++) {
      double s = 0;
      for (int i = 0; i < length; i++) {
        s += v[i] * t.get(at + i, c);
      }
      for (int i = 0; i < length; i++) {
        t.set(at + i, c, t.get(at + i, c) - tau * s * v[i]);
      }
    }
    right(t, v, length, tau, at, top, last);
    right(q, v, length, tau, at, 0, n - 1);
  }

  private static void right(
      Matrix x, double[] v, int length, double tau, int at, int top, int last) {
    for (int r = top; r <= last; r++) {
      double s = 0;
      for (int i = 0; i < length; i++) {
        s += x.get(r, at + i) * v[i];
      }
      for (int i = 0; i < length; i++) {
        x.set(r, at + i, x.get(r, at + i) - tau * s * v[i]);
      }
    }
  }

  private void francis(int low, int high, boolean exceptional) {
    double s = t.get(high - 1, high - 1) + t.get(high, high);
    double d =
        t.get(high - 1, high - 1) * t.get(high, high)
            - t.get(high - 1, high) * t.get(high, high - 1);
    if (exceptional) {
      double w = Math.abs(t.get(high, high - 1)) + Math.abs(t.get(high - 1, Math.max(0, high - 2)));
      s = 1.5 * w;
      d = w * w;
    }
    double a = t.get(low, low);
    double x = a * a + t.get(low, low + 1) * t.get(low + 1, low) - s * a + d;
    double y = t.get(low + 1, low) * (a + t.get(low + 1, low + 1) - s);
    double z = high > low + 1 ? t.get(low + 1, low) * t.get(low + 2, low + 1) : 0;
    for (int k = low; k < high; k++) {
      int length = Math.min(3, high - k + 1);
      double[] v = {x, y, z};
      double tau = PlainQr.reflector(v, 0, length);
      v[0] = 1;
      int first = Math.max(low, k - 1);
      reflect(v, length, tau, k, first, 0, Math.min(high, k + 3));
      if (k > low) {
        t.set(k + 1, k - 1, 0);
        if (length == 3) {
          t.set(k + 2, k - 1, 0);
        }
      }
      if (k < high - 1) {
        x = t.get(k + 1, k);
        y = t.get(k + 2, k);
        z = k < high - 2 ? t.get(k + 3, k) : 0;
      }
    }
  }

  /** A block of two rows: true for a complex pair; a real pair is split by a rotation. */
  private boolean settle(int i) {
    double a = t.get(i, i);
    double b = t.get(i, i + 1);
    double c = t.get(i + 1, i);
    double d = t.get(i + 1, i + 1);
    double p = (a - d) / 2;
    double disc = p * p + b * c;
    if (disc < 0) {
      return true;
    }
    // (lambda - d, c) is the eigenvector of the eigenvalue farther from d.
    double x = p + Math.copySign(Math.sqrt(disc), p);
    double r = Math.hypot(x, c);
    double[] v = {x, c};
    double tau = PlainQr.reflector(v, 0, 2);
    v[0] = 1;
    if (r > 0) {
      reflect(v, 2, tau, i, i, 0, i + 1);
    }
    t.set(i + 1, i, 0);
    return true;
  }

  private void read() {
    for (int i = 0; i < n; i++) {
      re[i] = t.get(i, i);
      if (i + 1 < n && t.get(i + 1, i) != 0) {
        double p = (t.get(i, i) - t.get(i + 1, i + 1)) / 2;
        double mean = (t.get(i, i) + t.get(i + 1, i + 1)) / 2;
        double root = Math.sqrt(Math.max(0, -(p * p + t.get(i, i + 1) * t.get(i + 1, i))));
        re[i] = mean;
        re[i + 1] = mean;
        im[i] = root;
        im[i + 1] = -root;
        i++;
      }
    }
  }
}
