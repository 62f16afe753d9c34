package org.jacana.train.metrics;

import java.util.function.DoubleUnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** The weighted mean of one value for each example. */
final class Mean implements Metric {
  /** What is averaged: in a scope that owns what is made. */
  interface Values {
    /** Values, already weighted, and weights, both F64 [m]; and how many labels are outside. */
    Terms of(String metric, Tensor output, Tensor target, Tensor weights);
  }

  /** Values by their weights, weights, labels outside (null for none). */
  record Terms(Tensor values, Tensor weights, Tensor wrong) {}

  private final String name;
  private final boolean largerIsBetter;
  private final Values values;
  private final DoubleUnaryOperator last;
  private final Sums sums;

  /** The value is {@code last} of the mean. */
  Mean(String name, boolean largerIsBetter, Values values, DoubleUnaryOperator last) {
    this.name = name;
    this.largerIsBetter = largerIsBetter;
    this.values = values;
    this.last = last;
    sums = new Sums(name, 3);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean largerIsBetter() {
    return largerIsBetter;
  }

  @Override
  public void update(Tensor output, Tensor target, Tensor weights) {
    sums.on(output.device());
    try (Scope s = Scope.open(output.device());
        Autograd.Mode off = Autograd.noGrad()) {
      Terms t = values.of(name, output, target, weights);
      Tensor sum = t.values().sum();
      Tensor wrong = t.wrong() == null ? sum.zerosLike() : t.wrong();
      sums.add(Tensor.stack(0, sum, t.weights().sum(), wrong));
    }
  }

  @Override
  public double compute() {
    double[] s = sums.read();
    Rows.requireNone(name, s[2], "classes");
    if (s[1] == 0) {
      throw Sums.none(name);
    }
    return last.applyAsDouble(s[0] / s[1]);
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
