package org.jacana.optim.regression;

import java.util.Arrays;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;

/** A table of inputs and a target as doubles, centred where there is an intercept. */
final class Design {
  final int n;
  final int p;

  /** Columns [p][n], less their means. */
  final double[][] columns;

  final double[] y;
  final double[] means;
  final double mean;

  Design(String who, Tensor x, Tensor target, boolean intercept) {
    requireTable(who, x);
    n = x.shape().dim(0);
    p = x.shape().dim(1);
    if (target.rank() != 1 || target.shape().dim(0) != n) {
      throw new IllegalArgumentException(
          who + ": y must be [" + n + "] for x " + x.shape() + ", got " + target.shape());
    }
    double[] all = x.doubles();
    y = target.doubles();
    requireFinite(who, "x", all);
    requireFinite(who, "y", y);
    columns = new double[p][n];
    means = new double[p];
    for (int j = 0; j < p; j++) {
      for (int i = 0; i < n; i++) {
        columns[j][i] = all[i * p + j];
      }
      means[j] = intercept ? centre(columns[j]) : 0;
    }
    mean = intercept ? centre(y) : 0;
  }

  private static double centre(double[] v) {
    double mean = Arrays.stream(v).sum() / v.length;
    for (int i = 0; i < v.length; i++) {
      v[i] -= mean;
    }
    return mean;
  }

  static void requireTable(String who, Tensor x) {
    if (x.rank() != 2 || x.size() == 0 || !x.dtype().isFloat()) {
      throw new IllegalArgumentException(
          who
              + ": x must be a float table [n, p] with rows and columns, got "
              + x.dtype()
              + " "
              + x.shape());
    }
  }

  static void requireColumns(String who, Tensor x, int p) {
    requireTable(who, x);
    if (x.shape().dim(1) != p) {
      throw new IllegalArgumentException(
          who + ": the model was fitted to " + p + " columns, x is " + x.shape());
    }
  }

  static void requireFinite(String who, String what, double[] v) {
    for (double e : v) {
      if (!Double.isFinite(e)) {
        throw new IllegalArgumentException(
            who + ": " + what + " holds NaN or an infinity; remove or fill such rows first");
      }
    }
  }

  static double notNegative(String who, String what, double v) {
    if (!(v >= 0) || Double.isInfinite(v)) {
      throw new IllegalArgumentException(
          who + ": " + what + " must be finite and not negative, got " + v);
    }
    return v;
  }

  /** The model in the data's own units. */
  LinearModel model(double[] b) {
    double intercept = mean;
    for (int j = 0; j < p; j++) {
      intercept -= means[j] * b[j];
    }
    return new LinearModel(b, intercept);
  }

  /** The rows [n][p], less the means. */
  double[][] rows() {
    double[][] rows = new double[n][p];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < p; j++) {
        rows[i][j] = columns[j][i];
      }
    }
    return rows;
  }

  /** Rows as one array, with those of root times the identity below. */
  double[] flat(double root) {
    int extra = root == 0 ? 0 : p;
    double[] out = new double[(n + extra) * p];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < p; j++) {
        out[i * p + j] = columns[j][i];
      }
    }
    for (int j = 0; j < extra; j++) {
      out[(n + j) * p + j] = root;
    }
    return out;
  }

  /** The least squares solution with root^2 |b|^2 added, by QR. */
  double[] solve(double root) {
    int extra = root == 0 ? 0 : p;
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor a = Tensor.of(flat(root), n + extra, p);
      return Linalg.lstsq(a, Tensor.of(Arrays.copyOf(y, n + extra))).doubles();
    }
  }
}
