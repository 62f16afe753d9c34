package org.jacana.io;

import java.util.Arrays;

/**
 * TensorFlow's buckets for histograms: limits that grow by 1.1 from 1e-12 to 1e20, mirrored below
 * 0, and all above and below.
 */
final class HistogramBuckets {
  private static final double[] LIMITS = limits();

  private HistogramBuckets() {}

  private static double[] limits() {
    double[] up = new double[800];
    int n = 0;
    for (double v = 1e-12; v < 1e20; v *= 1.1) {
      up[n++] = v;
    }
    double[] all = new double[2 * n + 2];
    for (int i = 0; i < n; i++) {
      all[n - 1 - i] = -up[i];
      all[n + 1 + i] = up[i];
    }
    all[2 * n + 1] = Double.MAX_VALUE;
    return all;
  }

  /**
   * The histogram of values; bucket i holds those from limit i-1 up to but without limit i. Runs of
   * empty buckets are one.
   *
   * @throws IllegalArgumentException if there is no value, or one is no finite number
   */
  static EventFile.Histogram of(String tag, double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException(
          "addHistogram: " + tag + " has no values; a histogram needs at least one");
    }
    double[] counts = new double[LIMITS.length];
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double squares = 0;
    for (double v : values) {
      if (!Double.isFinite(v)) {
        throw new IllegalArgumentException(
            "addHistogram: " + tag + " holds " + v + "; only finite numbers have a bucket");
      }
      min = Math.min(min, v);
      max = Math.max(max, v);
      sum += v;
      squares += v * v;
      counts[bucket(v)]++;
    }
    return joined(min, max, values.length, sum, squares, counts);
  }

  private static int bucket(double v) {
    int at = Arrays.binarySearch(LIMITS, v);
    return Math.min(at < 0 ? -at - 1 : at + 1, LIMITS.length - 1);
  }

  private static EventFile.Histogram joined(
      double min, double max, double n, double sum, double squares, double[] counts) {
    double[] limits = new double[counts.length];
    double[] kept = new double[counts.length];
    int m = 0;
    for (int i = 0; i < counts.length; i++) {
      boolean run = m > 0 && counts[i] == 0 && kept[m - 1] == 0;
      m = run ? m - 1 : m;
      limits[m] = LIMITS[i];
      kept[m++] = counts[i];
    }
    if (kept[m - 1] == 0) {
      m--;
    }
    return new EventFile.Histogram(
        min, max, n, sum, squares, Arrays.copyOf(limits, m), Arrays.copyOf(kept, m));
  }
}
