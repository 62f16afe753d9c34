package org.jacana.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jacana.data.ImageData;
import org.jacana.data.Normalization;
import org.jacana.nn.Module;

/**
 * How well a model does on data.
 *
 * @param count number of examples
 * @param correct examples whose largest logit is that of their class; -1 for no classifier
 * @param loss mean of the loss, of a classifier by default the cross-entropy
 * @param metrics further figures by name
 */
public record Evaluation(int count, int correct, double loss, Map<String, Double> metrics) {
  /** Copies the map. */
  public Evaluation {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /** Without further figures. */
  public Evaluation(int count, int correct, double loss) {
    this(count, correct, loss, Map.of());
  }

  /** The part of the examples that is classified correctly, 0 to 1; NaN for no classifier. */
  public double accuracy() {
    return correct < 0 ? Double.NaN : (double) correct / count;
  }

  /** All figures by name: loss, accuracy where there is one, and the metrics. */
  public Map<String, Double> values() {
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("loss", loss);
    if (correct >= 0) {
      all.put("accuracy", accuracy());
    }
    all.putAll(metrics);
    return all;
  }

  /**
   * Runs a model over all images in eval mode without recording; its mode is restored after.
   *
   * @param model from [n, height, width, channels] to logits [n, classes]
   * @throws IllegalArgumentException if the model gives another shape
   */
  public static Evaluation of(Module model, ImageData images, Normalization scale) {
    int[] correct = {0};
    double[] loss = {0};
    Images.each(
        model,
        images,
        scale,
        (i, logits) -> {
          int label = images.labels()[i];
          correct[0] += Images.largest(logits) == label ? 1 : 0;
          loss[0] += Images.logSumExp(logits) - logits[label];
        });
    return new Evaluation(images.count(), correct[0], loss[0] / images.count());
  }
}
