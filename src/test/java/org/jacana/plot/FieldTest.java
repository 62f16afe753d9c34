package org.jacana.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;

/** Functions of two variables: interpolation, contours, colours, paths. */
class FieldTest {
  private static double[] axis(double low, double high, int n) {
    double[] out = new double[n];
    for (int i = 0; i < n; i++) {
      out[i] = low + (high - low) * i / (n - 1);
    }
    return out;
  }

  private static double[][] values(double[] x, double[] y, DoubleBinaryOperator f) {
    double[][] out = new double[x.length][y.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < y.length; j++) {
        out[i][j] = f.applyAsDouble(x[i], y[j]);
      }
    }
    return out;
  }

  @Test
  void interpolationIsExactForBilinearFunctionsOnUnevenGrids() {
    double[] x = {-1, 0, 0.5, 3};
    double[] y = {2, 2.5, 7};
    DoubleBinaryOperator f = (a, b) -> 3 - a + 2 * b + 0.5 * a * b;
    Field field = new Field(x, y, values(x, y, f));
    for (double[] p : new double[][] {{-1, 2}, {-0.3, 2.1}, {0.5, 2.5}, {2.7, 6.9}, {3, 7}}) {
      assertEquals(f.applyAsDouble(p[0], p[1]), field.smooth(p[0], p[1]), 1e-12);
    }
    assertEquals(field.f()[2][1], field.nearest(0.6, 2.6));
    assertEquals(field.f()[3][2], field.nearest(5, 9));
    assertEquals(field.f()[0][0], field.nearest(-0.6, 2.2));
  }

  private static List<double[]> points(Path2D path) {
    List<double[]> out = new ArrayList<>();
    double[] at = new double[6];
    for (PathIterator i = path.getPathIterator(null); !i.isDone(); i.next()) {
      i.currentSegment(at);
      out.add(new double[] {at[0], at[1]});
    }
    return out;
  }

  @Test
  void contoursLieOnTheirLevels() {
    double[] x = axis(-1, 1, 7);
    double[] y = axis(0, 3, 5);
    Field plane = new Field(x, y, values(x, y, (a, b) -> 2 * a + b));
    List<double[]> line = points(plane.contour(1.3));
    assertTrue(line.size() > 10);
    for (double[] p : line) {
      assertEquals(1.3, 2 * p[0] + p[1], 1e-12);
    }
    double[] fine = axis(-2, 2, 81);
    Field bowl = new Field(fine, fine, values(fine, fine, (a, b) -> a * a + b * b));
    double length = 0;
    List<double[]> circle = points(bowl.contour(1));
    for (int i = 0; i < circle.size(); i += 2) {
      double[] p = circle.get(i);
      double[] q = circle.get(i + 1);
      assertEquals(1, Math.hypot(p[0], p[1]), 1e-3);
      length += Math.hypot(p[0] - q[0], p[1] - q[1]);
    }
    assertEquals(2 * Math.PI, length, 0.01);
    assertTrue(points(plane.contour(99)).isEmpty());
  }

  @Test
  void scalesInvert() {
    double[][] f = {{1, 10, 100}, {1000, Double.NaN, 10000}};
    FieldScale log = new FieldScale("", FieldScale.Kind.LOG, f);
    assertEquals(0.5, log.unit(100), 1e-12);
    assertEquals(100, log.value(0.5), 1e-9);
    assertArrayEquals(new double[] {10, 100, 1000}, log.levels(3), 1e-9);
    FieldScale linear = new FieldScale("", FieldScale.Kind.LINEAR, f);
    assertEquals(5000.5, linear.value(0.5), 1e-9);
    assertArrayEquals(new double[] {2000, 4000, 6000, 8000, 10000}, linear.levels(5), 1e-9);
    FieldScale rank = new FieldScale("", FieldScale.Kind.RANK, f);
    for (double unit : new double[] {0, 0.2, 0.25, 0.77, 1}) {
      assertEquals(unit, rank.unit(rank.value(unit)), 1e-12);
    }
    assertEquals(0.25, rank.unit(10));
    double[][] ties = {{5, 5}, {5, 7}};
    assertEquals(1.0 / 3, new FieldScale("", FieldScale.Kind.RANK, ties).unit(5), 1e-12);
    FieldScale flat = new FieldScale("", FieldScale.Kind.LINEAR, new double[][] {{3, 3}});
    assertEquals(0.5, flat.unit(3));
    assertEquals(0, flat.levels(5).length);
  }

  @Test
  void groundPathsAndMarksAreWhereTheirNumbersAre() {
    double[] x = axis(0, 10, 11);
    double[] y = axis(0, 10, 11);
    double[][] f = values(x, y, (a, b) -> a);
    f[0][10] = Double.NaN;
    double[][] way = {{2, 2}, {8, 2}, {8, 5}, {100, 5}};
    FieldChart chart =
        new FieldChart("Ground", "x", "y", x, y, f)
            .contours(0)
            .colors(ColorMap.GREY)
            .values("height")
            .path("way", way)
            .marks("goal", new double[][] {{5, 8}, {9, 9}});
    Picture p = Looks.sound(chart::picture);
    // The same frame without what is over it tells where the numbers are.
    Curve[] legend = {
      new Curve("way", way[0], way[0], Curve.Kind.LINE, Palette.INK, true),
      new Curve("goal", way[0], way[0], Curve.Kind.CROSS, Palette.INK, true)
    };
    Axis ax = new Axis("x").range("", 0, 10);
    Axis ay = new Axis("y").range("", 0, 10);
    Axes axes = new Axes("Ground", ax, ay, List.of(legend), 720, 520);
    axes.picture(null, null, 0);
    for (double v : new double[] {1, 3, 5, 7, 9}) {
      Looks.color(ColorMap.GREY.rgb(v / 10), p, 2 * axes.x(v), 2 * axes.y(3.5), 4);
    }
    Looks.color(0xd0d0d0, p, 2 * axes.x(0.3), 2 * axes.y(9.7), 0);
    Looks.color(Palette.rgb(1), p, 2 * axes.x(4), 2 * axes.y(2), 30);
    Looks.color(Palette.rgb(1), p, 2 * axes.x(8), 2 * axes.y(3.7), 30);
    Looks.color(Palette.rgb(1), p, 2 * axes.x(9.5), 2 * axes.y(5), 30);
    Looks.color(0x222222, p, 2 * axes.x(5), 2 * axes.y(8), 30);
    Looks.color(0x222222, p, 2 * axes.x(9), 2 * axes.y(9), 30);
    // Nothing of the way outside the frame.
    Looks.color(0xffffff, p, 2 * axes.frame().getMaxX() + 12, 2 * axes.y(5), 0);
  }

  @Test
  void everyKindOfColoursDraws() {
    double[] x = axis(-2, 2, 30);
    double[][] f = values(x, x, (a, b) -> Math.pow(1 - a, 2) + 100 * Math.pow(b - a * a, 2) + 1e-9);
    FieldChart chart = new FieldChart("Rosenbrock", "x", "y", x, x, f);
    Picture small = Looks.sound(() -> chart.size(400, 300).picture());
    FieldChart same =
        FieldChart.of(
            "Rosenbrock", x, x, (a, b) -> Math.pow(1 - a, 2) + 100 * Math.pow(b - a * a, 2) + 1e-9);
    assertArrayEquals(small.png(), same.size(400, 300).picture().png());
    Looks.sound(() -> chart.byRank().picture());
    Looks.sound(() -> chart.logColors().values("f").picture());
    Looks.sound(() -> chart.blocks().picture());
    double[][] flat = values(x, x, (a, b) -> 1);
    Looks.sound(() -> new FieldChart("Flat", "x", "y", x, x, flat).picture());
    Looks.sound(() -> LandscapeCharts.contour("LeNet", x, x, f));
    Looks.sound(() -> LandscapeCharts.heat("LeNet", x, x, values(x, x, (a, b) -> a)));
    Looks.sound(() -> LandscapeCharts.slice("LeNet", x, f[3]));
  }

  private static void refused(String message, Runnable chart) {
    var e = assertThrows(IllegalArgumentException.class, chart::run);
    assertEquals(message, e.getMessage());
  }

  @Test
  void mistakesAreNamed() {
    double[] x = {0, 1};
    refused(
        "field: x needs at least two finite, rising numbers, got [0.0, 0.0]",
        () -> new FieldChart("F", "x", "y", new double[2], x, new double[2][2]));
    refused(
        "field: 3 rows of values for 2 x",
        () -> new FieldChart("F", "x", "y", x, x, new double[3][2]));
    refused(
        "field: row 0 has 4 values for 2 y",
        () -> new FieldChart("F", "x", "y", x, x, new double[2][4]));
    FieldChart chart = new FieldChart("F", "x", "y", x, x, new double[2][2]);
    refused(
        "field: point 1 of path 'p' has 3 coordinates; a field has 2",
        () -> chart.path("p", new double[][] {{1, 2}, {1, 2, 3}}));
    chart.mark("m", 0, 0);
    refused(
        "field: paths and marks need names of their own, got 'm'",
        () -> chart.path("m", new double[][] {{1, 2}}));
    refused(
        "field 'F': logarithmic colours need positive values, the smallest is 0.0; colour by rank"
            + " instead",
        () -> chart.logColors().picture());
    double[][] none = {{Double.NaN, Double.NaN}, {Double.NaN, Double.NaN}};
    refused(
        "field 'N': no value of the field is finite",
        () -> new FieldChart("N", "x", "y", x, x, none).picture());
  }
}
