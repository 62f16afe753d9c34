package org.jacana.optim.minimize;

/** Symmetric systems by Cholesky's decomposition, shifted until they are positive definite. */
public final class ModifiedCholesky {
  private ModifiedCholesky() {}

  /**
   * The solution of (A + shift I) x = b, or null if that matrix is not positive definite.
   *
   * @param a [n][n], symmetric; the lower triangle is read
   */
  public static double[] solve(double[][] a, double shift, double[] b) {
    int n = b.length;
    double[][] l = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double s = a[i][j] + (i == j ? shift : 0);
        for (int k = 0; k < j; k++) {
          s -= l[i][k] * l[j][k];
        }
        if (i == j && !(s > 0)) {
          return null;
        }
        l[i][j] = i == j ? Math.sqrt(s) : s / l[j][j];
      }
    }
    double[] x = b.clone();
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        x[i] -= l[i][k] * x[k];
      }
      x[i] /= l[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        x[i] -= l[k][i] * x[k];
      }
      x[i] /= l[i][i];
    }
    return x;
  }

  /** The solution with the first shift of a doubling sequence that works, 0 if that does. */
  static double[] solve(double[][] a, double[] b) {
    double least = Double.POSITIVE_INFINITY;
    double size = 0;
    for (int i = 0; i < b.length; i++) {
      least = Math.min(least, a[i][i]);
      size = Math.max(size, Vectors.norm(a[i]));
    }
    double step = 1e-3 * (size > 0 ? size : 1);
    double shift = least > 0 ? 0 : step - least;
    double[] x = solve(a, shift, b);
    for (int n = 0; (x == null || !Vectors.finite(x)) && n < 60; n++) {
      shift = Math.max(2 * shift, step);
      x = solve(a, shift, b);
    }
    return x;
  }
}
