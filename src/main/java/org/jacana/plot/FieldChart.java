package org.jacana.plot;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/**
 * A function of two variables as colours with contour lines, and paths over it: a loss around its
 * minimum, a test function with the ways that optimizers took.
 *
 * <pre>{@code
 * new FieldChart("Rosenbrock", "x", "y", xs, ys, values) // values[i][j] at (xs[i], ys[j])
 *     .byRank().path("Adam", adamPoints).mark("minimum", 1, 1).picture().save(file);
 * }</pre>
 *
 * Values that are not finite are grey. Needs the library org.knowm.xchart:xchart on the class path
 * and a font on the machine.
 */
public final class FieldChart {
  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final Field field;
  private final List<FieldPainter.Way> ways = new ArrayList<>();
  private FieldScale.Kind kind = FieldScale.Kind.LINEAR;
  private ColorMap colors = ColorMap.VIRIDIS;
  private int levels = 10;
  private boolean blocks;
  private String valueLabel = "";
  private int width = 720;
  private int height = 520;
  private int used;

  /**
   * Values on a grid.
   *
   * @param x at least two, rising
   * @param y at least two, rising
   * @param values [x.length][y.length]
   * @throws IllegalArgumentException if they are not so
   */
  public FieldChart(
      String title, String xLabel, String yLabel, double[] x, double[] y, double[][] values) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
    this.field = new Field(x, y, values);
  }

  /** The values of a function at each crossing of x and y; the axes are named so. */
  public static FieldChart of(String title, double[] x, double[] y, DoubleBinaryOperator f) {
    double[][] values = new double[x.length][y.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < y.length; j++) {
        values[i][j] = f.applyAsDouble(x[i], y[j]);
      }
    }
    return new FieldChart(title, "x", "y", x, y, values);
  }

  /** What the colours mean, written beside them. */
  public FieldChart values(String label) {
    this.valueLabel = label;
    return this;
  }

  /** Other colours than {@link ColorMap#VIRIDIS}. */
  public FieldChart colors(ColorMap map) {
    this.colors = map;
    return this;
  }

  /** Colours and lines by the logarithm of the values, which must be positive. */
  public FieldChart logColors() {
    kind = FieldScale.Kind.LOG;
    return this;
  }

  /** Colours and lines by rank, so that each colour covers as much: for very uneven functions. */
  public FieldChart byRank() {
    kind = FieldScale.Kind.RANK;
    return this;
  }

  /** About how many contour lines; 10 if it is not set, 0 for none. */
  public FieldChart contours(int count) {
    if (count < 0 || count > 100) {
      throw new IllegalArgumentException("field: contours must be 0 to 100, got " + count);
    }
    levels = count;
    return this;
  }

  /** A heat map: each value is a block of one colour around its crossing, without lines. */
  public FieldChart blocks() {
    blocks = true;
    levels = 0;
    return this;
  }

  /**
   * A way over the field: a ring where it starts, a dot where it ends.
   *
   * @param points [n][2], x and y; points outside the grid are cut off
   */
  public FieldChart path(String name, double[][] points) {
    ways.add(
        new FieldPainter.Way(
            named(name), copy("path", name, points), Palette.color(PATHS[used++ % 6])));
    return this;
  }

  /** A cross at a point of interest. */
  public FieldChart mark(String name, double atX, double atY) {
    return marks(name, new double[][] {{atX, atY}});
  }

  /**
   * Crosses at several points with one name.
   *
   * @param points [n][2], x and y
   */
  public FieldChart marks(String name, double[][] points) {
    ways.add(new FieldPainter.Way(named(name), copy("mark", name, points), null));
    return this;
  }

  /** In an order in which neighbours differ most over a coloured ground. */
  private static final int[] PATHS = {1, 0, 3, 6, 5, 2};

  private String named(String name) {
    if (name.isBlank() || ways.stream().anyMatch(w -> w.name().equals(name))) {
      throw new IllegalArgumentException(
          "field: paths and marks need names of their own, got '" + name + "'");
    }
    return name;
  }

  private static double[][] copy(String what, String name, double[][] points) {
    double[][] out = new double[points.length][];
    for (int i = 0; i < out.length; i++) {
      if (points[i].length != 2) {
        throw new IllegalArgumentException(
            "field: point "
                + i
                + " of "
                + what
                + " '"
                + name
                + "' has "
                + points[i].length
                + " coordinates; a field has 2");
      }
      out[i] = points[i].clone();
    }
    return out;
  }

  /** The size in units of display, two pixels each, without the scale of colours. */
  public FieldChart size(int width, int height) {
    if (width < 300 || height < 200 || width > 5000 || height > 5000) {
      throw new IllegalArgumentException(
          "field: the size must be 300x200 to 5000x5000, got " + width + "x" + height);
    }
    this.width = width;
    this.height = height;
    return this;
  }

  /**
   * Draws the chart.
   *
   * @throws IllegalArgumentException if no value is finite, or one is not positive where logarithms
   *     are taken
   * @throws IllegalStateException if the chart library or a font is missing
   */
  public Picture picture() {
    FieldScale scale = new FieldScale("field '" + title + "'", kind, field.f());
    FieldPainter painter =
        new FieldPainter(field, scale, colors, scale.levels(levels), blocks, ways, valueLabel);
    List<Curve> legend = new ArrayList<>();
    double[] none = {Double.NaN};
    for (FieldPainter.Way w : ways) {
      Curve.Kind line = w.color() == null ? Curve.Kind.CROSS : Curve.Kind.LINE;
      Color color = w.color() == null ? Palette.INK : w.color();
      legend.add(new Curve(w.name(), none, none, line, color, true));
    }
    if (legend.isEmpty()) {
      legend.add(new Curve("", none, none, Curve.Kind.LINE, Palette.INK, false));
    }
    Axis x = axis(xLabel, field.x());
    Axis y = axis(yLabel, field.y());
    return Library.chart(
        () ->
            new Axes(title, x, y, legend, width, height)
                .withoutGrid()
                .picture(painter::below, painter::above, painter.barWidth()));
  }

  private Axis axis(String label, double[] at) {
    int n = at.length;
    double low = blocks ? at[0] - (at[1] - at[0]) / 2 : at[0];
    double high = blocks ? at[n - 1] + (at[n - 1] - at[n - 2]) / 2 : at[n - 1];
    return new Axis(label, false, false, low, high);
  }
}
