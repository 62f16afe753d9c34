package org.jacana.train.metrics;

import java.util.Arrays;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;

/** Twelve examples of four classes and what scikit-learn 1.9.1 says of them. */
final class Sample {
  static final int CLASSES = 4;
  static final int[] LABELS = {0, 0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 0};
  static final float[] LOGITS = {
    2, 1, 0, -1, 0, 1, .5f, -1, 0, 3, 1, 1, 1, .5f, .2f, 0, 0, 0, 2, 1, 0, 0, 1, 2, .5f, 0, 1.5f,
    -2, 0, 0, 0, 1, 0, 2, 0, 1, -1, 0, .5f, 3, 1, .5f, .25f, 0, 1.5f, 1, .5f, 0
  };
  static final float[] WEIGHTS = {1, 2, .5f, 1, 1, 3, 1, .25f, 1, 1, 2, 1.5f};

  private Sample() {}

  /** Feeds the examples in batches of a size, the last one smaller where it must be. */
  static void feed(Metric metric, Device device, int batch, boolean weighted) {
    int n = LABELS.length;
    for (int from = 0; from < n; from += batch) {
      int to = Math.min(n, from + batch);
      try (Scope s = Scope.open(device)) {
        metric.update(
            Tensor.of(Arrays.copyOfRange(LOGITS, from * CLASSES, to * CLASSES), to - from, CLASSES),
            Tensor.of(Arrays.copyOfRange(LABELS, from, to)),
            weighted ? Tensor.of(Arrays.copyOfRange(WEIGHTS, from, to)) : null);
      }
    }
  }
}
