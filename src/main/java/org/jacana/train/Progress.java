package org.jacana.train;

import java.io.PrintStream;

/**
 * Where a run stands after a step.
 *
 * @param epoch from 1
 * @param epochs of the run
 * @param step of this epoch, from 1
 * @param steps of an epoch; -1 if that is not known
 * @param imagesPerSecond examples a second of this epoch, since it was started or resumed
 * @param loss mean of this epoch so far
 * @param accuracy on this epoch's train examples so far; NaN for no classifier
 * @param secondsLeft estimated from the run so far with its evaluations; NaN in the first steps
 * @param waiting the part of the epoch's time, 0 to 1, for which steps waited for data
 */
public record Progress(
    int epoch,
    int epochs,
    int step,
    int steps,
    double imagesPerSecond,
    double loss,
    double accuracy,
    double secondsLeft,
    double waiting) {

  /** Without waiting. */
  public Progress(
      int epoch,
      int epochs,
      int step,
      int steps,
      double imagesPerSecond,
      double loss,
      double accuracy,
      double secondsLeft) {
    this(epoch, epochs, step, steps, imagesPerSecond, loss, accuracy, secondsLeft, 0);
  }

  /** Hears of a run's progress, in the training thread. */
  public interface Listener {
    /** Writes a line for each epoch, with all its figures and the waiting for data, and notes. */
    static Listener printing(PrintStream out) {
      return new EpochLines(out);
    }

    /** After a step; called for some of the steps only. */
    default void step(Progress now) {}

    /** After an epoch and its evaluation. */
    default void epoch(int number, int epochs, History.Epoch result) {}

    /** Something that the person who trains should know. */
    default void note(String text) {}

    /** Whether to stop before the next step. */
    default boolean stop() {
      return false;
    }
  }
}
