package org.jacana.peers;

import java.util.List;

/** A work that is ready to run. */
interface Job extends AutoCloseable {
  /** What is timed; leaves no tensor behind. */
  void run();

  /** The numbers that it computes, in Jacana's layout, from the starting state. */
  List<float[]> results();

  /** Modes that hold while it is timed, such as gradients off; closed afterwards. */
  default AutoCloseable mode() {
    return () -> {};
  }

  /** Runs untimed before each sample: puts back a state that would wear out. */
  default void between() {}

  /** Whether the loss fell in every stretch of training so far; null where nothing is trained. */
  default Boolean fell() {
    return null;
  }

  /** The part of test images that is classified correctly after the last run; null elsewhere. */
  default Double accuracy() {
    return null;
  }

  @Override
  void close();
}
