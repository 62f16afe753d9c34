package org.jacana.optim.minimize;

/**
 * -H g with a dense inverse Hessian: H+ = (I - s y^T / sy) H (I - y s^T / sy) + s s^T / sy, started
 * from sy / yy I before the first update (Nocedal and Wright 2006, 6.17 and 6.20).
 */
final class Bfgs implements Descent.Direction {
  private final int n;
  private double[][] h;

  Bfgs(int size) {
    n = size;
  }

  @Override
  public double[] next(double[] gradient) {
    return h == null ? Vectors.scaled(-1, gradient) : Vectors.scaled(-1, times(gradient));
  }

  private double[] times(double[] v) {
    double[] out = new double[n];
    for (int i = 0; i < n; i++) {
      out[i] = Vectors.dot(h[i], v);
    }
    return out;
  }

  @Override
  public void moved(double[] s, double[] y, double[] direction, double[] gradient) {
    double sy = Vectors.dot(s, y);
    // Without positive curvature the update would lose definiteness.
    if (!(sy > 1e-14 * Vectors.norm(s) * Vectors.norm(y))) {
      return;
    }
    if (h == null) {
      h = new double[n][n];
      for (int i = 0; i < n; i++) {
        h[i][i] = sy / Vectors.dot(y, y);
      }
    }
    double[] hy = times(y);
    double c = (1 + Vectors.dot(y, hy) / sy) / sy;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        h[i][j] += c * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy;
      }
    }
  }

  @Override
  public void reset() {
    h = null;
  }

  @Override
  public boolean scaled() {
    return h != null;
  }
}
