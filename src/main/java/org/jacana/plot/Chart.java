package org.jacana.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A chart of lines and points over two axes. Colours come from {@link Palette} in the order in
 * which things are added; a legend, right of the frame, names them when there are several.
 *
 * <pre>{@code
 * new Chart("Loss", "epoch", "cross-entropy (nats)")
 *     .line("train", epochs, train).line("test", epochs, test).logY().picture().save(file);
 * }</pre>
 *
 * Numbers that are not finite are gaps. Needs the library org.knowm.xchart:xchart on the class path
 * and a font on the machine.
 */
public final class Chart {
  private record Note(String text, double x, double y) {}

  private final String title;
  private Axis x;
  private Axis y;
  private final List<Curve> curves = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private int width = 720;
  private int height = 440;
  private int colors;

  /** A chart with nothing in it. Name the unit in a label where there is one: "time (ms)". */
  public Chart(String title, String xLabel, String yLabel) {
    this.title = title;
    this.x = new Axis(xLabel);
    this.y = new Axis(yLabel);
  }

  private Chart add(String name, double[] xs, double[] ys, Curve.Kind kind, Color color) {
    if (xs.length != ys.length) {
      throw new IllegalArgumentException(
          who() + ": '" + name + "' has " + xs.length + " x but " + ys.length + " y values");
    }
    if (name.isBlank()) {
      throw new IllegalArgumentException(who() + ": a curve needs a name for the legend");
    }
    if (curves.stream().anyMatch(c -> c.legend() && c.name().equals(name))) {
      throw new IllegalArgumentException(who() + ": there are two curves named '" + name + "'");
    }
    curves.add(new Curve(name, xs.clone(), ys.clone(), kind, color, true));
    return this;
  }

  private String who() {
    return "chart '" + title + "'";
  }

  private Color next() {
    return Palette.color(colors++);
  }

  /** Points joined by a line. */
  public Chart line(String name, double[] xs, double[] ys) {
    return add(name, xs, ys, Curve.Kind.LINE, next());
  }

  /** Points joined by a broken line: for what is expected or ideal. */
  public Chart dashed(String name, double[] xs, double[] ys) {
    return add(name, xs, ys, Curve.Kind.DASHED, next());
  }

  /** Points joined by a line, with a mark at each: for few points. */
  public Chart marked(String name, double[] xs, double[] ys) {
    return add(name, xs, ys, Curve.Kind.MARKED, next());
  }

  /** Points alone. */
  public Chart points(String name, double[] xs, double[] ys) {
    return add(name, xs, ys, Curve.Kind.POINTS, next());
  }

  /** A thin grey line: raw values behind a smoothed curve. */
  public Chart faint(String name, double[] xs, double[] ys) {
    return add(name, xs, ys, Curve.Kind.THIN, Palette.GREY);
  }

  /**
   * A pale area between two lines: the spread of several runs around their mean. It has the colour
   * of what is added next, and no name in the legend. Where a number is not finite, it goes on
   * straight from the last to the next one that is.
   *
   * @param low one for each x
   * @param high one for each x
   */
  public Chart band(double[] xs, double[] low, double[] high) {
    int n = xs.length;
    if (low.length != n || high.length != n) {
      throw new IllegalArgumentException(
          who()
              + ": a band of "
              + n
              + " x has "
              + low.length
              + " and "
              + high.length
              + " y values");
    }
    curves.add(Curve.band(xs, low, high, Palette.color(colors)));
    return this;
  }

  /**
   * Bars between edges.
   *
   * @param edges rising, one more than there are heights
   */
  public Chart bars(String name, double[] edges, double[] heights) {
    int n = heights.length;
    if (edges.length != n + 1) {
      throw new IllegalArgumentException(
          who() + ": " + n + " bars need " + (n + 1) + " edges, got " + edges.length);
    }
    double[][] outline = Curve.outline(edges, heights);
    return add(name, outline[0], outline[1], Curve.Kind.AREA, next());
  }

  /** A broken upright line over the whole height at x. */
  public Chart vertical(String name, double at) {
    double[] two = {at, at};
    return add(name, two, new double[] {Double.NaN, Double.NaN}, Curve.Kind.UPRIGHT, next());
  }

