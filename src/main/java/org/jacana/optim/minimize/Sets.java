package org.jacana.optim.minimize;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;

/** The sets that {@link Projection} names. */
final class Sets {
  private Sets() {}

  static double positive(String set, String what, double v) {
    if (!(v > 0) || Double.isInfinite(v)) {
      throw new IllegalArgumentException(
          set + ": the " + what + " must be above 0 and finite, got " + v);
    }
    return v;
  }

  private static double[] sameLength(String set, double[] x, int n) {
    if (x.length != n) {
      throw new IllegalArgumentException(
          set + ": the set has " + n + " dimensions, x has " + x.length);
    }
    return x;
  }

  record Box(double[] low, double[] high) implements Projection {
    Box {
      if (low.length != high.length) {
        throw new IllegalArgumentException(
            "box: needs as many lower bounds as upper ones, got "
                + low.length
                + " and "
                + high.length);
      }
      for (int i = 0; i < low.length; i++) {
        if (!(low[i] <= high[i])) {
          throw new IllegalArgumentException(
              "box: bound " + i + " is empty: " + low[i] + " to " + high[i]);
        }
      }
    }

    private int at(int i) {
      return low.length == 1 ? 0 : i;
    }

    private void require(int n) {
      if (low.length != 1 && low.length != n) {
        throw new IllegalArgumentException("box: it has " + low.length + " dimensions, x has " + n);
      }
    }

    @Override
    public double[] of(double[] x) {
      require(x.length);
      double[] z = new double[x.length];
      for (int i = 0; i < z.length; i++) {
        z[i] = Math.min(high[at(i)], Math.max(low[at(i)], x[i]));
      }
      return z;
    }

    @Override
    public double[] corner(double[] g) {
      require(g.length);
      double[] z = new double[g.length];
      for (int i = 0; i < z.length; i++) {
        z[i] = g[i] > 0 ? low[at(i)] : high[at(i)];
      }
      return Vectors.finite(z) ? z : Projection.super.corner(g);
    }

    @Override
    public String text() {
      return low.length == 1
          ? "the box [" + low[0] + ", " + high[0] + "]"
          : "the box of " + low.length + " bounds";
    }
  }

  record Ball(double[] centre, double radius) implements Projection {
    private double[] centre(int n) {
      return centre == null ? new double[n] : sameLength("ball", centre, n);
    }

    @Override
    public double[] of(double[] x) {
      double[] c = centre(x.length);
      double[] d = Vectors.minus(x, c);
      double norm = Vectors.norm(d);
      return norm <= radius ? x.clone() : Vectors.along(c, radius / norm, d);
    }

    @Override
    public double[] corner(double[] g) {
      double norm = Vectors.norm(g);
      double[] c = centre(g.length);
      return norm == 0 ? c.clone() : Vectors.along(c, -radius / norm, g);
    }

    @Override
    public String text() {
      return "the ball of radius " + radius;
    }
  }

  record Simplex(double total) implements Projection {
    @Override
    public double[] of(double[] x) {
      double[] sorted = x.clone();
      Arrays.sort(sorted);
      double sum = 0;
      double shift = 0;
      for (int k = 1; k <= x.length; k++) {
        double v = sorted[x.length - k];
        sum += v;
        double s = (sum - total) / k;
        if (v <= s) {
          break;
        }
        shift = s;
      }
      double[] z = new double[x.length];
      for (int i = 0; i < z.length; i++) {
        z[i] = Math.max(0, x[i] - shift);
      }
      return z;
    }

    @Override
    public double[] corner(double[] g) {
      int least = 0;
      for (int i = 1; i < g.length; i++) {
        least = g[i] < g[least] ? i : least;
      }
      double[] z = new double[g.length];
      z[least] = total;
      return z;
    }

    @Override
    public String text() {
      return "the simplex of sum " + total;
    }
  }

  record L1Ball(double radius) implements Projection {
    @Override
    public double[] of(double[] x) {
      double[] size = new double[x.length];
      Arrays.setAll(size, i -> Math.abs(x[i]));
      if (Vectors.sum(size) <= radius) {
        return x.clone();
      }
      double[] z = new Simplex(radius).of(size);
      Arrays.setAll(z, i -> Math.copySign(z[i], x[i]));
      return z;
    }

    @Override
    public double[] corner(double[] g) {
      int most = 0;
      for (int i = 1; i < g.length; i++) {
        most = Math.abs(g[i]) > Math.abs(g[most]) ? i : most;
      }
      double[] z = new double[g.length];
      z[most] = -Math.copySign(radius, g[most]);
      return z;
    }

    @Override
    public String text() {
      return "the l1 ball of radius " + radius;
    }
  }

  record HalfSpace(double[] a, double b) implements Projection {
    HalfSpace {
      if (!(Vectors.norm(a) > 0)) {
        throw new IllegalArgumentException("halfSpace: a is 0, which bounds nothing");
      }
    }

    @Override
    public double[] of(double[] x) {
      double over = Vectors.dot(sameLength("halfSpace", a, x.length), x) - b;
      return over <= 0 ? x.clone() : Vectors.along(x, -over / Vectors.dot(a, a), a);
    }

    @Override
    public String text() {
      return "the half-space a x <= " + b;
    }
  }

  record Affine(double[][] a, double[] b, double[][] inverse) implements Projection {
    @Override
    public double[] of(double[] x) {
      double[] over = Vectors.minus(Dense.times(a, sameLength("affine", x, a[0].length)), b);
      return Vectors.minus(x, Dense.times(inverse, over));
    }

    @Override
    public String text() {
      return "the affine set A x = b of " + b.length + " equations";
    }
  }

  static Projection affine(Tensor a, Tensor b) {
    if (a.rank() != 2 || b.rank() != 1 || a.shape().dim(0) != b.shape().dim(0)) {
      throw new IllegalArgumentException(
          "affine: A must be [m, n] and b [m], got " + a.shape() + " and " + b.shape());
    }
    try (Scope scope = Scope.open(a.device())) {
      Tensor matrix = a.detach().to(DType.F64);
      double[][] rows = Dense.rows(matrix);
      double[][] inverse = Dense.rows(Linalg.pinv(matrix));
      double[] right = b.doubles();
      double[] left = Dense.times(rows, Dense.times(inverse, right));
      if (!(Vectors.largest(Vectors.minus(left, right))
          <= 1e-9 * Math.max(1, Vectors.largest(right)))) {
        throw new IllegalArgumentException(
            "affine: no x satisfies A x = b; the equations contradict each other");
      }
      return new Affine(rows, right, inverse);
    }
  }
}
