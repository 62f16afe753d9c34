package org.jacana.optim.minimize;

/** Towards the set's corner that the gradient points away from, in shortening steps. */
final class FrankWolfe extends ConstraintMethod {
  @Override
  public String name() {
    return "Frank-Wolfe";
  }

  @Override
  StopReason minimize(Run run) {
    while (true) {
      double[] corner = run.prox.corner(run.gradient);
      double[] d = Vectors.minus(corner, run.x);
      double gap = -Vectors.dot(run.gradient, d);
      run.norm = gap;
      if (gap <= run.limits.gradient()) {
        return StopReason.GAP;
      }
      double[] to = run.f.round(Vectors.along(run.x, 2.0 / (run.iterations + 2), d));
      Objective.Point p = run.f.at(to);
      if (!p.finite()) {
        return StopReason.NOT_FINITE;
      }
      run.gradient = p.gradient();
      StopReason spent = run.visit(to, p.value(), gap);
      if (spent != null) {
        return spent;
      }
    }
  }
}
