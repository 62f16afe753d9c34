package org.jacana.optim.minimize;

import java.util.function.IntFunction;

/** A direction, a line search along it, and what the step teaches about the next direction. */
final class Descent extends Method {
  /** Where to search. */
  interface Direction {
    double[] next(double[] gradient);

    /** Learns from a step s that changed the gradient by y. */
    void moved(double[] s, double[] y, double[] direction, double[] gradient);

    /** Forgets, so that the next direction is the negative gradient. */
    void reset();

    /** Whether length 1 is natural for the next direction. */
    boolean scaled();
  }

  /** How many iterations may pass without a lower value or gradient. */
  private static final int PATIENCE = 25;

  private final String name;
  private final LineSearch search;
  private final IntFunction<Direction> directions;

  Descent(String name, LineSearch search, IntFunction<Direction> directions) {
    this.name = name;
    this.search = search;
    this.directions = directions;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  StopReason minimize(Run run) {
    Direction direction = directions.apply(run.f.size);
    boolean fresh = true;
    double lastT = 0;
    double lastSlope = 0;
    double bestValue = run.value;
    double bestNorm = run.norm;
    int idle = 0;
    while (true) {
      double[] g = run.gradient;
      double[] d = direction.next(g);
      double slope = Vectors.dot(g, d);
      if (!(slope < 0) || !Vectors.finite(d)) {
        direction.reset();
        fresh = true;
        d = Vectors.scaled(-1, g);
        slope = Vectors.dot(g, d);
      }
      // Nocedal and Wright, section 3.5: the first-order change stays what it was.
      double first =
          direction.scaled()
              ? 1
              : lastT > 0 ? lastT * lastSlope / slope : Math.min(1, 1 / Vectors.norm(g));
      LineSearch.Line line =
          new LineSearch.Line(run.f, run.x, d, run.value, slope, run.limits.searches());
      StrongWolfe.Point p = search.find(line, g, first);
      if (p == null) {
        if (fresh) {
          return StopReason.LINE_SEARCH;
        }
        direction.reset();
        fresh = true;
        lastT = 0;
        continue;
      }
      double[] to = line.point(p.t());
      double[] s = Vectors.minus(to, run.x);
      StopReason reason = run.moveTo(to, p.loss(), p.gradient());
      if (reason != null) {
        return reason;
      }
      idle = run.value < bestValue || run.norm < bestNorm ? 0 : idle + 1;
      bestValue = Math.min(bestValue, run.value);
      bestNorm = Math.min(bestNorm, run.norm);
      if (idle > PATIENCE && !search.anyStep() || Vectors.largest(s) == 0) {
        return StopReason.LINE_SEARCH;
      }
      direction.moved(s, Vectors.minus(p.gradient(), g), d, p.gradient());
      fresh = false;
      lastT = p.t();
      lastSlope = slope;
    }
  }
}
