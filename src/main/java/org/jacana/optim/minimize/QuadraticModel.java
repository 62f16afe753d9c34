package org.jacana.optim.minimize;

import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.linalg.Eigh;
import org.jacana.linalg.Linalg;

/** g p + p H p / 2 by H's eigenvalues, and its minimum in a ball. */
final class QuadraticModel {
  private final double[] values;
  private final double[][] vectors;
  private final double[] g;

  QuadraticModel(double[][] h, double[] gradient) {
    int n = gradient.length;
    try (Scope scope = Scope.open(Device.CPU)) {
      Eigh e = Linalg.eigh(Dense.tensor(h));
      values = e.values().doubles();
      vectors = Dense.rows(e.vectors().transpose(0, 1));
    }
    g = new double[n];
    for (int i = 0; i < n; i++) {
      g[i] = Vectors.dot(vectors[i], gradient);
    }
  }

  /** The model's value at p, 0 at 0. */
  double change(double[] p) {
    double s = 0;
    for (int i = 0; i < values.length; i++) {
      double q = Vectors.dot(vectors[i], p);
      s += q * (g[i] + values[i] * q / 2);
    }
    return s;
  }

  /** The p of |p| at most the radius with the least value (Nocedal and Wright, section 4.3). */
  double[] minimum(double radius) {
    int n = values.length;
    double least = values[0];
    if (least > 0) {
      double[] p = at(0);
      if (Vectors.norm(p) <= radius) {
        return back(p);
      }
    }
    double low = Math.max(0, -least);
    double scale = Math.max(Math.abs(least), Math.abs(values[n - 1]));
    double tiny = 1e-14 * Math.max(scale, Vectors.norm(g) / radius);
    double[] p = at(low + tiny);
    double norm = Vectors.norm(p);
    if (norm <= radius) {
      // The hard case: g has no part along the lowest eigenvector.
      p[0] += Math.copySign(Math.sqrt(radius * radius - norm * norm), p[0] == 0 ? 1 : p[0]);
      double over = Vectors.norm(p) / radius;
      return back(over > 1 ? Vectors.scaled(1 / over, p) : p);
    }
    // 1/|p| is nearly linear in the shift: Newton from the left of the root stays left of it.
    double shift = low + tiny;
    for (int k = 0; k < 100 && Math.abs(norm - radius) > 1e-12 * radius; k++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += p[i] * p[i] / (values[i] + shift);
      }
      double next = shift + norm * norm / sum * (norm - radius) / radius;
      if (!(next > shift)) {
        break;
      }
      shift = next;
      p = at(shift);
      norm = Vectors.norm(p);
    }
    return back(p);
  }

  private double[] at(double shift) {
    double[] p = new double[g.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = g[i] == 0 ? 0 : -g[i] / (values[i] + shift);
    }
    return p;
  }

  private double[] back(double[] coordinates) {
    double[] p = new double[coordinates.length];
    for (int i = 0; i < p.length; i++) {
      p = Vectors.along(p, coordinates[i], vectors[i]);
    }
    return p;
  }
}
