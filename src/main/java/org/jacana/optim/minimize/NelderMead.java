package org.jacana.optim.minimize;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The simplex method of Nelder and Mead 1965 with Gao and Han's parameters (2012), which depend on
 * the number of variables. It has no proof of convergence in more than one dimension.
 */
final class NelderMead extends Method {
  private record Corner(double[] x, double value) {}

  @Override
  public String name() {
    return "Nelder-Mead";
  }

  @Override
  boolean needsGradient() {
    return false;
  }

  @Override
  StopReason minimize(Run run) {
    int n = run.x.length;
    double m = Math.max(2, n);
    double expand = 1 + 2 / m;
    double contract = 0.75 - 1 / (2 * m);
    double shrink = 1 - 1 / m;
    double tolerance = run.limits.step() > 0 ? run.limits.step() : 1e3 * run.f.epsilon();
    Corner[] s = new Corner[n + 1];
    s[0] = new Corner(run.x, run.value);
    for (int i = 0; i < n; i++) {
      double[] x = run.x.clone();
      x[i] += x[i] == 0 ? 0.1 : 0.1 * Math.abs(x[i]);
      s[i + 1] = corner(run, x);
    }
    while (true) {
      // NaN sorts last, as a value that is worse than all.
      Arrays.sort(s, Comparator.comparingDouble(Corner::value));
      double size = size(s);
      StopReason spent = run.visit(s[0].x, s[0].value, size);
      if (size <= tolerance * Math.max(1, Vectors.largest(s[0].x))) {
        return StopReason.STEP;
      }
      if (spent != null) {
        return spent;
      }
      double[] centre = new double[n];
      for (int i = 0; i < n; i++) {
        centre = Vectors.along(centre, 1.0 / n, s[i].x);
      }
      Corner worst = s[n];
      double[] out = Vectors.minus(centre, worst.x);
      Corner r = corner(run, Vectors.along(centre, 1, out));
      if (r.value < s[0].value) {
        Corner e = corner(run, Vectors.along(centre, expand, out));
        s[n] = e.value < r.value ? e : r;
      } else if (r.value < s[n - 1].value) {
        s[n] = r;
      } else {
        boolean outside = r.value < worst.value;
        Corner c = corner(run, Vectors.along(centre, outside ? contract : -contract, out));
        if (outside ? c.value <= r.value : c.value < worst.value) {
          s[n] = c;
        } else {
          for (int i = 1; i <= n; i++) {
            double[] d = Vectors.minus(s[i].x, s[0].x);
            s[i] = corner(run, Vectors.along(s[0].x, shrink, d));
          }
        }
      }
    }
  }

  private static Corner corner(Run run, double[] x) {
    double[] at = run.f.round(x);
    return new Corner(at, run.f.value(at));
  }

  private static double size(Corner[] s) {
    double most = 0;
    for (Corner c : s) {
      most = Math.max(most, Vectors.largest(Vectors.minus(c.x, s[0].x)));
    }
    return most;
  }
}
