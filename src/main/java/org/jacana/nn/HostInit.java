package org.jacana.nn;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Initial weights that are computed element by element, in doubles on the host. */
final class HostInit {
  private HostInit() {}

  private static Tensor tensor(DType type, Shape shape, double[] values) {
    return Scope.tidy(() -> Tensor.of(values).reshape(shape).to(type));
  }

  private static double[] draws(Generator g, boolean normal, int n) {
    try (Tensor t = Scope.release(normal ? g.normal(DType.F64, n) : g.uniform(DType.F64, n))) {
      return t.doubles();
    }
  }

  private static int size(Shape shape) {
    return Math.toIntExact(shape.size());
  }

  static Init eye() {
    return (type, shape, g) -> {
      requireMatrix("eye", shape);
      double[] v = new double[size(shape)];
      for (int i = 0; i < Math.min(shape.dim(0), shape.dim(1)); i++) {
        v[i * shape.dim(1) + i] = 1;
      }
      return tensor(type, shape, v);
    };
  }

  private static void requireMatrix(String init, Shape shape) {
    if (shape.rank() != 2) {
      throw new IllegalArgumentException(init + ": needs a weight [out, in], got " + shape);
    }
  }

  static Init dirac(int groups) {
    Check.positive("dirac", "groups", groups);
    return (type, shape, g) -> {
      if (shape.rank() != 4 || shape.dim(0) % groups != 0) {
        throw new IllegalArgumentException(
            "dirac: needs filters [O, KH, KW, C] with O a multiple of "
                + groups
                + " groups, got "
                + shape);
      }
      int height = shape.dim(1);
      int width = shape.dim(2);
      int channels = shape.dim(3);
      int each = shape.dim(0) / groups;
      double[] v = new double[size(shape)];
      for (int group = 0; group < groups; group++) {
        for (int c = 0; c < Math.min(each, channels); c++) {
          int o = group * each + c;
          v[((o * height + height / 2) * width + width / 2) * channels + c] = 1;
        }
      }
      return tensor(type, shape, v);
    };
  }

  static Init sparse(double sparsity, double deviation) {
    Check.probability("sparse", "sparsity", sparsity);
    Check.notNegative("sparse", "deviation", deviation);
    return (type, shape, g) -> {
      requireMatrix("sparse", shape);
      int rows = shape.dim(0);
      int columns = shape.dim(1);
      double[] v = draws(g, true, rows * columns);
      for (int i = 0; i < v.length; i++) {
        v[i] *= deviation;
      }
      int zeros = (int) Math.ceil(sparsity * rows);
      double[] u = draws(g, false, columns * zeros);
      int[] order = new int[rows];
      for (int c = 0; c < columns; c++) {
        for (int r = 0; r < rows; r++) {
          order[r] = r;
        }
        for (int k = 0; k < zeros; k++) {
          int pick = k + Math.min(rows - k - 1, (int) (u[c * zeros + k] * (rows - k)));
          int row = order[pick];
          order[pick] = order[k];
          v[row * columns + c] = 0;
        }
      }
      return tensor(type, shape, v);
    };
  }

  static Init orthogonal(double gain) {
    Check.notNegative("orthogonal", "gain", gain);
    return (type, shape, g) -> {
      if (shape.rank() < 2 || shape.size() == 0) {
        throw new IllegalArgumentException(
            "orthogonal: needs a non-empty weight with two axes or more, got " + shape);
      }
      int rows = shape.dim(0);
      int columns = size(shape) / rows;
      int count = Math.min(rows, columns);
      int length = Math.max(rows, columns);
      double[][] q = new double[count][];
      for (int i = 0; i < count; i++) {
        q[i] = draws(g, true, length);
        normalize(q, i);
      }
      double[] v = new double[rows * columns];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          v[r * columns + c] = gain * (rows <= columns ? q[r][c] : q[c][r]);
        }
      }
      return tensor(type, shape, v);
    };
  }

  /**
   * Makes row i orthogonal to those before it. Gram-Schmidt on normal rows gives the QR factor with
   * a positive diagonal, which is uniform on the orthogonal matrices; the second round removes what
   * rounding left of the first.
   */
  private static void normalize(double[][] q, int i) {
    double[] row = q[i];
    for (int round = 0; round < 2; round++) {
      for (int k = 0; k < i; k++) {
        double along = dot(row, q[k]);
        for (int j = 0; j < row.length; j++) {
          row[j] -= along * q[k][j];
        }
      }
      double norm = Math.sqrt(dot(row, row));
      for (int j = 0; j < row.length; j++) {
        row[j] /= norm;
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double s = 0;
    for (int j = 0; j < a.length; j++) {
      s += a[j] * b[j];
    }
    return s;
  }

  static Init truncatedNormal(double mean, double deviation, double low, double high) {
    Check.finite("truncatedNormal", "mean", mean);
    Check.finite("truncatedNormal", "low", low);
    Check.finite("truncatedNormal", "high", high);
    if (!(deviation > 0) || Double.isInfinite(deviation) || !(low < high)) {
      throw new IllegalArgumentException(
          "truncatedNormal: needs a positive deviation and low below high, got deviation "
              + deviation
              + ", low "
              + low
              + " and high "
              + high);
    }
    double a = (low - mean) / deviation;
    double b = (high - mean) / deviation;
    // In the upper tail 1 - P would lose its digits: draw from the mirror image.
    boolean mirrored = a > 0;
    double from = Gaussian.below(mirrored ? -b : a);
    double to = Gaussian.below(mirrored ? -a : b);
    if (!(to - from >= 1e-12)) {
      throw new IllegalArgumentException(
          "truncatedNormal: almost nothing of the distribution lies in "
              + low
              + ".."
              + high
              + "; move the mean towards it");
    }
    return (type, shape, g) -> {
      double[] v = draws(g, false, size(shape));
      for (int i = 0; i < v.length; i++) {
        double z = Gaussian.quantile(from + v[i] * (to - from));
        v[i] = Math.min(high, Math.max(low, mean + deviation * (mirrored ? -z : z)));
      }
      return tensor(type, shape, v);
    };
  }
}
