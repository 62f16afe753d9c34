package org.jacana.optim.minimize;

/** -(H + shift I)^-1 g with backtracking from length 1. */
final class NewtonDescent extends Method {
  @Override
  public String name() {
    return "Newton";
  }

  @Override
  StopReason minimize(Run run) {
    LineSearch search = LineSearch.armijo();
    while (true) {
      double[] g = run.gradient;
      double[] d = ModifiedCholesky.solve(run.f.hessian(run.x), Vectors.scaled(-1, g));
      if (d == null) {
        return StopReason.NOT_FINITE;
      }
      double slope = Vectors.dot(g, d);
      LineSearch.Line line =
          new LineSearch.Line(run.f, run.x, d, run.value, slope, run.limits.searches());
      StrongWolfe.Point p = slope < 0 ? search.find(line, g, 1) : null;
      if (p == null) {
        return StopReason.LINE_SEARCH;
      }
      double before = run.norm;
      StopReason reason = run.moveTo(line.point(p.t()), p.loss(), p.gradient());
      if (reason != null) {
        return reason;
      }
      if (-slope <= line.slack() && run.norm >= before) {
        return StopReason.ROUNDING;
      }
    }
  }
}
