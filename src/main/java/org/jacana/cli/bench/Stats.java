package org.jacana.cli.bench;

import java.util.Arrays;

/**
 * How long a call took.
 *
 * @param median seconds
 * @param q1 a quarter of the samples took less
 * @param q3 a quarter of the samples took more
 * @param least the fastest sample
 * @param samples number of samples
 * @param calls calls in each sample
 */
record Stats(double median, double q1, double q3, double least, int samples, long calls) {
  static Stats of(double[] seconds, long calls) {
    double[] s = seconds.clone();
    Arrays.sort(s);
    return new Stats(at(s, 0.5), at(s, 0.25), at(s, 0.75), s[0], s.length, calls);
  }

  /** The quantile, interpolated between the samples beside it. */
  private static double at(double[] sorted, double part) {
    double place = part * (sorted.length - 1);
    int low = (int) place;
    int high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
  }

  /** Half the distance between the quartiles, as a part of the median. */
  double spread() {
    return (q3 - q1) / 2 / median;
  }

  /** The same for something that happens n times in a call. */
  Stats per(int n) {
    return new Stats(median / n, q1 / n, q3 / n, least / n, samples, calls * n);
  }
}
