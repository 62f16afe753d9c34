package org.jacana.plot;

import java.util.ArrayList;
import java.util.List;

/**
 * The roofline of a machine (Williams, Waterman and Patterson 2009): operations as points of
 * operational intensity and speed, below the ceilings that were measured.
 */
public final class Roofline {
  private record Ceiling(String name, double value) {}

  private record Point(String name, double intensity, double flops) {}

  /** With more points, names stand in the legend and numbers beside the points. */
  private static final int FEW = 8;

  private final String title;
  private final List<Ceiling> compute = new ArrayList<>();
  private final List<Ceiling> memory = new ArrayList<>();
  private final List<Point> points = new ArrayList<>();

  /** Without ceilings and points as yet. */
  public Roofline(String title) {
    this.title = title;
  }

  private static double positive(String what, String name, double v) {
    if (!(v > 0) || Double.isInfinite(v)) {
      throw new IllegalArgumentException(
          "roofline: the " + what + " of '" + name + "' must be positive and finite, got " + v);
    }
    return v;
  }

  /** A level ceiling: the fastest arithmetic, in FLOP/s. */
  public Roofline compute(String name, double flopsPerSecond) {
    compute.add(new Ceiling(name, positive("speed", name, flopsPerSecond)));
    return this;
  }

  /** A slanted ceiling: the fastest memory traffic, in bytes/s. */
  public Roofline memory(String name, double bytesPerSecond) {
    memory.add(new Ceiling(name, positive("bandwidth", name, bytesPerSecond)));
    return this;
  }

  /**
   * A measured operation.
   *
   * @param flops additions and multiplications of a run
   * @param bytes read and written by a run
   * @param seconds of a run
   */
  public Roofline point(String name, double flops, double bytes, double seconds) {
    positive("number of operations", name, flops);
    positive("traffic", name, bytes);
    positive("time", name, seconds);
    points.add(new Point(name, flops / bytes, flops / seconds));
    return this;
  }

  /** The most that the ceilings allow at an intensity in FLOP/byte, in FLOP/s. */
  public double attainable(double intensity) {
    double level = compute.stream().mapToDouble(Ceiling::value).max().orElse(Double.NaN);
    double slant = memory.stream().mapToDouble(Ceiling::value).max().orElse(Double.NaN);
    return Math.min(level, slant * intensity);
  }

  /**
   * Draws it; each point has its name and its part of what is attainable.
   *
   * @throws IllegalStateException if a kind of ceiling is missing
   */
  public Picture picture() {
    if (compute.isEmpty() || memory.isEmpty()) {
      throw new IllegalStateException(
          "roofline '" + title + "': add at least one compute and one memory ceiling first");
    }
    double peak = compute.stream().mapToDouble(Ceiling::value).max().getAsDouble();
    double bandwidth = memory.stream().mapToDouble(Ceiling::value).max().getAsDouble();
    double ridge = peak / bandwidth;
    double low = points.stream().mapToDouble(Point::intensity).min().orElse(ridge);
    double high = points.stream().mapToDouble(Point::intensity).max().orElse(ridge);
    low = Math.min(low, ridge) / 4;
    high = Math.max(high, ridge) * 8;
    Chart chart =
        new Chart(title, "operational intensity (FLOP/byte)", "speed (GFLOP/s)").logX().logY();
    for (Ceiling c : compute) {
      double from = c.value() / bandwidth;
      chart.line(
          c.name() + ", " + Numbers.si(c.value(), "FLOP/s"), span(from, high), span(g(c), g(c)));
    }
    for (Ceiling c : memory) {
      double to = peak / c.value();
      chart.line(
          c.name() + ", " + Numbers.si(c.value(), "B/s"),
          span(low, to),
          span(low * g(c), to * g(c)));
    }
    operations(chart);
    return chart.yRange(Double.NaN, 2e-9 * peak).size(860, 480).picture();
  }

  private void operations(Chart chart) {
    boolean few = points.size() <= FEW;
    if (few && !points.isEmpty()) {
      double[] at = points.stream().mapToDouble(Point::intensity).toArray();
      double[] speed = points.stream().mapToDouble(p -> p.flops() / 1e9).toArray();
      chart.points("operations", at, speed);
    }
    for (int i = 0; i < points.size(); i++) {
      Point p = points.get(i);
      double speed = p.flops() / 1e9;
      long part = Math.round(100 * p.flops() / attainable(p.intensity()));
      String text = p.name() + " " + part + " %";
      if (!few) {
        String name = (i + 1) + "  " + text;
        chart.points(name, span(p.intensity(), p.intensity()), span(speed, speed));
      }
      chart.note(few ? text : Integer.toString(i + 1), p.intensity(), speed);
    }
  }

  private static double g(Ceiling c) {
    return c.value() / 1e9;
  }

  private static double[] span(double a, double b) {
    return new double[] {a, b};
  }
}
