package org.jacana.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves in a frame with axes, drawn by XChart; the one class that knows it. */
final class Axes {
  /** Pixels for a unit of length. */
  static final int DENSITY = 2;

  private final XYChart chart;
  private final Axis x;
  private final Axis y;
  private final int width;
  private final int height;

  /** Draws inside the frame, which the axes have turned into pixels. */
  interface Painter {
    void paint(Graphics2D g, Axes axes);
  }

  Axes(String title, Axis x, Axis y, List<Curve> curves, int width, int height) {
    Text.require();
    this.x = x;
    this.y = y;
    this.width = width;
    this.height = height;
    chart = new XYChart(width, height);
    chart.setTitle(title);
    chart.setXAxisTitle(x.label());
    chart.setYAxisTitle(y.label());
    style(chart.getStyler());
    scale(chart.getStyler());
    chart.getStyler().setLegendVisible(curves.stream().anyMatch(Curve::legend));
    for (int i = 0; i < curves.size(); i++) {
      add(curves.get(i), i);
    }
  }

  private static void style(XYStyler s) {
    s.setLocale(Locale.ROOT);
    s.setChartBackgroundColor(new Color(0, true));
    s.setPlotBackgroundColor(new Color(0, true));
    s.setChartFontColor(Palette.INK);
    s.setChartPadding(14);
    s.setChartTitleFont(Text.TITLE);
    s.setChartTitleBoxVisible(false);
    s.setAxisTitleFont(Text.PLAIN);
    s.setAxisTickLabelsFont(Text.SMALL);
    s.setAxisTickLabelsColor(Palette.INK);
    s.setAxisTickMarksColor(Palette.GREY);
    s.setAxisTickMarkLength(4);
    s.setAxisTickMarksStroke(new BasicStroke(1));
    s.setPlotGridLinesColor(Palette.GRID);
    s.setPlotGridLinesStroke(new BasicStroke(1));
    s.setPlotBorderColor(Palette.GREY);
    s.setPlotBorderVisible(true);
    s.setAxisTicksLineVisible(false);
    s.setChartTitlePadding(8);
    s.setYAxisLabelAlignment(TextAlignment.Right);
    s.setPlotContentSize(1);
    s.setPlotMargin(0);
    s.setLegendPosition(LegendPosition.OutsideE);
    s.setLegendFont(Text.PLAIN);
    s.setLegendBorderColor(new Color(0, true));
    s.setLegendBackgroundColor(new Color(0, true));
    s.setLegendSeriesLineLength(26);
    s.setMarkerSize(6);
    s.setYAxisTickMarkSpacingHint(50);
  }

  private void scale(XYStyler s) {
    s.setXAxisMin(edge(x, -1));
    s.setXAxisMax(edge(x, 1));
    s.setYAxisMin(edge(y, -1));
    s.setYAxisMax(edge(y, 1));
    s.setXAxisLogarithmic(x.log());
    s.setYAxisLogarithmic(y.log());
    s.setXAxisLogarithmicDecadeOnly(x.decades() > 3.05);
    s.setYAxisLogarithmicDecadeOnly(y.decades() > 3.05);
    s.setXAxisTickLabelsFormattingFunction(x::tick);
    s.setYAxisTickLabelsFormattingFunction(y::tick);
    s.setAxisTicksMarksVisible(!x.crowded() && !y.crowded());
    s.setPlotGridVerticalLinesVisible(!x.log());
    s.setPlotGridHorizontalLinesVisible(!y.log());
    if (x.whole() && !x.log()) {
      // Room for one tick at most between neighbouring whole numbers.
      int apart = (int) (0.9 * width / (x.high() - x.low()));
      s.setXAxisTickMarkSpacingHint(Math.max(s.getXAxisTickMarkSpacingHint(), apart));
    }
  }

  /** A little outside the end of the axis: the library leaves out a tick at the very edge. */
  private static double edge(Axis a, int side) {
    double end = side < 0 ? a.low() : a.high();
    return a.log()
        ? end * Math.pow(a.high() / a.low(), 0.004 * side)
        : end + 0.001 * side * (a.high() - a.low());
  }

