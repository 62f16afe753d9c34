package org.jacana.train;

import java.util.Arrays;

/** Times of training steps, without the first few, in which code and caches warm up. */
final class StepClock {
  static final int WARM_UP = 5;

  private final int warmUp;
  private double[] seconds = new double[256];
  private int count;
  private int skipped;
  private double total;
  private long images;

  /**
   * A clock for a run of so many steps.
   *
   * @param steps of a run of few steps fewer are left out, so that one step is measured at least
   */
  StepClock(long steps) {
    warmUp = (int) Math.min(WARM_UP, Math.max(0, steps - 1));
  }

  void add(double stepSeconds, int stepImages) {
    if (skipped < warmUp) {
      skipped++;
      return;
    }
    if (count == seconds.length) {
      seconds = Arrays.copyOf(seconds, 2 * count);
    }
    seconds[count++] = stepSeconds;
    total += stepSeconds;
    images += stepImages;
  }

  /** NaN before the first measured step. */
  double medianMillis() {
    if (count == 0) {
      return Double.NaN;
    }
    double[] sorted = Arrays.copyOf(seconds, count);
    Arrays.sort(sorted);
    return 1e3 * (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
  }

  /** Images trained on in a second of training; NaN before the first measured step. */
  double imagesPerSecond() {
    return images / total;
  }
}
