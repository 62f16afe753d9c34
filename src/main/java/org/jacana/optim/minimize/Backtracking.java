package org.jacana.optim.minimize;

/** Shrinks the first length until Armijo's condition holds. */
final class Backtracking extends LineSearch {
  private final double c1;
  private final double shrink;

  Backtracking(double c1, double shrink) {
    this.c1 = c1;
    this.shrink = shrink;
  }

  @Override
  public String name() {
    return "Armijo";
  }

  @Override
  StrongWolfe.Point find(Line line, double[] gradient, double first) {
    double t = first;
    for (int n = 0; n < line.evaluations(); n++, t *= shrink) {
      double v = line.f().value(line.point(t));
      boolean falls = v <= line.value() + c1 * t * line.slope();
      if (falls || v <= line.value() + line.slack()) {
        StrongWolfe.Point p = line.at(t);
        if (Vectors.finite(p.gradient()) && (falls || flatter(p.slope(), line.slope()))) {
          return p;
        }
      }
    }
    return null;
  }

  /** Hager and Zhang's approximate condition (2005), for differences that are rounding. */
  private boolean flatter(double slope, double start) {
    return slope <= (2 * c1 - 1) * start && slope >= 0.9 * start;
  }
}
