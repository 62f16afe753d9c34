package org.jacana.backend;

/**
 * Work of a backend that was recorded once and can be run again and again: the same kernels on the
 * same memory. Owned by whoever recorded it.
 */
public interface Capture extends AutoCloseable {
  /** Enqueues the recorded work. */
  void replay();

  /** How many pieces of work one replay enqueues; 0 where they are not counted. */
  default int nodes() {
    return 0;
  }

  /** Gives back the memory that only the recorded work uses. */
  @Override
  void close();
}
