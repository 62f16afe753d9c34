package org.jacana.optim.minimize;

import java.util.ArrayDeque;

/** x + t (P(x - a g) - x) with Barzilai and Borwein's a. */
final class SpectralGradient extends ConstraintMethod {
  private static final int MEMORY = 10;

  @Override
  public String name() {
    return "projected gradient";
  }

  @Override
  StopReason minimize(Run run) {
    ArrayDeque<Double> last = new ArrayDeque<>();
    double a = Math.min(1e10, Math.max(1e-10, 1 / Math.max(run.norm, 1e-300)));
    while (true) {
      if (last.size() == MEMORY) {
        last.removeFirst();
      }
      last.addLast(run.value);
      double highest = last.stream().mapToDouble(Double::doubleValue).max().getAsDouble();
      double[] g = run.gradient;
      double[] x = run.x;
      double[] d = Vectors.minus(run.prox.apply(Vectors.along(x, -a, g), a), x);
      double slope = Vectors.dot(g, d);
      if (!(slope < 0)) {
        return StopReason.ROUNDING;
      }
      double t = 1;
      double[] to = run.f.round(Vectors.along(x, 1, d));
      Objective.Point p = run.f.at(to);
      double slack = run.f.slack(run.value);
      for (int n = 0; !p.finite() || p.value() > highest + 1e-4 * t * slope + slack; n++) {
        if (n == run.limits.searches()) {
          return StopReason.LINE_SEARCH;
        }
        // The minimum of the parabola through what is known, if it is a sensible one.
        double best = -t * t * slope / (2 * (p.value() - run.value - t * slope));
        t = best >= 0.1 * t && best <= 0.9 * t ? best : t / 2;
        to = run.f.round(Vectors.along(x, t, d));
        p = run.f.at(to);
      }
      double[] there = run.prox.apply(Vectors.minus(to, p.gradient()), 1);
      double norm = Vectors.largest(Vectors.minus(there, to));
      double[] s = Vectors.minus(to, x);
      double sy = Vectors.dot(s, Vectors.minus(p.gradient(), g));
      StopReason reason = run.moveTo(to, p.value(), p.gradient(), norm);
      if (reason != null) {
        return reason;
      }
      a = sy > 0 ? Math.min(1e10, Math.max(1e-10, Vectors.dot(s, s) / sy)) : 1e10;
    }
  }
}
