package org.jacana.train.metrics;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** A metric for which examples of one label do not count; owns it. */
final class Ignoring implements Metric {
  private final int label;
  private final Metric metric;

  Ignoring(int label, Metric metric) {
    this.label = label;
    this.metric = metric;
  }

  @Override
  public String name() {
    return metric.name();
  }

  @Override
  public boolean largerIsBetter() {
    return metric.largerIsBetter();
  }

  @Override
  public void update(Tensor output, Tensor target, Tensor weights) {
    try (Scope s = Scope.open(target.device());
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor used = target.detach().ne(label);
      Tensor w = weights == null ? used.to(DType.F64) : Tensor.where(used, weights, 0);
      metric.update(output, target, w);
    }
  }

  @Override
  public double compute() {
    return metric.compute();
  }

  @Override
  public void reset() {
    metric.reset();
  }

  @Override
  public void close() {
    metric.close();
  }
}