  /** Grid lines of logarithmic axes: those at powers of ten stand out. */
  private void logGrid(Graphics2D g) {
    Rectangle2D f = frame();
    g.setStroke(new BasicStroke(1));
    for (boolean decade : new boolean[] {false, true}) {
      g.setColor(decade ? Palette.GRID : Palette.FAINT_GRID);
      for (double v : x.log() ? x.logTicks(decade) : new double[0]) {
        g.draw(new Line2D.Double(x(v), f.getMinY(), x(v), f.getMaxY()));
      }
      for (double v : y.log() ? y.logTicks(decade) : new double[0]) {
        g.draw(new Line2D.Double(f.getMinX(), y(v), f.getMaxX(), y(v)));
      }
    }
  }

  private void add(Curve c, int index) {
    int n = c.x().length;
    // One point more, not a number: else the ticks would be put at points, not at round numbers.
    double[] xs = new double[n + 1];
    double[] ys = new double[n + 1];
    xs[n] = Double.NaN;
    ys[n] = Double.NaN;
    for (int i = 0; i < n; i++) {
      boolean shown = c.shown(i) && inside(x, c.x()[i]) && inside(y, c.y()[i]);
      xs[i] = shown ? c.x()[i] : Double.NaN;
      ys[i] = shown ? c.y()[i] : Double.NaN;
    }
    // The library tells series apart by name and shows it; a space is invisible.
    XYSeries s = chart.addSeries(c.legend() ? c.name() : " ".repeat(index + 1), xs, ys);
    s.setShowInLegend(c.legend());
    s.setLineColor(c.color());
    s.setMarkerColor(c.color());
    s.setLineStyle(c.kind().stroke());
    s.setMarker(marker(c.kind()));
    if (c.kind() == Curve.Kind.POINTS || c.kind() == Curve.Kind.CROSS) {
      s.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    } else if (c.kind() == Curve.Kind.AREA || c.kind() == Curve.Kind.BAND) {
      int opacity = c.kind() == Curve.Kind.AREA ? 0x90000000 : 0x30000000;
      s.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
      s.setFillColor(new Color(c.color().getRGB() & 0xffffff | opacity, true));
      s.setLineStyle(SeriesLines.NONE);
    }
  }

  private static boolean inside(Axis axis, double v) {
    return !axis.log() || v > 0;
  }

  private static Marker marker(Curve.Kind kind) {
    return switch (kind) {
      case POINTS, MARKED -> SeriesMarkers.CIRCLE;
      case CROSS -> SeriesMarkers.CROSS;
      default -> SeriesMarkers.NONE;
    };
  }

  /** For a ground that shows its own lines. */
  Axes withoutGrid() {
    chart.getStyler().setPlotGridLinesVisible(false);
    return this;
  }

  int width() {
    return width;
  }

  /** The numbers at the left and the right edge of the frame. */
  double[] xRange() {
    return new double[] {edge(x, -1), edge(x, 1)};
  }

  /** The numbers at the lower and the upper edge of the frame. */
  double[] yRange() {
    return new double[] {edge(y, -1), edge(y, 1)};
  }

  /** Left edge of the frame and so on, after a first drawing. */
  Rectangle2D frame() {
    XYStyler s = chart.getStyler();
    double left = chart.getScreenXFromChart(s.getXAxisMin());
    double right = chart.getScreenXFromChart(s.getXAxisMax());
    double top = chart.getScreenYFromChart(s.getYAxisMax());
    double bottom = chart.getScreenYFromChart(s.getYAxisMin());
    return new Rectangle2D.Double(left, top, right - left, bottom - top);
  }

  double x(double value) {
    return chart.getScreenXFromChart(value);
  }

  double y(double value) {
    return chart.getScreenYFromChart(value);
  }

  /**
   * The picture.
   *
   * @param below drawn under grid and curves, clipped to the frame; or null
   * @param above drawn over all; or null
   */
  Picture picture(Painter below, Painter above, int extraWidth) {
    BufferedImage image =
        new BufferedImage(
            (width + extraWidth) * DENSITY, height * DENSITY, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = Text.paint(image);
    g.scale(DENSITY, DENSITY);
    // Where the frame is, only drawing tells.
    Graphics2D scratch = (Graphics2D) g.create(0, 0, 0, 0);
    chart.paint(scratch, width, height);
    scratch.dispose();
    Shape clip = g.getClip();
    g.clip(frame());
    if (below != null) {
      below.paint(g, this);
    }
    logGrid(g);
    g.setClip(clip);
    chart.paint(g, width, height);
    if (above != null) {
      above.paint(g, this);
    }
    g.dispose();
    return new Picture(image, DENSITY);
  }
}
