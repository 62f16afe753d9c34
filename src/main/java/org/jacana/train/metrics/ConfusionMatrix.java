package org.jacana.train.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * How often each class was taken for each. As a metric its value is the accuracy; {@link #result}
 * has the rest. Scores [..., classes], labels [...].
 */
public final class ConfusionMatrix implements Metric {
  private static final String NAME = "confusionMatrix";

  private final List<String> names;
  private final int classes;
  private final Sums sums;

  /**
   * For classes called 0, 1, 2 ...
   *
   * @throws IllegalArgumentException if there are fewer than 2
   */
  public ConfusionMatrix(int classes) {
    this(IntStream.range(0, Math.max(0, classes)).mapToObj(Integer::toString).toList());
  }

  /** For classes of these names. */
  public ConfusionMatrix(List<String> names) {
    this.names = List.copyOf(names);
    classes = names.size();
    if (classes < 2) {
      throw new IllegalArgumentException(NAME + ": needs at least 2 classes, got " + classes);
    }
    sums = new Sums(NAME, Math.addExact(Math.multiplyExact(classes, classes), 1));
  }

  @Override
  public String name() {
    return NAME;
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
      Rows r = Rows.classes(NAME, output, target, weights, classes);
      Tensor cell = r.labels().mul(classes).add(r.output().argmax(1));
      sums.add(
          Tensor.concat(0, cell, Tensor.full(DType.I32, classes * classes, 1)),
          Tensor.concat(0, r.weights(), r.wrong().reshape(1)));
    }
  }

  /**
   * What was counted.
   *
   * @throws IllegalArgumentException as {@link #compute}
   * @throws IllegalStateException as {@link #compute}
   */
  public Confusion result() {
    double[] s = sums.read();
    Rows.requireNone(NAME, s[classes * classes], classes + " classes");
    double[][] counts = new double[classes][];
    for (int c = 0; c < classes; c++) {
      counts[c] = Arrays.copyOfRange(s, c * classes, (c + 1) * classes);
    }
    Confusion result = new Confusion(names, counts);
    if (result.total() == 0) {
      throw Sums.none(NAME);
    }
    return result;
  }

  @Override
  public double compute() {
    return result().accuracy();
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
