package org.jacana.train.metrics;

import org.jacana.Tensor;

/**
 * A number that is summed up over batches. Its sums live on the device of the first batch and are
 * owned by the metric: {@link #update} never makes the host wait, and {@link #compute} reads them
 * once. What it says of batches is what it would say of all examples at once, whatever their sizes.
 *
 * <p>An update may be part of a {@link org.jacana.CapturedStep} unless a metric says otherwise,
 * provided that one was made before the recording. Give an example the weight 0 and it does not
 * count: so can a recorded batch of fixed size be filled up.
 *
 * <pre>{@code
 * try (Metric accuracy = Metrics.accuracy()) {
 *   for (...) {
 *     accuracy.update(model.apply(x), labels);
 *   }
 *   System.out.println(accuracy.name() + " " + accuracy.compute());
 * }
 * }</pre>
 *
 * A metric is for one thread at a time.
 */
public interface Metric extends AutoCloseable {

  /** What it is called in tables and logs, such as {@code accuracy}. */
  String name();

  /** Whether a larger value is a better one. */
  boolean largerIsBetter();

  /** Adds a batch whose examples all weigh 1. */
  default void update(Tensor output, Tensor target) {
    update(output, target, null);
  }

  /**
   * Adds a batch.
   *
   * @param output what the model gave
   * @param target what is right, on the same device
   * @param weights of the examples, at least 0; null for 1 each
   * @throws IllegalArgumentException if shapes or types do not fit
   * @throws IllegalStateException if this is closed
   */
  void update(Tensor output, Tensor target, Tensor weights);

  /**
   * The value over all batches since the last reset.
   *
   * @throws IllegalArgumentException if a label was outside the classes
   * @throws IllegalStateException if there was no example of a weight above 0, or this is closed
   */
  double compute();

  /** Forgets all batches. */
  void reset();

  /** Gives back the sums' memory. */
  @Override
  void close();
}
