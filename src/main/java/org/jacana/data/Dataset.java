package org.jacana.data;

import java.io.IOException;
import java.util.stream.IntStream;
import org.jacana.Shape;

/**
 * Examples by number: an F32 input of one shape each, and a class or values to predict.
 *
 * <p>Several threads may read at once; reading fills the caller's arrays and, where the data lies
 * in memory, allocates nothing.
 */
public interface Dataset {
  /** Name of the data, for messages. */
  String name();

  /** Number of examples, at least 1. */
  int count();

  /** Shape of the input of one example, without a batch axis; an image is [H, W, C]. */
  Shape inputShape();

  /** What is to be predicted. */
  Target target();

  /**
   * The class of an example, 0 to classes - 1.
   *
   * @throws IllegalStateException if the target is values
   * @throws IndexOutOfBoundsException if there is no such example
   */
  int label(int i);

  /**
   * Writes the input of an example, row-major, from {@code x[at]} on.
   *
   * @throws IOException if it cannot be read
   * @throws IndexOutOfBoundsException if there is no such example or too little room
   */
  void read(int i, float[] x, int at) throws IOException;

  /**
   * Writes the values to be predicted, row-major, from {@code y[at]} on.
   *
   * @throws IOException if they cannot be read
   * @throws IllegalStateException if the target is classes
   * @throws IndexOutOfBoundsException if there is no such example or too little room
   */
  default void values(int i, float[] y, int at) throws IOException {
    throw new IllegalStateException(name() + ": the target is a class; ask for label(i)");
  }

  /** How a message names an example: the data's name and the number, or a file. */
  default String example(int i) {
    return "example " + i + " of " + name();
  }

  /** Whether reading an example costs no more than copying it. */
  default boolean inMemory() {
    return false;
  }

  /** Number of examples of each class; none for values. */
  default int[] classCounts() {
    int[] counts = new int[target().classes()];
    for (int i = 0; counts.length > 0 && i < count(); i++) {
      counts[label(i)]++;
    }
    return counts;
  }

  /** The class of every example. */
  default int[] labels() {
    return IntStream.range(0, count()).map(this::label).toArray();
  }

  /**
   * SHA-256, in lower-case hexadecimal, of the examples in order: what a run was trained on.
   *
   * @throws IOException if an example cannot be read
   */
  default String sha256() throws IOException {
    return Checksum.of(this);
  }
}
