package org.jacana.optim.regression;

import java.util.Arrays;

/** Sweeps of soft thresholding; keeps its coefficients for the next penalty. */
final class CoordinateDescent {
  private final Design d;
  private final double[] b;
  private final double[] r;
  private final double[] squares;

  CoordinateDescent(Design d) {
    this.d = d;
    b = new double[d.p];
    r = d.y.clone();
    squares = new double[d.p];
    Arrays.setAll(squares, j -> dot(d.columns[j], d.columns[j]) / d.n);
  }

  static double dot(double[] a, double[] b) {
    double s = 0;
    for (int i = 0; i < a.length; i++) {
      s += a[i] * b[i];
    }
    return s;
  }

  /** The least l1 weight at which all coefficients are 0. */
  static double largest(Design d) {
    double most = 0;
    for (double[] column : d.columns) {
      most = Math.max(most, Math.abs(dot(column, d.y)) / d.n);
    }
    return most;
  }

  SparseFit fit(double l1, double l2, double tolerance, int limit) {
    double enough = tolerance * Math.max(largest(d), Double.MIN_NORMAL);
    int sweeps = 0;
    while (sweeps < limit && violation(l1, l2) > enough) {
      sweep(l1, l2, false);
      sweeps++;
      // The others are looked at again when these stand still.
      for (int k = 0; k < 10 && sweeps < limit && sweep(l1, l2, true); k++) {
        sweeps++;
      }
      refresh();
    }
    double left = violation(l1, l2);
    double gap = gap(d, b, r, l1, l2);
    return new SparseFit(d.model(b.clone()), l1, l2, gap, left, sweeps, left <= enough);
  }

  /** One pass, over the coefficients that are not 0 only if asked; whether any moved. */
  private boolean sweep(double l1, double l2, boolean active) {
    boolean moved = false;
    for (int j = 0; j < b.length; j++) {
      if (squares[j] == 0 || active && b[j] == 0) {
        continue;
      }
      double[] x = d.columns[j];
      double old = b[j];
      double z = dot(x, r) / d.n + squares[j] * old;
      double by = z > l1 ? z - l1 : z < -l1 ? z + l1 : 0;
      b[j] = by / (squares[j] + l2);
      double change = b[j] - old;
      if (change != 0) {
        moved = true;
        for (int i = 0; i < r.length; i++) {
          r[i] -= change * x[i];
        }
      }
    }
    return moved;
  }

  /** The residuals afresh, without the rounding of their updates. */
  private void refresh() {
    System.arraycopy(d.y, 0, r, 0, r.length);
    for (int j = 0; j < b.length; j++) {
      if (b[j] != 0) {
        for (int i = 0; i < r.length; i++) {
          r[i] -= b[j] * d.columns[j][i];
        }
      }
    }
  }

  private double violation(double l1, double l2) {
    double most = 0;
    for (int j = 0; j < b.length; j++) {
      double g = dot(d.columns[j], r) / d.n - l2 * b[j];
      double off = b[j] == 0 ? Math.max(0, Math.abs(g) - l1) : Math.abs(g - l1 * Math.signum(b[j]));
      most = Math.max(most, squares[j] == 0 ? 0 : off);
    }
    return most;
  }

  /** Primal less dual, at the residuals scaled into the dual's feasible set. */
  static double gap(Design d, double[] b, double[] r, double l1, double l2) {
    double bb = dot(b, b);
    double size = 0;
    double sum = 0;
    for (int j = 0; j < b.length; j++) {
      size = Math.max(size, Math.abs(dot(d.columns[j], r) / d.n - l2 * b[j]));
      sum += Math.abs(b[j]);
    }
    double scale = size <= l1 ? 1 : l1 / size;
    double rr = dot(r, r) / d.n + l2 * bb;
    double yr = dot(d.y, r) / d.n;
    double primal = rr / 2 + l1 * sum;
    // |y|^2 / 2 - |y - s r|^2 / 2 = s y r - s^2 r r / 2
    return Math.max(0, primal - (scale * yr - scale * scale * rr / 2));
  }
}
