package org.jacana.plot;

import java.util.Arrays;

/**
 * How often values fall between edges of equal distance.
 *
 * @param edges rising, one more than there are counts
 * @param counts values at or above one edge and below the next; the last edge belongs to the last
 *     bin
 */
public record Histogram(double[] edges, long[] counts) {
  /**
   * Counts values from the smallest to the largest.
   *
   * @param bins at least 1
   * @throws IllegalArgumentException if there is no value or one is not finite
   */
  public static Histogram of(double[] values, int bins) {
    double low = Arrays.stream(values).min().orElse(Double.NaN);
    double high = Arrays.stream(values).max().orElse(Double.NaN);
    return low == high ? of(values, bins, low - 0.5, high + 0.5) : of(values, bins, low, high);
  }

  /**
   * Counts the values that lie in a range; others are left out.
   *
   * @throws IllegalArgumentException if the range is empty or a value is not a number
   */
  public static Histogram of(double[] values, int bins, double low, double high) {
    if (bins < 1) {
      throw new IllegalArgumentException("histogram: bins must be at least 1, got " + bins);
    }
    if (!(low < high) || Double.isInfinite(high - low)) {
      throw new IllegalArgumentException(
          "histogram: needs low < high, both finite, got " + low + " and " + high);
    }
    double[] edges = new double[bins + 1];
    Arrays.setAll(edges, i -> i == bins ? high : low + (high - low) * i / bins);
    long[] counts = new long[bins];
    for (double v : values) {
      if (Double.isNaN(v)) {
        throw new IllegalArgumentException("histogram: a value is NaN");
      }
      if (v >= low && v <= high) {
        int i = Math.min(bins - 1, (int) ((v - low) / (high - low) * bins));
        // The division may round across an edge.
        i = v < edges[i] ? i - 1 : i + 1 < bins && v >= edges[i + 1] ? i + 1 : i;
        counts[i]++;
      }
    }
    return new Histogram(edges, counts);
  }

  /** The bars as a chart. */
  public Picture picture(String title, String label) {
    double[] heights = Arrays.stream(counts).mapToDouble(c -> c).toArray();
    return new Chart(title, label, "count").bars("count", edges, heights).picture();
  }
}
