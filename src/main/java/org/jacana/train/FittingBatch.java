package org.jacana.train;

import java.util.function.IntConsumer;
import org.jacana.backend.OutOfDeviceMemoryException;

/** Finds a batch size that a device has memory for, by trying. */
final class FittingBatch {
  private FittingBatch() {}

  /** A sentence about the largest of n/2, n/4, ... for which {@code step} has memory. */
  static String advice(int n, IntConsumer step) {
    for (int b = n / 2; b >= 1; b /= 2) {
      try {
        step.accept(b);
        // Again, in memory that is cut into the pieces of such a step.
        step.accept(b);
        return "a batch of " + b + " instead of " + n + " fits (tried)";
      } catch (OutOfDeviceMemoryException e) {
        // Try half of it.
      }
    }
    return "not even a batch of 1 fits";
  }
}
