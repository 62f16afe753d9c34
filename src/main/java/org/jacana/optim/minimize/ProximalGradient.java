package org.jacana.optim.minimize;

/** x = prox(y - t g(y), t), with y = x or ahead of it. */
final class ProximalGradient extends Method {
  private final String name;
  private final boolean accelerated;

  ProximalGradient(String name, boolean accelerated) {
    this.name = name;
    this.accelerated = accelerated;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  boolean takesProx() {
    return true;
  }

  private record Try(double[] x, double value, double[] d, boolean fits, boolean telling) {}

  /** One step of length t; whether the parabola of curvature 1/t lies above f there. */
  private static Try step(Run run, Prox prox, double[] y, Objective.Point at, double t) {
    double[] x = run.f.round(prox.apply(Vectors.along(y, -t, at.gradient()), t));
    double[] d = Vectors.minus(x, y);
    double value = run.f.value(x);
    double slack = run.f.slack(at.value());
    double bend = Vectors.dot(d, d) / (2 * t);
    boolean fits = value <= at.value() + Vectors.dot(at.gradient(), d) + bend + slack;
    return new Try(x, value, d, fits, bend > 10 * slack);
  }

  @Override
  StopReason minimize(Run run) {
    Prox prox = run.prox != null ? run.prox : Prox.none();
    double smooth = run.value - prox.value(run.x);
    Objective.Point at = new Objective.Point(smooth, run.gradient);
    double t = longest(run, prox, at);
    double[] y = run.x;
    double ahead = 1;
    StopReason reason = null;
    while (reason == null) {
      Try next = step(run, prox, y, at, t);
      for (int n = 0; !next.fits; n++) {
        if (n == run.limits.searches()) {
          reason = StopReason.LINE_SEARCH;
          break;
        }
        t /= 2;
        next = step(run, prox, y, at, t);
      }
      if (reason != null) {
        break;
      }
      double[] moved = Vectors.minus(next.x, run.x);
      double norm = Vectors.largest(next.d) / t;
      reason = run.moveTo(next.x, next.value + prox.value(next.x), at.gradient(), norm);
      if (reason != null) {
        break;
      }
      if (!accelerated || -Vectors.dot(next.d, moved) > 0) {
        ahead = 1;
        y = next.x;
      } else {
        double then = (1 + Math.sqrt(1 + 4 * ahead * ahead)) / 2;
        y = run.f.round(Vectors.along(next.x, (ahead - 1) / then, moved));
        ahead = then;
      }
      at = run.f.at(y);
      if (!at.finite() && y != next.x) {
        ahead = 1;
        y = next.x;
        at = run.f.at(y);
      }
    }
    run.gradient = run.f.at(run.x).gradient();
    return reason;
  }

  /** The largest power of two that fits at the start, to begin with. */
  private static double longest(Run run, Prox prox, Objective.Point at) {
    double t = 1;
    while (t < 1e9) {
      Try next = step(run, prox, run.x, at, 2 * t);
      // Where the step is lost in rounding, every length fits.
      if (!next.fits || !next.telling) {
        return t;
      }
      t *= 2;
    }
    return t;
  }
}