  /** Text beside a point, where it hides no line and no other note if there is such a place. */
  public Chart note(String text, double atX, double atY) {
    notes.add(new Note(text, atX, atY));
    return this;
  }

  /** Equal factors of x have equal lengths; all x must be positive. */
  public Chart logX() {
    x = x.logarithmic();
    return this;
  }

  /** Equal factors of y have equal lengths; all y must be positive. */
  public Chart logY() {
    y = y.logarithmic();
    return this;
  }

  /** Ticks of x at whole numbers only, as epochs need it. */
  public Chart wholeX() {
    x = x.wholeNumbers();
    return this;
  }

  /** What of x is shown; NaN leaves an end to the data. */
  public Chart xRange(double low, double high) {
    x = x.range(who(), low, high);
    return this;
  }

  /** What of y is shown; NaN leaves an end to the data. */
  public Chart yRange(double low, double high) {
    y = y.range(who(), low, high);
    return this;
  }

  /**
   * The size in units of display, two pixels each; 720 x 440 if it is not set; more where the
   * legend is long.
   */
  public Chart size(int width, int height) {
    if (width < 300 || height < 200 || width > 5000 || height > 5000) {
      throw new IllegalArgumentException(
          who() + ": the size must be 300x200 to 5000x5000, got " + width + "x" + height);
    }
    this.width = width;
    this.height = height;
    return this;
  }

  /**
   * Draws the chart.
   *
   * @throws IllegalArgumentException if there is nothing to show, or a number is not positive on a
   *     logarithmic axis
   * @throws IllegalStateException if the chart library or a font is missing
   */
  public Picture picture() {
    Axis wide = fitted(x, true);
    Axis high = fitted(y, false);
    List<Curve> all = new ArrayList<>();
    long named = curves.stream().filter(Curve::legend).count();
    for (Curve c : curves) {
      double[] ys = c.y();
      if (c.kind() == Curve.Kind.UPRIGHT) {
        ys = new double[] {high.low(), high.high()};
      }
      all.add(new Curve(c.name(), c.x(), ys, c.kind(), c.color(), c.legend() && named > 1));
    }
    // A long legend would be cut off.
    int tall = Math.max(height, named > 1 ? 60 + 24 * (int) named : 0);
    return Library.chart(
        () -> new Axes(title, wide, high, all, width, tall).picture(null, this::annotate, 0));
  }

  private void annotate(Graphics2D g, Axes axes) {
    Labels labels = new Labels(axes.frame());
    for (Curve c : curves) {
      for (int i = 0; i < c.x().length; i++) {
        if (c.shown(i)) {
          double px = axes.x(c.x()[i]);
          double py = axes.y(c.y()[i]);
          labels.avoid(new Line2D.Double(px - 3, py - 3, px + 3, py + 3));
          if (i > 0 && c.shown(i - 1) && c.kind() != Curve.Kind.POINTS) {
            labels.avoid(new Line2D.Double(axes.x(c.x()[i - 1]), axes.y(c.y()[i - 1]), px, py));
          }
        }
      }
    }
    notes.forEach(n -> labels.draw(g, n.text(), axes.x(n.x()), axes.y(n.y())));
  }

  private Axis fitted(Axis axis, boolean horizontal) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Curve c : curves) {
      double[] values = horizontal ? c.x() : c.y();
      for (int i = 0; i < values.length; i++) {
        boolean upright = c.kind() == Curve.Kind.UPRIGHT && horizontal;
        if (!upright && !c.shown(i)) {
          continue;
        }
        if (axis.log() && values[i] <= 0) {
          throw new IllegalArgumentException(
              who()
                  + ": the logarithmic axis '"
                  + axis.label()
                  + "' needs positive numbers, '"
                  + c.name()
                  + "' has "
                  + values[i]
                  + " at position "
                  + i);
        }
        least = Math.min(least, values[i]);
        most = Math.max(most, values[i]);
      }
    }
    if (!(least <= most)) {
      throw new IllegalArgumentException(
          who() + ": there is no finite number to show; add a curve with one");
    }
    return axis.around(least, most);
  }

  /** 1, 2, ..., n: epochs or steps. */
  static double[] counting(int n) {
    double[] out = new double[n];
    Arrays.setAll(out, i -> i + 1);
    return out;
  }
}
