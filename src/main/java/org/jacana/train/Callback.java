package org.jacana.train;

import java.io.IOException;
import java.util.function.Consumer;
import org.jacana.optim.Optimizer;

/**
 * Hears of a training run, in its thread. Of several, each hears of an event before the next event
 * begins, in the order in which the trainer was given them:
 *
 * <pre>
 * start                                  once, after a resumed run was put back where it stood
 *   epochStart                           also for the rest of an epoch that a resumed run goes on
 *     step, settled                      after each step of the optimizer
 *   epochEnd, settled                    after the validation; the run's values are the epoch's
 * end                                    the last weights are in place; not after an exception
 * finish                                 likewise; may put other weights in place
 * closed                                 always, the last word
 * </pre>
 *
 * In {@code settled} all callbacks have dealt with the event, so that their states belong together:
 * that is where checkpoints are written. An exception ends the run: it reaches the caller of fit as
 * it is (an IOException as an UncheckedIOException) after all callbacks were closed.
 */
public interface Callback {
  /** Before the first step. */
  default void start(TrainingRun run) throws IOException {}

  /** Before an epoch. */
  default void epochStart(TrainingRun run) throws IOException {}

  /** After a step. Its loss may still be on the device: asking the run for it waits. */
  default void step(TrainingRun run) throws IOException {}

  /** After an epoch with its validation. */
  default void epochEnd(TrainingRun run) throws IOException {}

  /**
   * When all callbacks have heard of a step or of an epoch's end.
   *
   * @param epochEnded which of the two
   */
  default void settled(TrainingRun run, boolean epochEnded) throws IOException {}

  /** After the last step, however the run was stopped. */
  default void end(TrainingRun run) throws IOException {}

  /** After {@link #end} of all callbacks. */
  default void finish(TrainingRun run) throws IOException {}

  /**
   * When nothing more comes; gives back what is held.
   *
   * @param failure what ended the run; null if nothing failed
   */
  default void closed(TrainingRun run, Throwable failure) throws IOException {}

  /** What a checkpoint must hold of it to go on; null for nothing. Its tensors are copied. */
  default Optimizer.State state() {
    return null;
  }

  /**
   * Goes on from a saved state, before {@link #start}; nothing changes when it does not fit.
   *
   * @throws IllegalArgumentException if it does not
   */
  default void load(TrainingRun run, Optimizer.State state) {}

  /** Its name in a checkpoint, without a slash. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** Runs something after each step. */
  static Callback onStep(Consumer<TrainingRun> body) {
    return new Callback() {
      @Override
      public void step(TrainingRun run) {
        body.accept(run);
      }
    };
  }

  /** Runs something after each epoch. */
  static Callback onEpochEnd(Consumer<TrainingRun> body) {
    return new Callback() {
      @Override
      public void epochEnd(TrainingRun run) {
        body.accept(run);
      }
    };
  }
}
