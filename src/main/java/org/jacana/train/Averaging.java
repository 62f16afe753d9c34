package org.jacana.train;

import java.util.List;
import org.jacana.Tensor;
import org.jacana.optim.WeightAverage;

/** Puts an average in its weights' place for good. */
final class Averaging {
  private Averaging() {}

  static void put(WeightAverage average, List<Tensor> weights) {
    List<Tensor> values = average.values();
    for (int i = 0; i < values.size(); i++) {
      weights.get(i).assign(values.get(i));
    }
  }
}
