package org.jacana.optim.minimize;

import java.util.function.UnaryOperator;

/**
 * Steps that a quadratic model chooses within a radius (Nocedal and Wright 2006, algorithm 4.1).
 */
final class TrustRegion extends Method {
  private static final double LARGEST = 1e10;

  private record Step(double[] p, double promised) {}

  private final boolean products;

  TrustRegion(boolean products) {
    this.products = products;
  }

  @Override
  public String name() {
    return products ? "Newton-CG" : "trust region";
  }

  @Override
  StopReason minimize(Run run) {
    double radius = 1;
    QuadraticModel model = null;
    while (true) {
      double[] g = run.gradient;
      Step step;
      if (products) {
        double r = radius;
        step = run.f.withProducts(run.x, h -> truncated(h, g, r, run.x.length));
      } else {
        if (model == null) {
          double[][] h = run.f.hessian(run.x);
          for (double[] row : h) {
            if (!Vectors.finite(row)) {
              return StopReason.NOT_FINITE;
            }
          }
          model = new QuadraticModel(h, g);
        }
        double[] p = model.minimum(radius);
        step = new Step(p, -model.change(p));
      }
      double[] to = run.f.round(Vectors.along(run.x, 1, step.p));
      Objective.Point next = run.f.at(to);
      double slack = run.f.slack(run.value);
      boolean rounding = step.promised <= slack;
      double ratio = (run.value - next.value()) / step.promised;
      if (rounding) {
        // The values say nothing any more; the gradient still does.
        ratio = next.finite() && Vectors.largest(next.gradient()) < run.norm ? 1 : -1;
      }
      double length = Vectors.norm(step.p);
      if (!(ratio >= 0.25) || !next.finite()) {
        radius = length / 4;
      } else if (ratio > 0.75 && length > 0.99 * radius) {
        radius = Math.min(2 * radius, LARGEST);
      }
      StopReason reason;
      if (ratio > 1e-4 && next.finite()) {
        reason = run.moveTo(to, next.value(), next.gradient());
        model = null;
      } else {
        reason = rounding || !(radius > 0) ? StopReason.ROUNDING : run.stayed();
      }
      if (reason != null) {
        return reason;
      }
    }
  }

  private static Step truncated(UnaryOperator<double[]> h, double[] g, double radius, int n) {
    double norm = Vectors.norm(g);
    double tolerance = Math.min(0.5, Math.sqrt(norm)) * norm;
    double[] p =
        ConjugateGradients.solve(h, Vectors.scaled(-1, g), tolerance, Math.max(20, 2 * n), radius);
    return new Step(p, -Vectors.dot(g, p) - Vectors.dot(p, h.apply(p)) / 2);
  }
}
