package org.jacana.backend.reference;

import java.util.stream.IntStream;
import org.jacana.backend.reference.PlainLapack.Matrix;

/** Jacobi's method for symmetric matrices, by cyclic sweeps (Golub and Van Loan, section 8.5). */
final class PlainSymmetric {
  private static final int SWEEPS = 60;

  private PlainSymmetric() {}

  /** x becomes the eigenvectors, w the values in ascending order; 1 without convergence. */
  static int syevd(Matrix x, double[] w) {
    int n = x.n();
    for (int c = 0; c < n; c++) {
      for (int r = 0; r < c; r++) {
        x.set(r, c, x.get(c, r));
      }
    }
    Matrix v = new Matrix(n, n);
    for (int i = 0; i < n; i++) {
      v.set(i, i, 1);
    }
    double scale = 0;
    for (double e : x.a()) {
      scale = Math.max(scale, Math.abs(e));
    }
    boolean turning = scale > 0;
    int sweep = 0;
    for (; turning && sweep < SWEEPS; sweep++) {
      turning = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          if (Math.abs(x.get(p, q)) > 1e-17 * scale) {
            turning = true;
            rotate(x, v, p, q);
          }
        }
      }
    }
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted((i, j) -> Double.compare(x.get(i, i), x.get(j, j)))
            .mapToInt(i -> i)
            .toArray();
    for (int i = 0; i < n; i++) {
      w[i] = x.get(order[i], order[i]);
    }
    for (int i = 0; i < n; i++) {
      System.arraycopy(v.a(), order[i] * n, x.a(), i * n, n);
    }
    return turning ? 1 : 0;
  }

  private static void rotate(Matrix x, Matrix v, int p, int q) {
    double theta = (x.get(q, q) - x.get(p, p)) / (2 * x.get(p, q));
    double t = Math.copySign(1 / (Math.abs(theta) + Math.hypot(theta, 1)), theta);
    double c = 1 / Math.hypot(t, 1);
    double s = t * c;
    double change = t * x.get(p, q);
    x.set(p, p, x.get(p, p) - change);
    x.set(q, q, x.get(q, q) + change);
    x.set(p, q, 0);
    x.set(q, p, 0);
    for (int i = 0; i < x.n(); i++) {
      if (i != p && i != q) {
        double a = x.get(i, p);
        double b = x.get(i, q);
        x.set(i, p, c * a - s * b);
        x.set(p, i, x.get(i, p));
        x.set(i, q, s * a + c * b);
        x.set(q, i, x.get(i, q));
      }
      double a = v.get(i, p);
      double b = v.get(i, q);
      v.set(i, p, c * a - s * b);
      v.set(i, q, s * a + c * b);
    }
  }
}
