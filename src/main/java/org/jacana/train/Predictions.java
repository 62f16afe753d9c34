package org.jacana.train;

import org.jacana.data.ImageData;
import org.jacana.data.Normalization;
import org.jacana.nn.Module;

/** A classifier's answers. */
public final class Predictions {
  private Predictions() {}

  /**
   * The probability of each class for each image: the softmax of the model's logits.
   *
   * @param model from [n, height, width, channels] to logits [n, classes]
   * @return [images][classes]
   * @throws IllegalArgumentException if the model gives another shape
   */
  public static double[][] of(Module model, ImageData images, Normalization scale) {
    double[][] out = new double[images.count()][images.classes()];
    Images.each(
        model,
        images,
        scale,
        (i, logits) -> {
          double norm = Images.logSumExp(logits);
          for (int k = 0; k < logits.length; k++) {
            out[i][k] = Math.exp(logits[k] - norm);
          }
        });
    return out;
  }
}
