package org.jacana.backend.reference;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jacana.backend.reference.PlainLapack.Matrix;

/**
 * One-sided Jacobi (Hestenes 1958; Golub and Van Loan, section 8.6.3): rotations of pairs of
 * columns until all are orthogonal.
 */
record PlainSvd(int info, double[] s, Matrix u, Matrix v) {
  private static final int SWEEPS = 60;

  /** Singular values, with {@code left} columns of U and {@code right} of V; 0 for none. */
  static PlainSvd of(Matrix x, int left, int right) {
    if (x.m() < x.n()) {
      PlainSvd t = of(x.transposed(), right, left);
      return new PlainSvd(t.info, t.s, t.v, t.u);
    }
    int n = x.n();
    Matrix v = new Matrix(n, n);
    for (int i = 0; i < n; i++) {
      v.set(i, i, 1);
    }
    boolean turning = true;
    for (int sweep = 0; turning && sweep < SWEEPS; sweep++) {
      turning = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          turning |= rotate(x, v, p, q);
        }
      }
    }
    double[] norms = new double[n];
    for (int c = 0; c < n; c++) {
      for (int r = 0; r < x.m(); r++) {
        norms[c] = Math.hypot(norms[c], x.get(r, c));
      }
    }
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted((i, j) -> Double.compare(norms[j], norms[i]))
            .mapToInt(i -> i)
            .toArray();
    double[] s = new double[n];
    Matrix u = left == 0 ? null : new Matrix(x.m(), left);
    Matrix w = right == 0 ? null : new Matrix(n, right);
    int known = 0;
    for (int i = 0; i < n; i++) {
      s[i] = norms[order[i]];
      for (int r = 0; w != null && r < n; r++) {
        w.set(r, i, v.get(r, order[i]));
      }
      if (u != null && s[i] > 1e-300 && s[i] > 1e-16 * s[0]) {
        known = i + 1;
        for (int r = 0; r < x.m(); r++) {
          u.set(r, i, x.get(r, order[i]) / s[i]);
        }
      }
    }
    if (u != null) {
      complete(u, known);
    }
    return new PlainSvd(turning ? 1 : 0, s, u, w);
  }

  private static boolean rotate(Matrix x, Matrix v, int p, int q) {
    double a = 0;
    double b = 0;
    double g = 0;
    for (int r = 0; r < x.m(); r++) {
      double xp = x.get(r, p);
      double xq = x.get(r, q);
      a += xp * xp;
      b += xq * xq;
      g += xp * xq;
    }
    if (Math.abs(g) <= 1e-16 * Math.sqrt(a) * Math.sqrt(b) || g == 0) {
      return false;
    }
    double zeta = (b - a) / (2 * g);
    double t = Math.copySign(1 / (Math.abs(zeta) + Math.hypot(zeta, 1)), zeta);
    double c = 1 / Math.hypot(t, 1);
    turn(x, p, q, c, c * t);
    turn(v, p, q, c, c * t);
    return Math.abs(t) > 1e-16;
  }

  private static void turn(Matrix x, int p, int q, double c, double s) {
    for (int r = 0; r < x.m(); r++) {
      double a = x.get(r, p);
      double b = x.get(r, q);
      x.set(r, p, c * a - s * b);
      x.set(r, q, s * a + c * b);
    }
  }

  /** Fills the columns from {@code known} on with an orthonormal basis of the rest. */
  private static void complete(Matrix u, int known) {
    if (known == u.n()) {
      return;
    }
    // The reflections of the known columns take the other unit vectors to what is missing.
    Matrix q = new Matrix(u.m(), u.n());
    Matrix head = new Matrix(Arrays.copyOf(u.a(), u.m() * known), u.m(), known);
    PlainQr.geqrf(head, q);
    System.arraycopy(q.a(), u.m() * known, u.a(), u.m() * known, u.m() * (u.n() - known));
  }
}
