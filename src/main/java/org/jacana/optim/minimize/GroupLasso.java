package org.jacana.optim.minimize;

import java.util.HashSet;
import java.util.Set;

/** Block soft thresholding. */
record GroupLasso(double lambda, int[][] groups) implements Prox {
  GroupLasso {
    Set<Integer> seen = new HashSet<>();
    for (int[] group : groups) {
      for (int i : group) {
        if (i < 0 || !seen.add(i)) {
          throw new IllegalArgumentException(
              "groupLasso: index " + i + " is negative or in two groups; groups must not overlap");
        }
      }
    }
  }

  private static double norm(double[] x, int[] group) {
    double s = 0;
    for (int i : group) {
      if (i >= x.length) {
        throw new IllegalArgumentException(
            "groupLasso: index " + i + " is outside x of " + x.length + " components");
      }
      s += x[i] * x[i];
    }
    return Math.sqrt(s);
  }

  @Override
  public double[] apply(double[] x, double t) {
    double[] z = x.clone();
    for (int[] group : groups) {
      double norm = norm(x, group);
      double part = norm <= lambda * t ? 0 : 1 - lambda * t / norm;
      for (int i : group) {
        z[i] *= part;
      }
    }
    return z;
  }

  @Override
  public double value(double[] x) {
    double s = 0;
    for (int[] group : groups) {
      s += norm(x, group);
    }
    return lambda * s;
  }
}
