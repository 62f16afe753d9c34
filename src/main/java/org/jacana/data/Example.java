package org.jacana.data;

import java.util.Objects;

/**
 * One example of a stream.
 *
 * @param input row-major
 * @param label its class; 0 where the target is values
 * @param values to be predicted, row-major; empty for a class
 */
public record Example(float[] input, int label, float[] values) {
  public Example {
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(values, "values");
  }

  /** An example of a class. */
  public static Example of(float[] input, int label) {
    return new Example(input, label, new float[0]);
  }

  /** An example with values to predict. */
  public static Example withValues(float[] input, float... values) {
    return new Example(input, 0, values);
  }
}
