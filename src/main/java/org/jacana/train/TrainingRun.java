package org.jacana.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Device;
import org.jacana.nn.Module;
import org.jacana.optim.Optimizer;

/** A training run as its {@link Callback}s see it; valid while they are called. */
public final class TrainingRun {
  /** {@link #stopReason} where the listener asked for it, as at Ctrl-C. */
  public static final String REQUESTED = "on request";

  private final Fit fit;
  final List<History.Epoch> history = new ArrayList<>();
  Map<String, Double> values = new LinkedHashMap<>();
  int epoch;
  int batch;
  int stepOfEpoch;
  long step;
  double baseRate;
  double rate;
  boolean resumed;
  private String stopReason;

  TrainingRun(Fit fit) {
    this.fit = fit;
  }

  /** What is trained; it stays the caller's. */
  public Module model() {
    return fit.model();
  }

  /** What trains it. */
  public Optimizer optimizer() {
    return fit.optimizer();
  }

  /** Where the parameters are. */
  public Device device() {
    return fit.device();
  }

  /** The number of the present epoch, or of the one that has just ended; from 1. */
  public int epoch() {
    return epoch;
  }

  /** Epochs of the run. */
  public int epochs() {
    return fit.options().epochs;
  }

  /** Steps of the optimizer since the run's very start. */
  public long step() {
    return step;
  }

  /** Steps of this epoch. */
  public int stepOfEpoch() {
    return stepOfEpoch;
  }

  /** Steps of an epoch; -1 if that is not known. */
  public int stepsOfEpoch() {
    return fit.stepsOfEpoch();
  }

  /** The learning rate of the last step. */
  public double learningRate() {
    return rate;
  }

  /** The rate that the schedule multiplies. */
  public double baseRate() {
    return baseRate;
  }

  /**
   * Changes the rate that the schedule multiplies, from the next step on.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public void baseRate(double rate) {
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "train: the learning rate must be finite and not negative, is " + rate);
    }
    baseRate = rate;
  }

  /** The loss of the last step, before its update; waits for the device. NaN before the first. */
  public double lastLoss() {
    return fit.sums().last();
  }

  /** The mean loss of this epoch's examples so far; waits for the device. */
  public double loss() {
    return fit.sums().loss();
  }

  /** The part of this epoch's examples that was classified correctly; waits for the device. */
  public double accuracy() {
    return fit.sums().accuracy();
  }

  /** The figures of the last epoch by name, see {@link History.Epoch#values}; empty before it. */
  public Map<String, Double> values() {
    return values;
  }

  /**
   * One of {@link #values}.
   *
   * @param who for the message
   * @throws IllegalArgumentException naming those there are, if this is none
   */
  public double figure(String name, String who) {
    Double v = values.get(name);
    if (v == null) {
      throw new IllegalArgumentException(
          who + ": there is no figure '" + name + "'; there are " + values.keySet());
    }
    return v;
  }

  /** The finished epochs. */
  public List<History.Epoch> history() {
    return List.copyOf(history);
  }

  /** Whether the run stands before the first batch of an epoch. */
  public boolean betweenEpochs() {
    return batch == 0;
  }

  /** Whether it goes on from a checkpoint. */
  public boolean resumed() {
    return resumed;
  }

  /** The part of the epoch's time for which steps waited for data, 0 to 1. */
  public double waiting() {
    return fit.waiting();
  }

  /** Ends the run after this event; the first reason counts. */
  public void stop(String reason) {
    stopReason = stopReason == null ? reason : stopReason;
  }

  /** Why the run is to end early; null if it is not. */
  public String stopReason() {
    return stopReason;
  }

  /** Tells the person who trains. */
  public void note(String text) {
    fit.options().listener.note(text);
  }

  /** A copy of everything from which the run can go on; in {@link Callback#settled} or later. */
  public Checkpoint checkpoint() {
    return fit.checkpoint();
  }
}
