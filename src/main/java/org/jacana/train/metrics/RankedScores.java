package org.jacana.train.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Scores, labels and weights of examples on the host, and the areas under their ROC curves. */
final class RankedScores {
  private final String metric;
  private final int classes;
  private final boolean binary;
  private final List<double[]> rows = new ArrayList<>();
  private final List<int[]> labels = new ArrayList<>();
  private final List<double[]> weights = new ArrayList<>();
  private int size;

  RankedScores(String metric, int classes, boolean binary) {
    this.metric = metric;
    this.classes = classes;
    this.binary = binary;
  }

  /** How many examples of a weight other than 0. */
  int size() {
    return size;
  }

  /** Adds examples: one score each when binary, logits of all classes otherwise. */
  void add(double[] scores, int[] y, double[] w) {
    int wrong = 0;
    for (int i = 0; i < y.length; i++) {
      if (w[i] == 0) {
        continue;
      }
      wrong += y[i] < 0 || y[i] >= classes ? 1 : 0;
      size++;
      if (!binary) {
        logSoftmax(scores, i * classes);
      }
      int width = binary ? 1 : classes;
      for (int k = 0; k < width; k++) {
        if (Double.isNaN(scores[i * width + k])) {
          throw new IllegalArgumentException(
              metric
                  + ": an output is NaN or infinite and has no rank; look for its origin with"
                  + " Autograd.detectAnomaly()");
        }
      }
    }
    Rows.requireNone(metric, wrong, classes + " classes");
    rows.add(scores);
    labels.add(y);
    weights.add(w);
  }

  private void logSoftmax(double[] z, int from) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < classes; k++) {
      max = Math.max(max, z[from + k]);
    }
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      sum += Math.exp(z[from + k] - max);
    }
    double log = max + Math.log(sum);
    for (int k = 0; k < classes; k++) {
      z[from + k] -= log;
    }
  }

  /** The area of a class against the others; NaN if one of both has no weight. */
  double area(int c) {
    double[] score = new double[size];
    double[] weight = new double[size];
    boolean[] positive = new boolean[size];
    int n = 0;
    for (int b = 0; b < rows.size(); b++) {
      for (int i = 0; i < labels.get(b).length; i++) {
        if (weights.get(b)[i] != 0) {
          double z = binary ? rows.get(b)[i] : rows.get(b)[i * classes + c];
          // Plus 0 makes one zero of both, which are equal but sorted apart.
          score[n] = (binary && c == 0 ? -z : z) + 0.0;
          weight[n] = weights.get(b)[i];
          positive[n++] = labels.get(b)[i] == c;
        }
      }
    }
    double[] levels = distinct(score);
    double[] positives = new double[levels.length];
    double[] negatives = new double[levels.length];
    for (int i = 0; i < n; i++) {
      (positive[i] ? positives : negatives)[Arrays.binarySearch(levels, score[i])] += weight[i];
    }
    double below = 0;
    double area = 0;
    for (int i = 0; i < levels.length; i++) {
      area += positives[i] * (below + negatives[i] / 2);
      below += negatives[i];
    }
    return area / (Arrays.stream(positives).sum() * below);
  }

  /** The different values, ascending. */
  private static double[] distinct(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = 0;
    for (double v : sorted) {
      if (n == 0 || v != sorted[n - 1]) {
        sorted[n++] = v;
      }
    }
    return Arrays.copyOf(sorted, n);
  }
}
