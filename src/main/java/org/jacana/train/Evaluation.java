package org.jacana.train;

import org.jacana.data.ImageData;
import org.jacana.data.Normalization;
import org.jacana.nn.Module;

/**
 * How well a model does on images.
 *
 * @param count number of images
 * @param correct images whose largest logit is that of their class
 * @param loss mean cross-entropy
 */
public record Evaluation(int count, int correct, double loss) {

  /** The part of the images that is classified correctly, 0 to 1. */
  public double accuracy() {
    return (double) correct / count;
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
