package org.jacana.plot;

import java.util.Arrays;

/** How much faster work becomes with more workers. */
public final class ScalingChart {
  private ScalingChart() {}

  /**
   * The speed-up over the smallest number of workers beside the ideal one, with the efficiency at
   * each point.
   *
   * @param worker what is counted, such as "threads" or "GPUs"
   * @param counts positive, rising
   * @param rates work per time for each, positive, in any unit
   * @throws IllegalArgumentException if lengths differ, or numbers are not as they must be
   */
  public static Picture of(String title, String worker, int[] counts, double[] rates) {
    if (counts.length == 0 || counts.length != rates.length) {
      throw new IllegalArgumentException(
          "scaling: needs one rate for each count, got " + counts.length + " and " + rates.length);
    }
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] < 1 || i > 0 && counts[i] <= counts[i - 1]) {
        throw new IllegalArgumentException(
            "scaling: counts must be positive and rise, got " + Arrays.toString(counts));
      }
      if (!(rates[i] > 0) || Double.isInfinite(rates[i])) {
        throw new IllegalArgumentException(
            "scaling: rates must be positive and finite, got " + Arrays.toString(rates));
      }
    }
    double[] x = Arrays.stream(counts).asDoubleStream().toArray();
    double[] ideal = Arrays.stream(x).map(n -> n / x[0]).toArray();
    double[] up = Arrays.stream(rates).map(r -> r / rates[0]).toArray();
    String than = "speed-up over " + counts[0] + " (times)";
    Chart chart = new Chart(title, worker, than).wholeX().marked("measured", x, up);
    chart.dashed("ideal", x, ideal).yRange(0, Double.NaN).xRange(0, Double.NaN);
    for (int i = 1; i < x.length; i++) {
      chart.note(Math.round(100 * up[i] / ideal[i]) + " %", x[i], up[i]);
    }
    return chart.picture();
  }

  /**
   * Rates over a size, both logarithmic: throughput over the batch, time over the matrix.
   *
   * @param names one for each row of rates
   * @param sizes positive
   * @param rates [names][sizes]; NaN where there is none
   */
  public static Picture rates(
      String title,
      String sizeLabel,
      String rateLabel,
      String[] names,
      double[] sizes,
      double[][] rates) {
    if (names.length != rates.length) {
      throw new IllegalArgumentException(
          "scaling: " + names.length + " names for " + rates.length + " rows of rates");
    }
    Chart chart = new Chart(title, sizeLabel, rateLabel).logX().logY();
    for (int i = 0; i < names.length; i++) {
      chart.marked(names[i], sizes, rates[i]);
    }
    return chart.picture();
  }

  /**
   * Times over a size, both logarithmic, with a broken line along which the time grows as the size
   * does: it goes through the last point of the slowest curve, so that what lies above it is what
   * small sizes cost beside their work.
   *
   * @param sizeLabel what grows, such as "images in a batch"
   * @param names one for each row of times
   * @param sizes positive
   * @param seconds [names][sizes], positive; NaN where there is none
   * @throws IllegalArgumentException if lengths differ, or there is no time at all
   */
  public static Picture growth(
      String title, String sizeLabel, String[] names, double[] sizes, double[][] seconds) {
    if (names.length != seconds.length) {
      throw new IllegalArgumentException(
          "scaling: " + names.length + " names for " + seconds.length + " rows of times");
    }
    Chart chart = new Chart(title, sizeLabel, "time (ms)").logX().logY();
    double atSize = Double.NaN;
    double atTime = 0;
    for (int k = 0; k < names.length; k++) {
      double[] millis = Arrays.stream(seconds[k]).map(s -> 1e3 * s).toArray();
      chart.marked(names[k], sizes, millis);
      for (int i = 0; i < millis.length; i++) {
        if (millis[i] > atTime) {
          atTime = millis[i];
          atSize = sizes[i];
        }
      }
    }
    double slope = atTime / atSize;
    double[] linear = Arrays.stream(sizes).map(n -> slope * n).toArray();
    return chart.dashed("linear", sizes, linear).picture();
  }
}
