package org.jacana.data;

/**
 * The examples of an epoch and their order, which follows from the sampler and the epoch alone.
 * {@link Samplers} makes the usual ones.
 */
public interface Sampler {
  /** Examples of an epoch, at least 1. */
  int length();

  /** Fills {@code order}, of that length, with the numbers of the examples. */
  void order(long epoch, int[] order);
}
