package org.jacana.nn;

import org.jacana.Tensor;

/**
 * What {@link Losses#crossEntropy(Tensor, Tensor, CrossEntropyOptions)} does beside the plain
 * cross-entropy; the defaults and the meaning are PyTorch's. Owns nothing: the weights stay the
 * caller's.
 *
 * @param weights [K], a factor for each class, of the logits' type; null for 1
 * @param ignoreIndex the label of examples that do not count
 * @param smoothing the part of the target that is spread evenly over the K classes (Szegedy et al.
 *     2016)
 * @param reduction how the losses of single examples are joined
 */
public record CrossEntropyOptions(
    Tensor weights, int ignoreIndex, double smoothing, Losses.Reduction reduction) {
  /** No weights, label -100 is ignored, no smoothing, the mean. */
  public static final CrossEntropyOptions DEFAULT =
      new CrossEntropyOptions(null, -100, 0, Losses.Reduction.MEAN);

  /**
   * Checks the smoothing.
   *
   * @throws IllegalArgumentException if the smoothing is not in 0..1, or the reduction is null
   */
  public CrossEntropyOptions {
    Check.probability("crossEntropy", "smoothing", smoothing);
    if (reduction == null) {
      throw new IllegalArgumentException(
          "crossEntropy: the reduction must not be null; MEAN is the default");
    }
  }

  public CrossEntropyOptions weights(Tensor classWeights) {
    return new CrossEntropyOptions(classWeights, ignoreIndex, smoothing, reduction);
  }

  public CrossEntropyOptions ignoreIndex(int label) {
    return new CrossEntropyOptions(weights, label, smoothing, reduction);
  }

  public CrossEntropyOptions smoothing(double part) {
    return new CrossEntropyOptions(weights, ignoreIndex, part, reduction);
  }

  public CrossEntropyOptions reduction(Losses.Reduction how) {
    return new CrossEntropyOptions(weights, ignoreIndex, smoothing, how);
  }
}
