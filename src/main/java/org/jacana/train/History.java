package org.jacana.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run of {@link Trainer} did.
 *
 * @param epochs one entry a finished epoch, with those before a resumed run was interrupted
 * @param imagesPerSecond examples trained on in a second of training, without the first few steps
 *     and the evaluations
 * @param stepMillisMedian median time of a training step, without the first few
 * @param secondsTotal the whole run with its evaluations, since it was started or resumed
 * @param stopReason why it ended before its last epoch was finished; null if it did not
 */
public record History(
    List<Epoch> epochs,
    double imagesPerSecond,
    double stepMillisMedian,
    double secondsTotal,
    String stopReason) {

  /**
   * One pass over the train data.
   *
   * @param values all figures by name: loss (the mean over the examples, each before its step's
   *     update), accuracy (likewise, of a classifier), learning_rate (of the last step), and those
   *     of the validation: val_loss, val_accuracy, val_NAME for each metric
   * @param test on the validation data, after the pass; null if there was none
   * @param imagesPerSecond of this epoch's training
   * @param seconds of this epoch with its evaluation
   */
  public record Epoch(
      Map<String, Double> values, Evaluation test, double imagesPerSecond, double seconds) {
    /** Copies the map. */
    public Epoch {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Mean loss of the steps, each before its update. */
    public double trainLoss() {
      return values.getOrDefault("loss", Double.NaN);
    }

    /** The part classified correctly, each before its step's update; NaN for no classifier. */
    public double trainAccuracy() {
      return values.getOrDefault("accuracy", Double.NaN);
    }
  }

  /** Copies the list. */
  public History {
    epochs = List.copyOf(epochs);
  }

  /** Whether the run ended before its last epoch was finished. */
  public boolean stopped() {
    return stopReason != null;
  }

  /** The last epoch. */
  public Epoch last() {
    return epochs.get(epochs.size() - 1);
  }

  /** One figure over the epochs; NaN where an epoch has none of that name. */
  public List<Double> values(String name) {
    return epochs.stream().map(e -> e.values().getOrDefault(name, Double.NaN)).toList();
  }
}
