package org.jacana.optim.minimize;

import org.jacana.Tensor;

/** Matrices of doubles as F64 tensors of the innermost scope, and back. */
final class Dense {
  private Dense() {}

  static Tensor tensor(double[][] rows) {
    int m = rows.length;
    int n = m == 0 ? 0 : rows[0].length;
    double[] all = new double[m * n];
    for (int i = 0; i < m; i++) {
      System.arraycopy(rows[i], 0, all, i * n, n);
    }
    return Tensor.of(all, m, n);
  }

  static double[][] rows(Tensor matrix) {
    int m = matrix.shape().dim(0);
    int n = matrix.shape().dim(1);
    double[] all = matrix.doubles();
    double[][] out = new double[m][n];
    for (int i = 0; i < m; i++) {
      System.arraycopy(all, i * n, out[i], 0, n);
    }
    return out;
  }

  /** A x. */
  static double[] times(double[][] a, double[] x) {
    double[] out = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      out[i] = Vectors.dot(a[i], x);
    }
    return out;
  }

  /** A^T y, of n elements. */
  static double[] transposed(double[][] a, double[] y, int n) {
    double[] out = new double[n];
    for (int i = 0; i < a.length; i++) {
      out = Vectors.along(out, y[i], a[i]);
    }
    return out;
  }
}
