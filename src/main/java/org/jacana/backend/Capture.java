package org.jacana.backend;

/**
 * Work of a backend that was recorded once and can be run again and again: the same kernels on the
 * same memory. Owned by whoever recorded it.
 */
public interface Capture extends AutoCloseable {
  /** Runs the recorded work, or enqueues it where a device works on its own. */
  void replay();

  /** How many pieces of work one replay runs. */
  int nodes();

  /** Gives back the memory that only the recorded work uses. */
  @Override
  void close();
}
