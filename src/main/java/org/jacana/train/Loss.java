package org.jacana.train;

import org.jacana.Tensor;

/**
 * What training makes small: a scalar function of a model's output and the target, such as {@code
 * Losses::mse}, or {@code (y, t) -> Losses.crossEntropy(y, t, options)} with label smoothing.
 */
@FunctionalInterface
public interface Loss {
  /** The mean loss of a batch, a tensor of one element that depends on the output. */
  Tensor of(Tensor output, Tensor target);
}
