package org.jacana.optim.minimize;

import java.util.function.DoubleFunction;

/**
 * A step t along a falling direction with f(t) &lt;= f(0) + c1 t f'(0) and |f'(t)| &lt;= c2 |f'(0)|
 * (Nocedal and Wright 2006, algorithms 3.5 and 3.6, with safeguarded cubic interpolation).
 */
public final class StrongWolfe {
  /** A place on the line: its gradient and the slope along the direction. */
  public record Point(double t, double loss, double[] gradient, double slope) {}

  private final DoubleFunction<Point> at;
  private final Point start;
  private final double c1;
  private final double c2;
  private final double slack;
  private int left;

  private StrongWolfe(
      DoubleFunction<Point> at, Point start, double c1, double c2, double slack, int evaluations) {
    this.at = at;
    this.start = start;
    this.c1 = c1;
    this.c2 = c2;
    this.slack = slack;
    left = evaluations;
  }

  /**
   * With c1 = 1e-4 and c2 = 0.9.
   *
   * @return the step found, or the best seen when evaluations run out; the start if none was better
   */
  public static Point search(DoubleFunction<Point> at, Point start, double first, int evaluations) {
    return new StrongWolfe(at, start, 1e-4, 0.9, 0, evaluations).bracket(first);
  }

  /**
   * @param slack by how much a value may be above what the conditions ask, for its rounding: near
   *     the minimum the slopes then decide alone
   */
  static Point search(
      DoubleFunction<Point> at,
      Point start,
      double first,
      double c1,
      double c2,
      double slack,
      int evaluations) {
    return new StrongWolfe(at, start, c1, c2, slack, evaluations).bracket(first);
  }

  private Point bracket(double first) {
    Point before = start;
    double t = first;
    while (left > 0) {
      Point p = evaluate(t);
      if (tooHigh(p) || p.loss >= before.loss + slack && before != start) {
        return zoom(before, p);
      }
      if (Math.abs(p.slope) <= -c2 * start.slope) {
        return p;
      }
      if (p.slope >= 0) {
        return zoom(p, before);
      }
      double next = cubic(before, p);
      double low = t + 0.01 * (t - before.t);
      t = next >= low && next <= 10 * t ? next : 10 * t;
      before = p;
    }
    return before;
  }

  /** Narrows an interval whose end {@code low} is the lower one and falls towards {@code high}. */
  private Point zoom(Point low, Point high) {
    while (left > 0) {
      double width = high.t - low.t;
      if (slack > 0
          ? Math.abs(width) <= 1e-15 * Math.max(low.t, high.t)
          : Math.abs(width) * -start.slope < 1e-16 * Math.max(1, Math.abs(start.loss))) {
        return low;
      }
      double t = Double.isFinite(high.loss) ? cubic(low, high) : Double.NaN;
      double part = (t - low.t) / width;
      if (!(part >= 0.1 && part <= 0.9)) {
        t = low.t + (Double.isNaN(part) ? 0.5 : part < 0.5 ? 0.1 : 0.9) * width;
      }
      Point p = evaluate(t);
      if (tooHigh(p) || p.loss >= low.loss + slack) {
        high = p;
        continue;
      }
      if (Math.abs(p.slope) <= -c2 * start.slope) {
        return p;
      }
      if (p.slope * width >= 0) {
        high = low;
      }
      low = p;
    }
    return low;
  }

  private Point evaluate(double t) {
    left--;
    return at.apply(t);
  }

  private boolean tooHigh(Point p) {
    return !(p.loss <= start.loss + c1 * p.t * start.slope + slack) || !Double.isFinite(p.slope);
  }

  /** The lowest place of the cubic through both points; NaN if there is none (equation 3.59). */
  private static double cubic(Point a, Point b) {
    double d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t);
    double d2 = Math.signum(b.t - a.t) * Math.sqrt(d1 * d1 - a.slope * b.slope);
    return b.t - (b.t - a.t) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
  }
}
