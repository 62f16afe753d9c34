package org.jacana.plot;

import java.awt.geom.Path2D;
import java.util.Arrays;

/** Values f[i][j] at the crossings (x[i], y[j]) of a grid. */
record Field(double[] x, double[] y, double[][] f) {
  Field {
    rising("x", x);
    rising("y", y);
    if (f.length != x.length) {
      throw new IllegalArgumentException(
          "field: " + f.length + " rows of values for " + x.length + " x");
    }
    for (int i = 0; i < f.length; i++) {
      if (f[i].length != y.length) {
        throw new IllegalArgumentException(
            "field: row " + i + " has " + f[i].length + " values for " + y.length + " y");
      }
    }
  }

  private static void rising(String name, double[] values) {
    boolean good = values.length >= 2;
    for (int i = 0; good && i < values.length; i++) {
      good = Double.isFinite(values[i]) && (i == 0 || values[i] > values[i - 1]);
    }
    if (!good) {
      throw new IllegalArgumentException(
          "field: "
              + name
              + " needs at least two finite, rising numbers, got "
              + Arrays.toString(values));
    }
  }

  private static int cell(double[] axis, double v) {
    int at = Arrays.binarySearch(axis, v);
    at = at >= 0 ? at : -at - 2;
    return Math.max(0, Math.min(axis.length - 2, at));
  }

  /** Between the four nearest crossings, linear in each direction. */
  double smooth(double px, double py) {
    int i = cell(x, px);
    int j = cell(y, py);
    double s = Math.max(0, Math.min(1, (px - x[i]) / (x[i + 1] - x[i])));
    double t = Math.max(0, Math.min(1, (py - y[j]) / (y[j + 1] - y[j])));
    double low = (1 - s) * f[i][j] + s * f[i + 1][j];
    double high = (1 - s) * f[i][j + 1] + s * f[i + 1][j + 1];
    return (1 - t) * low + t * high;
  }

  /** The value of the nearest crossing. */
  double nearest(double px, double py) {
    int i = cell(x, px);
    int j = cell(y, py);
    return f[px - x[i] > x[i + 1] - px ? i + 1 : i][py - y[j] > y[j + 1] - py ? j + 1 : j];
  }

  /**
   * The line on which the field has a value, in its coordinates: each cell is cut along two
   * triangles' edges, so that there is no ambiguous case.
   */
  Path2D contour(double level) {
    Path2D path = new Path2D.Double();
    for (int i = 0; i + 1 < x.length; i++) {
      for (int j = 0; j + 1 < y.length; j++) {
        triangle(path, level, i, j, i + 1, j, i + 1, j + 1);
        triangle(path, level, i, j, i, j + 1, i + 1, j + 1);
      }
    }
    return path;
  }

  private void triangle(Path2D path, double level, int... corners) {
    boolean started = false;
    for (int k = 0; k < 3; k++) {
      int i = corners[2 * k];
      int j = corners[2 * k + 1];
      int m = corners[(2 * k + 2) % 6];
      int n = corners[(2 * k + 3) % 6];
      double a = f[i][j];
      double b = f[m][n];
      if (!Double.isFinite(a) || !Double.isFinite(b)) {
        return;
      }
      // A corner that lies on the level counts as above it.
      if (a >= level != b >= level) {
        double t = (level - a) / (b - a);
        double px = x[i] + t * (x[m] - x[i]);
        double py = y[j] + t * (y[n] - y[j]);
        if (started) {
          path.lineTo(px, py);
        } else {
          path.moveTo(px, py);
          started = true;
        }
      }
    }
  }
}
