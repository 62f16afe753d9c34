package org.jacana.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Charts of curves: sizes, places, axes and refusals. */
class ChartTest {
  private static final double[] X = {1, 2, 3, 4};
  private static final double[] UP = {1, 2, 3, 4};
  private static final double[] DOWN = {4, 3, 2, 1};

  @Test
  void aChartHasItsSizeItsTitleAndALegendOnlyForSeveralCurves() {
    Picture one =
        Looks.sound(() -> new Chart("Loss", "epoch", "loss (nats)").line("train", X, UP).picture());
    Looks.size(1440, 880, one);
    assertEquals(720, one.displayWidth());
    assertTrue(Looks.dark(one, 300, 15, 150, 28) > 50, "no title");
    assertTrue(Looks.dark(one, 300, 405, 150, 30) > 50, "no label of x");
    assertTrue(Looks.dark(one, 5, 150, 25, 150) > 50, "no label of y");
    Picture two =
        Looks.sound(
            () ->
                new Chart("Loss", "epoch", "loss (nats)")
                    .line("train", X, UP)
                    .dashed("test", X, DOWN)
                    .size(600, 300)
                    .picture());
    Looks.size(1200, 600, two);
    assertTrue(Looks.dark(two, 545, 100, 50, 100) > 50, "no names in the legend");
    assertTrue(Looks.count(two, Palette.rgb(0)) > 1000);
    assertTrue(Looks.count(two, Palette.rgb(1)) > 500);
  }

  @Test
  void curvesAreWhereTheirNumbersAre() {
    Axis x = new Axis("x").range("", 0, 10);
    Axis y = new Axis("y").logarithmic().range("", 1, 1000);
    Curve curve =
        new Curve(
            "c",
            new double[] {0, 10},
            new double[] {1, 1000},
            Curve.Kind.LINE,
            Palette.color(0),
            false);
    Axes axes = new Axes("t", x, y, List.of(curve), 500, 400);
    Picture p = axes.picture(null, null, 0);
    for (double at : new double[] {0.5, 2, 5, 9}) {
      // A straight line over a logarithmic axis.
      double px = axes.x(at);
      double py = axes.y(Math.pow(10, 3 * at / 10));
      Looks.color(Palette.rgb(0), p, 2 * px, 2 * py, 40);
    }
    assertEquals(
        axes.frame().getCenterX(), axes.x(5), 1e-6, "the middle of the axis is not in the middle");
    assertEquals(axes.frame().getCenterY(), axes.y(Math.pow(10, 1.5)), 1e-6);
    Looks.color(0xffffff, p, 2 * axes.x(3.3), 2 * axes.y(1.3), 0);
  }

  @Test
  void gapsStayOpen() {
    double[] gap = {1, 2, Double.NaN, 4};
    double[] endless = {1, 2, Double.POSITIVE_INFINITY, 4};
    Chart chart = new Chart("Gap", "x", "y").line("a", X, gap);
    assertArrayEquals(
        chart.picture().png(), new Chart("Gap", "x", "y").line("a", X, endless).picture().png());
    int whole = Looks.count(new Chart("Gap", "x", "y").line("a", X, UP).picture(), Palette.rgb(0));
    int parts = Looks.count(chart.picture(), Palette.rgb(0));
    assertTrue(parts < 0.5 * whole && parts > 0.2 * whole, parts + " of " + whole);
  }

  @Test
  void longLabelsAndExtremeNumbersAreNotCut() {
    double[] huge = {1e30, -2e30, 3e30, 4e30};
    double[] tiny = {1e-30, 2e-30, 5e-30, 4e-30};
    String name = "a rather long name of a curve";
    Looks.sound(() -> new Chart("A", "x", "y").line(name, X, huge).line("b", X, huge).picture());
    Looks.sound(() -> new Chart("A", "x", "y").line(name, X, tiny).logY().picture());
    Looks.sound(() -> new Chart("A", "x", "y").points("p", X, new double[4]).picture());
    Looks.sound(() -> new Chart("A", "x", "y").marked("p", new double[1], new double[1]).picture());
  }

  @Test
  void aLongLegendMakesTheChartHigher() {
    Chart chart = new Chart("Many", "x", "y");
    for (int i = 0; i < 40; i++) {
      chart.line("curve " + i, X, UP);
    }
    Picture p = Looks.sound(chart::picture);
    assertTrue(p.height() > 880);
    // All forty names: a swatch of each of the seven colours at least five times.
    for (int i = 0; i < Palette.size(); i++) {
      assertTrue(Looks.count(p, Palette.rgb(i)) >= 5 * 100, "colour " + i);
    }
  }

  @Test
  void notesAndUprightLinesAreDrawn() {
    Chart chart = new Chart("Notes", "x", "y").line("a", X, UP).vertical("here", 2.5);
    int plain = Looks.count(chart.picture(), 0x222222);
    assertTrue(Looks.count(chart.picture(), Palette.rgb(1)) > 300);
    Picture noted = Looks.sound(chart.note("first", 1, 1).note("last", 4, 4)::picture);
    assertTrue(Looks.count(noted, 0x222222) > plain);
  }

