package org.jacana.plot;

/**
 * A loss around the present parameters, as {@link org.jacana.linalg.LossSlice} measures it: along a
 * direction, and over two.
 */
public final class LandscapeCharts {
  private LandscapeCharts() {}

  /**
   * The loss along a direction, with the place of the parameters marked.
   *
   * @param at multiples of the direction
   * @param loss one for each
   */
  public static Picture slice(String title, double[] at, double[] loss) {
    return slices(title, at, new String[] {"loss"}, new double[][] {loss});
  }

  /**
   * Losses along several directions.
   *
   * @param names one for each row
   * @param loss [names][at]
   */
  public static Picture slices(String title, double[] at, String[] names, double[][] loss) {
    if (names.length != loss.length) {
      throw new IllegalArgumentException(
          "slices: " + names.length + " names for " + loss.length + " rows of losses");
    }
    Chart chart = new Chart(title, "along the direction (filter norms)", "loss");
    for (int i = 0; i < names.length; i++) {
      chart.line(names[i], at, loss[i]);
    }
    return chart.vertical("parameters", 0).picture();
  }

  private static FieldChart plane(String title, double[] xs, double[] ys, double[][] loss) {
    FieldChart chart =
        new FieldChart(
                title,
                "first direction (filter norms)",
                "second direction (filter norms)",
                xs,
                ys,
                loss)
            .values("loss")
            .mark("parameters", 0, 0);
    return positive(loss) ? chart.logColors() : chart;
  }

  private static boolean positive(double[][] loss) {
    for (double[] row : loss) {
      for (double v : row) {
        if (Double.isFinite(v) && v <= 0) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Contour lines over two directions; by the logarithm where all losses are positive.
   *
   * @param loss [xs][ys]
   */
  public static Picture contour(String title, double[] xs, double[] ys, double[][] loss) {
    return plane(title, xs, ys, loss).contours(14).picture();
  }

  /** The same as blocks of colour, one for each loss that was measured. */
  public static Picture heat(String title, double[] xs, double[] ys, double[][] loss) {
    return plane(title, xs, ys, loss).blocks().picture();
  }
}
