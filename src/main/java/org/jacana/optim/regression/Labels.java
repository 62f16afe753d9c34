package org.jacana.optim.regression;

import org.jacana.DType;
import org.jacana.Tensor;

/** Class numbers, checked. */
final class Labels {
  private Labels() {}

  static int[] of(Tensor x, Tensor labels) {
    int n = x.shape().dim(0);
    if (labels.dtype() != DType.I32 || labels.rank() != 1 || labels.shape().dim(0) != n) {
      throw new IllegalArgumentException(
          "logisticRegression: labels must be I32 ["
              + n
              + "] for x "
              + x.shape()
              + ", got "
              + labels.dtype()
              + " "
              + labels.shape());
    }
    return labels.ints();
  }

  static int count(int[] y) {
    int most = 0;
    for (int v : y) {
      if (v < 0) {
        throw new IllegalArgumentException(
            "logisticRegression: labels are 0, 1, ... K - 1, got " + v);
      }
      most = Math.max(most, v);
    }
    boolean[] seen = new boolean[Math.min(most, y.length) + 1];
    for (int v : y) {
      if (v < seen.length) {
        seen[v] = true;
      }
    }
    for (int k = 0; k <= Math.max(1, most); k++) {
      if (k >= seen.length || !seen[k]) {
        throw new IllegalArgumentException(
            "logisticRegression: no example has label "
                + k
                + "; number the classes 0, 1, ... K - 1 without gaps, K at least 2");
      }
    }
    return most + 1;
  }
}