  @Test
  void aBandIsPaleBetweenItsLines() {
    double[] low = {1, 1, 1, 1};
    double[] high = {3, 3, 3, 3};
    Chart chart = new Chart("Band", "x", "y").band(X, low, high).line("mean", X, UP);
    Picture p = Looks.sound(chart.yRange(0, 4)::picture);
    // The first colour at 48 of 256 over white.
    int pale = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      int c = Palette.rgb(0) >> shift & 255;
      pale |= (int) Math.round(255 + (c - 255) * 48 / 255.0) << shift;
    }
    int area = Looks.count(p, pale);
    assertTrue(area > 0.35 * p.width() * p.height() / 2, area + " pixels");
    double[] gap = {3, Double.NaN, 3, 3};
    Chart bridged = new Chart("Band", "x", "y").band(X, low, gap).line("mean", X, UP);
    assertArrayEquals(Looks.pixels(p), Looks.pixels(bridged.yRange(0, 4).picture()));
    refused(
        "chart 'Band': a band of 4 x has 4 and 1 y values",
        () -> chart.band(X, low, new double[1]));
  }

  @Test
  void emptyTitlesTakeNoRoom() {
    Looks.sound(() -> new Chart("", "", "").line("a", X, UP).picture());
    Looks.sound(() -> FieldChart.of("", X, X, (a, b) -> a * b).picture());
  }

  @Test
  void barsAreFilledUpToTheirHeights() {
    Picture p =
        Looks.sound(
            () ->
                new Chart("Bars", "x", "count")
                    .bars("n", new double[] {0, 1, 2}, new double[] {1, 3})
                    .xRange(0, 2)
                    .yRange(0, 4)
                    .picture());
    // Frame: measured by its own pixels, light blue over white.
    int[] quarter = {400, 1100};
    int low = Looks.rgb(p, quarter[0], 640);
    int high = Looks.rgb(p, quarter[0], 300);
    assertTrue(low != 0xffffff && high == 0xffffff, low + " " + high);
    assertTrue(Looks.rgb(p, quarter[1], 400) != 0xffffff);
    assertEquals(0xffffff, Looks.rgb(p, quarter[1], 180));
  }

  @Test
  void axesHoldTheirDataAndLogarithmicOnesEndAtRoundNumbers() {
    Axis linear = new Axis("x").around(10, 20);
    assertEquals(9.6, linear.low(), 1e-12);
    assertEquals(20.4, linear.high(), 1e-12);
    assertEquals(0, new Axis("x").around(0.1, 20).low(), 0);
    assertEquals(4.5, new Axis("x").around(5, 5).low(), 1e-12);
    Axis log = new Axis("x").logarithmic().around(0.03, 700);
    assertEquals(0.02, log.low(), 1e-15);
    assertEquals(1000, log.high(), 1e-9);
    Axis exact = new Axis("x").logarithmic().around(0.001, 1000);
    assertEquals(0.001, exact.low(), 1e-15);
    assertEquals(1000, exact.high(), 1e-9);
    Axis one = new Axis("x").logarithmic().around(3, 3);
    assertTrue(one.low() == 2 && one.high() == 5);
    assertEquals(0, new Axis("x").wholeNumbers().around(1, 1).low(), 0);
    assertEquals(2, new Axis("x").wholeNumbers().around(1, 1).high(), 0);
    assertEquals(3, new Axis("x").range("", 3, Double.NaN).around(-5, 9).low(), 0);
  }

  @Test
  void logarithmicAxesLabelRoundNumbersOnly() {
    Axis wide = new Axis("x").logarithmic().range("", 1e-25, 1e4);
    assertEquals("1e-24", wide.tick(1e-24));
    assertEquals(" ", wide.tick(1e-23));
    assertEquals(" ", wide.tick(2e-24));
    assertEquals(0, wide.logTicks(false).length);
    assertEquals(10, wide.logTicks(true).length);
    Axis two = new Axis("x").logarithmic().range("", 1, 100);
    assertEquals("1", two.tick(1));
    assertEquals("50", two.tick(50));
    assertEquals(" ", two.tick(30));
    assertArrayEquals(new double[] {1, 10, 100}, two.logTicks(true), 1e-12);
    assertEquals(16, two.logTicks(false).length);
    Axis less = new Axis("x").logarithmic().range("", 2, 5);
    assertEquals("3", less.tick(3));
  }

  private static void refused(String message, Runnable chart) {
    var e = assertThrows(IllegalArgumentException.class, chart::run);
    assertEquals(message, e.getMessage());
  }

  @Test
  void mistakesAreNamed() {
    Chart c = new Chart("Loss", "epoch", "loss");
    refused("chart 'Loss': 'a' has 4 x but 3 y values", () -> c.line("a", X, new double[3]));
    refused("chart 'Loss': there is no finite number to show; add a curve with one", c::picture);
    refused("chart 'Loss': a curve needs a name for the legend", () -> c.line(" ", X, UP));
    c.line("a", X, UP);
    refused("chart 'Loss': there are two curves named 'a'", () -> c.points("a", X, UP));
    refused("chart 'Loss': 2 bars need 3 edges, got 4", () -> c.bars("b", X, new double[] {1, 2}));
    refused(
        "chart 'Loss': a range of 'epoch' needs low < high, both finite, got 2.0 and 1.0",
        () -> c.xRange(2, 1));
    refused("chart 'Loss': the size must be 300x200 to 5000x5000, got 10x10", () -> c.size(10, 10));
    refused(
        "chart 'Loss': the logarithmic axis 'loss' needs positive numbers, 'z' has 0.0 at position"
            + " 2",
        () -> c.line("z", X, new double[] {1, 2, 0, 4}).logY().picture());
  }
}
