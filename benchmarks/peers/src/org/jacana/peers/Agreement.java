package org.jacana.peers;

import java.util.List;

/** How far two frameworks' results are apart. */
final class Agreement {
  private Agreement() {}

  /**
   * The largest relative error of an array, in the 2-norm.
   *
   * @return infinity where sizes differ or a number is not finite
   */
  static double worst(List<float[]> ours, List<float[]> theirs) {
    if (ours.size() != theirs.size()) {
      return Double.POSITIVE_INFINITY;
    }
    double worst = 0;
    for (int i = 0; i < ours.size(); i++) {
      worst = Math.max(worst, error(ours.get(i), theirs.get(i)));
    }
    return worst;
  }

  private static double error(float[] a, float[] b) {
    if (a.length != b.length) {
      return Double.POSITIVE_INFINITY;
    }
    double difference = 0;
    double size = 0;
    for (int i = 0; i < a.length; i++) {
      double d = (double) a[i] - b[i];
      difference += d * d;
      size += (double) b[i] * b[i];
    }
    double error = difference == 0 ? 0 : Math.sqrt(difference / size);
    return Double.isFinite(size) && Double.isFinite(error) ? error : Double.POSITIVE_INFINITY;
  }
}
