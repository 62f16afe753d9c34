package org.jacana.train;

/**
 * Where a run stands after a step.
 *
 * @param epoch from 1
 * @param epochs of the run
 * @param step of this epoch, from 1
 * @param steps of an epoch
 * @param imagesPerSecond of this epoch so far
 * @param loss mean of this epoch so far
 * @param accuracy on this epoch's train images so far
 * @param secondsLeft estimated from the run so far with its evaluations; NaN in the first steps
 */
public record Progress(
    int epoch,
    int epochs,
    int step,
    int steps,
    double imagesPerSecond,
    double loss,
    double accuracy,
    double secondsLeft) {

  /** Hears of a run's progress, in the training thread. */
  public interface Listener {
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
