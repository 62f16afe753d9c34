package org.jacana.train;

import java.util.List;

/**
 * What a run of {@link Trainer} did.
 *
 * @param epochs one entry a finished epoch
 * @param imagesPerSecond images trained on in a second of training, without the first few steps and
 *     the evaluations
 * @param stepMillisMedian median time of a training step, without the first few
 * @param secondsTotal the whole run with its evaluations
 * @param stopped whether the run was stopped early on request
 */
public record History(
    List<Epoch> epochs,
    double imagesPerSecond,
    double stepMillisMedian,
    double secondsTotal,
    boolean stopped) {

  /**
   * One pass over the train images.
   *
   * @param trainLoss mean cross-entropy of the steps, each before its update
   * @param trainAccuracy the part classified correctly, each before its step's update
   * @param test on the test images, after the pass
   * @param imagesPerSecond of this epoch's training
   * @param seconds of this epoch with its evaluation
   */
  public record Epoch(
      double trainLoss,
      double trainAccuracy,
      Evaluation test,
      double imagesPerSecond,
      double seconds) {}

  /** Copies the list. */
  public History {
    epochs = List.copyOf(epochs);
  }

  /** The last epoch. */
  public Epoch last() {
    return epochs.get(epochs.size() - 1);
  }
}
