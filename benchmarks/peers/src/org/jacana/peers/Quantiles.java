package org.jacana.peers;

import java.util.Arrays;

/** Quantiles of a sample, interpolated between the values beside them. */
final class Quantiles {
  private Quantiles() {}

  static double of(double[] values, double part) {
    double[] s = values.clone();
    Arrays.sort(s);
    double place = part * (s.length - 1);
    int low = (int) place;
    int high = Math.min(low + 1, s.length - 1);
    return s[low] + (place - low) * (s[high] - s[low]);
  }

  static double median(double[] values) {
    return of(values, 0.5);
  }
}
