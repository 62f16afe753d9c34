package org.jacana.data;

import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * A change of one example's input, perhaps at random. What is random is drawn first, as a few
 * numbers, from a stream that follows from (seed, epoch, place in the epoch's order); what is done
 * with these numbers is the same on the host and on a device. Immutable; used by several threads.
 */
public interface Transform {
  /**
   * Shape of the result.
   *
   * @throws IllegalArgumentException if the input's shape does not suit
   */
  default Shape shape(Shape input) {
    return input;
  }

  /** How many numbers are drawn for an example of this shape. */
  default int parameters(Shape input) {
    return 0;
  }

  /** Draws the numbers of one example into {@code p[at]} and what follows. */
  default void draw(Draws random, Shape input, float[] p, int at) {}

  /**
   * Transforms one example on the host.
   *
   * @param input shape of x
   * @param x the example from {@code x[0]} on; left as it is
   * @param p its numbers, from {@code p[at]} on
   * @param y receives the result from {@code y[to]} on; another array than x
   */
  void apply(Shape input, float[] x, float[] p, int at, float[] y, int to);

  /** Whether there is a form for tensors. */
  default boolean hasTensorForm() {
    return false;
  }

  /**
   * Transforms a batch on its device, by operations that can be recorded.
   *
   * @param x F32 [n, ...]
   * @param p F32 [n, parameters], null where nothing is drawn
   * @throws UnsupportedOperationException if there is no such form
   */
  default Tensor apply(Tensor x, Tensor p) {
    throw new UnsupportedOperationException(
        getClass().getSimpleName() + " has no form for tensors; transform on the host");
  }
}
