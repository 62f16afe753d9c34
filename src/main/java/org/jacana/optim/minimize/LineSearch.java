package org.jacana.optim.minimize;

/** Chooses a length along a falling direction. */
public abstract class LineSearch {
  /** The restriction of a function to x + t d, and the most evaluations. */
  record Line(Objective f, double[] x, double[] d, double value, double slope, int evaluations) {
    double[] point(double t) {
      return f.round(Vectors.along(x, t, d));
    }

    StrongWolfe.Point at(double t) {
      Objective.Point p = f.at(point(t));
      return new StrongWolfe.Point(t, p.value(), p.gradient(), Vectors.dot(p.gradient(), d));
    }

    StrongWolfe.Point start(double[] gradient) {
      return new StrongWolfe.Point(0, value, gradient, slope);
    }

    /** What rounding alone may add to a value. */
    double slack() {
      return f.slack(value);
    }
  }

  LineSearch() {}

  /** The search's name, for tables. */
  public abstract String name();

  /** The point found with its gradient, or null if there is none. */
  abstract StrongWolfe.Point find(Line line, double[] gradient, double first);

  /** Whether it takes steps that do not fall. */
  boolean anyStep() {
    return false;
  }

  @Override
  public String toString() {
    return name();
  }

  /** Backtracking by halves until f falls by 1e-4 of what the slope promises. */
  public static LineSearch armijo() {
    return armijo(1e-4, 0.5);
  }

  /**
   * Backtracking until f(t) &lt;= f(0) + c1 t f'(0) (Armijo 1966).
   *
   * @param c1 in (0, 1)
   * @param shrink the factor of a length that was too long, in (0, 1)
   */
  public static LineSearch armijo(double c1, double shrink) {
    return new Backtracking(inside("c1", c1), inside("shrink", shrink));
  }

  /** Strong Wolfe conditions with c1 = 1e-4, c2 = 0.9. */
  public static LineSearch strongWolfe() {
    return strongWolfe(1e-4, 0.9);
  }

  /** Armijo's condition and |f'(t)| &lt;= c2 |f'(0)|, 0 &lt; c1 &lt; c2 &lt; 1. */
  public static LineSearch strongWolfe(double c1, double c2) {
    inside("c1", c1);
    inside("c2", c2);
    if (!(c1 < c2)) {
      throw new IllegalArgumentException("lineSearch: c1 " + c1 + " must be below c2 " + c2);
    }
    return new LineSearch() {
      @Override
      public String name() {
        return "strong Wolfe";
      }

      @Override
      StrongWolfe.Point find(Line line, double[] gradient, double first) {
        StrongWolfe.Point start = line.start(gradient);
        StrongWolfe.Point p =
            StrongWolfe.search(line::at, start, first, c1, c2, line.slack(), line.evaluations());
        boolean better =
            p.loss() < line.value()
                || p.loss() <= line.value() + line.slack()
                    && Math.abs(p.slope()) <= -c2 * line.slope();
        return p.t() > 0 && better ? p : null;
      }
    };
  }

  /** The next minimum along the direction, to rounding: for theory, and quadratic functions. */
  public static LineSearch exact() {
    return new ExactSearch();
  }

  /** No search: t = rate. */
  public static LineSearch fixed(double rate) {
    if (!(rate > 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException("lineSearch: the rate must be above 0, got " + rate);
    }
    return new LineSearch() {
      @Override
      public String name() {
        return "rate " + rate;
      }

      @Override
      boolean anyStep() {
        return true;
      }

      @Override
      StrongWolfe.Point find(Line line, double[] gradient, double first) {
        return line.at(rate);
      }
    };
  }

  private static double inside(String what, double v) {
    if (!(v > 0 && v < 1)) {
      throw new IllegalArgumentException("lineSearch: " + what + " must be in (0, 1), got " + v);
    }
    return v;
  }
}
