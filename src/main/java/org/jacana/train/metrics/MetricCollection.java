package org.jacana.train.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Tensor;

/** Several metrics of the same outputs and targets; owns them. */
public final class MetricCollection implements AutoCloseable {
  private final Map<String, Metric> metrics = new LinkedHashMap<>();

  /**
   * Metrics by their names, in this order.
   *
   * @throws IllegalArgumentException if two have one name; the metrics then stay the caller's
   */
  public MetricCollection(Metric... metrics) {
    for (Metric m : metrics) {
      if (this.metrics.put(m.name(), m) != null) {
        throw new IllegalArgumentException(
            "metricCollection: two metrics are called " + m.name() + "; use two collections");
      }
    }
  }

  /** The metrics, in order. */
  public List<Metric> metrics() {
    return List.copyOf(metrics.values());
  }

  /** Adds a batch to each, see {@link Metric#update(Tensor, Tensor)}. */
  public void update(Tensor output, Tensor target) {
    update(output, target, null);
  }

  /** Adds a batch to each, see {@link Metric#update(Tensor, Tensor, Tensor)}. */
  public void update(Tensor output, Tensor target, Tensor weights) {
    metrics.values().forEach(m -> m.update(output, target, weights));
  }

  /** The values by name, in order, see {@link Metric#compute}. */
  public Map<String, Double> compute() {
    Map<String, Double> values = new LinkedHashMap<>();
    metrics.forEach((name, m) -> values.put(name, m.compute()));
    return values;
  }

  /** Forgets all batches. */
  public void reset() {
    metrics.values().forEach(Metric::reset);
  }

  @Override
  public void close() {
    metrics.values().forEach(Metric::close);
  }
}
