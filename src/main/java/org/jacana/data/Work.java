package org.jacana.data;

import java.util.function.BooleanSupplier;

/** Where a loader's batches come from. */
interface Work extends AutoCloseable {
  /** Goes to an epoch, whose batches are asked for from {@code first} on. */
  void start(int epoch, int first);

  /**
   * Takes what the next batch is made from; called in the order of the batches, by one thread at a
   * time.
   *
   * @return false if the epoch is over
   */
  boolean take(Batch b, int number);

  /** Makes the batch from what was taken, in any thread; stops early when told to. */
  void fill(Batch b, BooleanSupplier stop);

  /** How many batches an epoch has; -1 if that is not known. */
  int batches();

  @Override
  default void close() {}
}
