package org.jacana.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jacana.plot.Picture;
import org.jacana.plot.ScalingChart;

/**
 * How the time of a network grows with the batch, and with the image.
 *
 * @param points along each curve, sizes rising
 * @param leftOut what was not measured, and why
 */
record Scaling(List<Point> points, List<String> leftOut) {
  /** What grows along a curve. */
  enum Over {
    BATCH("images in a batch"),
    PIXELS("pixels of an image");

    private final String label;

    Over(String label) {
      this.label = label;
    }
  }

  /**
   * One size.
   *
   * @param over what grows along the curve
   * @param model network
   * @param pass "forward" or "step", which is forward, backward and the optimizer
   * @param batch images
   * @param size rows and columns of an image
   * @param micros median microseconds
   * @param microsPerImage the same for one image of the batch
   * @param exponent p where the time grows as the size's p-th power since the point before: 1 for a
   *     time that is proportional to the size; null at the first point
   */
  record Point(
      Over over,
      String model,
      String pass,
      int batch,
      int size,
      double micros,
      double microsPerImage,
      Double exponent) {
    /** What grows: images, or pixels of each. */
    double extent() {
      return over == Over.BATCH ? batch : (double) size * size;
    }

    private boolean sameCurve(Point p) {
      return over == p.over && model.equals(p.model) && pass.equals(p.pass);
    }
  }

  /** Cases that were measured, and came out right. */
  static Scaling of(ScalingSuite suite, List<Result> results) {
    Map<String, Result> named =
        results.stream().collect(Collectors.toMap(Result::name, Function.identity()));
    List<Point> points = new ArrayList<>();
    for (ScalingSuite.Case c : suite.cases()) {
      Result r = named.get(c.name());
      if (r != null && r.wrong() == null) {
        add(points, c, r.micros());
      }
    }
    return new Scaling(List.copyOf(points), suite.leftOut());
  }

  private static void add(List<Point> points, ScalingSuite.Case c, double micros) {
    ModelWork.Case m = c.model();
    String pass = c.training() ? "step" : "forward";
    double each = micros / m.batch();
    Point p = new Point(c.over(), m.name(), pass, m.batch(), m.size(), micros, each, null);
    Point last = points.isEmpty() ? null : points.get(points.size() - 1);
    if (last != null && last.sameCurve(p)) {
      double exponent = Math.log(micros / last.micros) / Math.log(p.extent() / last.extent());
      p = new Point(p.over, p.model, pass, p.batch, p.size, micros, each, exponent);
    }
    points.add(p);
  }

  private List<Point> over(Over o) {
    return points.stream().filter(p -> p.over == o).toList();
  }

  private static String title(Point p) {
    return p.over == Over.BATCH
        ? p.model + ", images of " + p.size + "x" + p.size
        : p.model + ", batches of " + p.batch;
  }

  /** A table for each thing that grows. */
  @Override
  public String toString() {
    StringBuilder s = new StringBuilder();
    for (Over o : Over.values()) {
      List<Point> all = over(o);
      if (all.isEmpty()) {
        continue;
      }
      s.append(
          String.format(
              "%n%-34s %12s %12s %9s%n", title(all.get(0)), "us", "us an image", "exponent"));
      for (Point p : all) {
        String what = o == Over.BATCH ? "batch " + p.batch : p.size + "x" + p.size;
        s.append(
            String.format(
                Locale.ROOT,
                "%-34s %,12.1f %,12.1f %9s%n",
                p.pass + ", " + what,
                p.micros,
                p.microsPerImage,
                p.exponent == null ? "" : String.format(Locale.ROOT, "%.2f", p.exponent)));
      }
    }
    return s.toString().stripTrailing();
  }

  /**
   * Time over the size, one chart below the other.
   *
   * @throws IllegalStateException if nothing was measured, or pictures cannot be drawn here
   */
  Picture picture(String where) {
    Picture all = null;
    for (Over o : Over.values()) {
      List<Point> some = over(o);
      if (!some.isEmpty()) {
        Picture p = chart(some, where);
        all = all == null ? p : all.above(p);
      }
    }
    if (all == null) {
      throw new IllegalStateException(
          "scaling: nothing was measured; leave out --only, or free some memory");
    }
    return all;
  }

  private static Picture chart(List<Point> points, String where) {
    String[] names = points.stream().map(Point::pass).distinct().toArray(String[]::new);
    double[] sizes = points.stream().mapToDouble(Point::extent).distinct().sorted().toArray();
    double[][] seconds = new double[names.length][sizes.length];
    for (int k = 0; k < names.length; k++) {
      for (int i = 0; i < sizes.length; i++) {
        String name = names[k];
        double size = sizes[i];
        seconds[k][i] =
            points.stream()
                .filter(p -> p.pass.equals(name) && p.extent() == size)
                .mapToDouble(p -> p.micros / 1e6)
                .findFirst()
                .orElse(Double.NaN);
      }
    }
    Point first = points.get(0);
    return ScalingChart.growth(
        title(first) + ", on " + where, first.over.label, names, sizes, seconds);
  }
}
