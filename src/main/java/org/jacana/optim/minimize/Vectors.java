package org.jacana.optim.minimize;

/** Sums and products of vectors of doubles on the host. */
public final class Vectors {
  private Vectors() {}

  /** The sum of a_i b_i. */
  public static double dot(double[] a, double[] b) {
    double s = 0;
    for (int i = 0; i < a.length; i++) {
      s += a[i] * b[i];
    }
    return s;
  }

  /** a + t b, a new vector. */
  public static double[] along(double[] a, double t, double[] b) {
    double[] c = new double[a.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = a[i] + t * b[i];
    }
    return c;
  }

  static double[] minus(double[] a, double[] b) {
    return along(a, -1, b);
  }

  static double[] scaled(double t, double[] a) {
    return along(new double[a.length], t, a);
  }

  static double norm(double[] a) {
    return Math.sqrt(dot(a, a));
  }

  /** The largest size of a component, NaN where one is; 0 for none. */
  static double largest(double[] a) {
    double most = 0;
    for (double v : a) {
      most = Math.max(most, Math.abs(v));
    }
    return most;
  }

  static double sum(double[] a) {
    double s = 0;
    for (double v : a) {
      s += v;
    }
    return s;
  }

  static boolean finite(double[] a) {
    for (double v : a) {
      if (!Double.isFinite(v)) {
        return false;
      }
    }
    return true;
  }
}
