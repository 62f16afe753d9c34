package org.jacana.train.metrics;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** Precision, recall or F1: of the classes together or of each. */
public final class ClassMetric implements Metric {
  private final String name;
  private final ClassCounts.Score score;
  private final int classes;
  private final Average average;
  private final Double threshold;
  private final Sums sums;

  /** With a threshold, binary and about class 1. */
  ClassMetric(
      String name, ClassCounts.Score score, int classes, Average average, Double threshold) {
    if (classes < 2) {
      throw new IllegalArgumentException(name + ": needs at least 2 classes, got " + classes);
    }
    if (average == null && threshold == null) {
      throw new IllegalArgumentException(name + ": the average must not be null; MACRO is usual");
    }
    this.name = name;
    this.score = score;
    this.classes = classes;
    this.average = average;
    this.threshold = threshold;
    sums = new Sums(name, 3 * classes + 1);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean largerIsBetter() {
    return true;
  }

  @Override
  public void update(Tensor output, Tensor target, Tensor weights) {
    sums.on(output.device());
    try (Scope s = Scope.open(output.device());
        Autograd.Mode off = Autograd.noGrad()) {
      Rows r =
          threshold == null
              ? Rows.classes(name, output, target, weights, classes)
              : Rows.binary(name, output, target, weights);
      Tensor predicted =
          threshold == null ? r.output().argmax(1) : r.output().gt(threshold).to(DType.I32);
      Tensor right = r.weighted(predicted.eq(r.labels()));
      Tensor place = Tensor.full(DType.I32, 3 * classes, 1);
      sums.add(
          Tensor.concat(0, r.labels(), predicted.add(classes), r.labels().add(2 * classes), place),
          Tensor.concat(0, right, r.weights(), r.weights(), r.wrong().reshape(1)));
    }
  }

  private ClassCounts counts() {
    double[] s = sums.read();
    Rows.requireNone(name, s[3 * classes], classes + " classes");
    ClassCounts c =
        new ClassCounts(
            Arrays.copyOfRange(s, 0, classes),
            Arrays.copyOfRange(s, classes, 2 * classes),
            Arrays.copyOfRange(s, 2 * classes, 3 * classes));
    if (c.total() == 0) {
      throw Sums.none(name);
    }
    return c;
  }

  @Override
  public double compute() {
    ClassCounts c = counts();
    return threshold == null ? c.average(score, average) : score.of(c, 1);
  }

  /**
   * The value of each class; 0 where it is 0 / 0.
   *
   * @throws IllegalArgumentException as {@link #compute}
   * @throws IllegalStateException as {@link #compute}
   */
  public double[] perClass() {
    return counts().each(score);
  }

  @Override
  public void reset() {
    sums.reset();
  }

  @Override
  public void close() {
    sums.close();
  }
}
