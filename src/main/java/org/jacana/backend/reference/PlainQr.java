package org.jacana.backend.reference;

import org.jacana.backend.reference.PlainLapack.Matrix;

/** Householder reflections with LAPACK's signs: beta = -sign(alpha) |x|. */
final class PlainQr {
  private PlainQr() {}

  /** v with v[0] = 1 below (and at) row {@code at} of a column, and the factor tau. */
  static double reflector(double[] x, int from, int n) {
    double tail = 0;
    for (int i = 1; i < n; i++) {
      tail = Math.hypot(tail, x[from + i]);
    }
    if (tail == 0) {
      return 0;
    }
    double alpha = x[from];
    double beta = -Math.copySign(Math.hypot(alpha, tail), alpha);
    for (int i = 1; i < n; i++) {
      x[from + i] /= alpha - beta;
    }
    x[from] = beta;
    return (beta - alpha) / beta;
  }

  /** The column's rest becomes (I - tau v v^T) times it, for v stored in another column. */
  static void reflect(double[] v, int vAt, double tau, double[] x, int at, int n) {
    double s = x[at];
    for (int i = 1; i < n; i++) {
      s += v[vAt + i] * x[at + i];
    }
    s *= tau;
    x[at] -= s;
    for (int i = 1; i < n; i++) {
      x[at + i] -= s * v[vAt + i];
    }
  }

  /** x becomes R in its upper triangle, q the first columns of Q. */
  static void geqrf(Matrix x, Matrix q) {
    int m = x.m();
    int k = Math.min(m, x.n());
    double[] tau = new double[k];
    for (int j = 0; j < k; j++) {
      int at = j * m + j;
      tau[j] = reflector(x.a(), at, m - j);
      for (int c = j + 1; c < x.n(); c++) {
        reflect(x.a(), at, tau[j], x.a(), c * m + j, m - j);
      }
    }
    for (int c = 0; c < q.n(); c++) {
      q.set(c, c, 1);
    }
    for (int j = k - 1; j >= 0; j--) {
      for (int c = j; c < q.n(); c++) {
        reflect(x.a(), j * m + j, tau[j], q.a(), c * m + j, m - j);
      }
    }
  }
}
