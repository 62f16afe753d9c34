package org.jacana.backend.reference;

import org.jacana.backend.reference.PlainLapack.Matrix;

/**
 * Right eigenvectors from a real Schur form: each is a null vector of T - lambda I, found from the
 * bottom up in complex numbers, turned back by Q.
 */
final class PlainEigenvectors {
  private PlainEigenvectors() {}

  /** In LAPACK's arrangement (see {@link org.jacana.backend.Lapack#geev}), of length 1. */
  static Matrix of(PlainSchur schur) {
    int n = schur.t.n();
    Matrix out = new Matrix(n, n);
    for (int k = 0; k < n; k++) {
      boolean pair = schur.im[k] > 0;
      double[] x = new double[n];
      double[] y = new double[n];
      solve(schur, k, x, y);
      double norm = 0;
      double[] u = new double[n];
      double[] w = new double[n];
      for (int r = 0; r < n; r++) {
        for (int j = 0; j < n; j++) {
          u[r] += schur.q.get(r, j) * x[j];
          w[r] += schur.q.get(r, j) * y[j];
        }
        norm = Math.hypot(norm, Math.hypot(u[r], w[r]));
      }
      for (int r = 0; r < n; r++) {
        out.set(r, k, u[r] / norm);
        if (pair) {
          out.set(r, k + 1, w[r] / norm);
        }
      }
      if (pair) {
        k++;
      }
    }
    return out;
  }

  /** x + iy in T's basis, for eigenvalue k, the first of a pair where it is complex. */
  private static void solve(PlainSchur s, int k, double[] x, double[] y) {
    Matrix t = s.t;
    double re = s.re[k];
    double im = s.im[k];
    int top;
    if (im == 0) {
      x[k] = 1;
      top = k - 1;
    } else {
      // Of the block (a b; c d): (a - lambda) v0 + b v1 = 0.
      x[k] = t.get(k, k + 1);
      x[k + 1] = re - t.get(k, k);
      y[k + 1] = im;
      top = k - 1;
    }
    double scale = Math.abs(re) + Math.abs(im);
    for (double e : t.a()) {
      scale = Math.max(scale, Math.abs(e));
    }
    double tiny = Math.max(1e-300, 1.1e-16 * scale);
    int last = im == 0 ? k : k + 1;
    for (int i = top; i >= 0; i--) {
      double[] f = right(t, i, i + 1, last, x, y);
      if (i == 0 || t.get(i, i - 1) == 0) {
        divide(f, t.get(i, i) - re, -im, tiny);
        x[i] = f[0];
        y[i] = f[1];
      } else {
        block(t, i, re, im, last, tiny, x, y);
        i--;
      }
    }
  }

  private static double[] right(Matrix t, int row, int from, int to, double[] x, double[] y) {
    double[] f = new double[2];
    for (int j = from; j <= to; j++) {
      f[0] -= t.get(row, j) * x[j];
      f[1] -= t.get(row, j) * y[j];
    }
    return f;
  }

  /** Rows i - 1 and i together, by Cramer's rule. */
  private static void block(
      Matrix t, int i, double re, double im, int last, double tiny, double[] x, double[] y) {
    double[] f = right(t, i - 1, i + 1, last, x, y);
    double[] g = right(t, i, i + 1, last, x, y);
    double a = t.get(i - 1, i - 1) - re;
    double d = t.get(i, i) - re;
    double b = t.get(i - 1, i);
    double c = t.get(i, i - 1);
    double detRe = a * d - im * im - b * c;
    double detIm = -im * (a + d);
    double[] p = {f[0] * d + f[1] * im - b * g[0], f[1] * d - f[0] * im - b * g[1]};
    double[] q = {g[0] * a + g[1] * im - c * f[0], g[1] * a - g[0] * im - c * f[1]};
    divide(p, detRe, detIm, tiny * tiny);
    divide(q, detRe, detIm, tiny * tiny);
    x[i - 1] = p[0];
    y[i - 1] = p[1];
    x[i] = q[0];
    y[i] = q[1];
  }

  private static void divide(double[] f, double re, double im, double tiny) {
    double size = Math.hypot(re, im);
    if (size < tiny) {
      re = tiny;
      im = 0;
      size = tiny;
    }
    double a = re / size;
    double b = im / size;
    double u = (f[0] * a + f[1] * b) / size;
    f[1] = (f[1] * a - f[0] * b) / size;
    f[0] = u;
  }
}
