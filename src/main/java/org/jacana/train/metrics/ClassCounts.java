package org.jacana.train.metrics;

import java.util.function.DoubleBinaryOperator;

/**
 * Of each class: how often it was predicted rightly, was predicted, and occurs.
 *
 * @param right true positives
 * @param predicted true and false positives
 * @param actual true positives and false negatives
 */
record ClassCounts(double[] right, double[] predicted, double[] actual) {

  int classes() {
    return right.length;
  }

  double total() {
    return sum(actual);
  }

  double accuracy() {
    return sum(right) / total();
  }

  /** A quotient of a class's counts, or of all classes' with {@code c} -1. */
  interface Score {
    double of(ClassCounts counts, int c);
  }

  double precision(int c) {
    return ratio(at(right, c), at(predicted, c));
  }

  double recall(int c) {
    return ratio(at(right, c), at(actual, c));
  }

  double f1(int c) {
    return ratio(2 * at(right, c), at(predicted, c) + at(actual, c));
  }

  double[] each(Score score) {
    double[] out = new double[classes()];
    for (int c = 0; c < out.length; c++) {
      out[c] = score.of(this, c);
    }
    return out;
  }

  double average(Score score, Average average) {
    return switch (average) {
      case MICRO -> score.of(this, -1);
      case MACRO -> average(score, (p, a) -> p + a > 0 ? 1 : 0);
      case WEIGHTED -> average(score, (p, a) -> a);
    };
  }

  private double average(Score score, DoubleBinaryOperator weight) {
    double sum = 0;
    double weights = 0;
    for (int c = 0; c < classes(); c++) {
      double w = weight.applyAsDouble(predicted[c], actual[c]);
      sum += w * score.of(this, c);
      weights += w;
    }
    return sum / weights;
  }

  private static double at(double[] counts, int c) {
    return c < 0 ? sum(counts) : counts[c];
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }

  private static double sum(double[] counts) {
    double sum = 0;
    for (double n : counts) {
      sum += n;
    }
    return sum;
  }
}
