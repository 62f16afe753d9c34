package org.jacana.optim.minimize;

/** Heavy ball and Nesterov's momentum with a fixed rate. */
final class Momentum extends Method {
  private final double rate;
  private final double momentum;
  private final boolean nesterov;

  Momentum(double rate, double momentum, boolean nesterov) {
    if (!(rate > 0) || Double.isInfinite(rate) || !(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "momentum: the rate must be above 0 and the momentum in [0, 1), got "
              + rate
              + " and "
              + momentum);
    }
    this.rate = rate;
    this.momentum = momentum;
    this.nesterov = nesterov;
  }

  @Override
  public String name() {
    return nesterov ? "Nesterov" : "heavy ball";
  }

  @Override
  StopReason minimize(Run run) {
    double[] v = new double[run.x.length];
    while (true) {
      double[] g = run.gradient;
      if (nesterov && run.iterations > 0) {
        g = run.f.at(run.f.round(Vectors.along(run.x, momentum, v))).gradient();
      }
      v = Vectors.along(Vectors.scaled(momentum, v), -rate, g);
      double[] to = run.f.round(Vectors.along(run.x, 1, v));
      Objective.Point p = run.f.at(to);
      StopReason reason = run.moveTo(to, p.value(), p.gradient());
      if (reason != null) {
        return reason;
      }
    }
  }
}
