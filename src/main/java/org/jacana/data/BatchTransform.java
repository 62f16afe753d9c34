package org.jacana.data;

import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * A change of a whole batch that mixes its examples and the probabilities of their classes. What is
 * random follows from (seed, epoch, number of the batch) and is drawn as a few numbers, as with
 * {@link Transform}.
 */
public interface BatchTransform {
  /** A batch: inputs [n, ...] and the probability of each class, F32 [n, classes]. */
  record Mixed(Tensor x, Tensor y) {}

  /** How many numbers are drawn for a batch of n. */
  int parameters(int n);

  /**
   * Draws the numbers of a batch of n.
   *
   * @param example shape of one input
   */
  void draw(Draws random, int n, Shape example, float[] p);

  /**
   * Mixes on the host, in place.
   *
   * @param x the inputs of n examples
   * @param y the probabilities of n examples
   * @param p the numbers drawn
   * @param spare at least as long as x and y
   */
  void apply(Shape example, int n, float[] x, float[] y, int classes, float[] p, float[] spare);

  /** Mixes on a device, by operations that can be recorded; p holds the numbers drawn. */
  Mixed apply(Tensor x, Tensor y, Tensor p);
}
