package org.jacana.optim.minimize;

/** The zero of the slope: doubling until it rises, then the Illinois form of regula falsi. */
final class ExactSearch extends LineSearch {
  @Override
  public String name() {
    return "exact";
  }

  @Override
  StrongWolfe.Point find(Line line, double[] gradient, double first) {
    double enough = Math.max(1e-14, 8 * line.f().epsilon()) * Math.abs(line.slope());
    StrongWolfe.Point low = line.start(gradient);
    StrongWolfe.Point high = line.at(first);
    int left = line.evaluations();
    while (!(high.slope() >= 0) && left-- > 0) {
      boolean finite = Double.isFinite(high.slope()) && Double.isFinite(high.loss());
      double t = finite ? 2 * high.t() : (low.t() + high.t()) / 2;
      low = finite ? high : low;
      high = line.at(t);
    }
    double lowSlope = low.slope();
    double highSlope = high.slope();
    StrongWolfe.Point best = high;
    for (int side = 0; left-- > 0 && Math.abs(best.slope()) > enough; ) {
      double t = (low.t() * highSlope - high.t() * lowSlope) / (highSlope - lowSlope);
      if (!(t > low.t() && t < high.t())) {
        break;
      }
      StrongWolfe.Point p = line.at(t);
      if (p.slope() == low.slope() || p.slope() == high.slope()) {
        // The same point but for rounding.
        break;
      }
      if (p.slope() < 0) {
        highSlope = side < 0 ? highSlope / 2 : high.slope();
        low = p;
        lowSlope = p.slope();
        side = -1;
      } else {
        lowSlope = side > 0 ? lowSlope / 2 : low.slope();
        high = p;
        highSlope = p.slope();
        side = 1;
      }
      best = Math.abs(p.slope()) < Math.abs(best.slope()) ? p : best;
    }
    boolean falls = best.t() > 0 && best.loss() <= line.value() + line.slack();
    return falls ? best : null;
  }
}
