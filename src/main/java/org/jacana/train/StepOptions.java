package org.jacana.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sam;
import org.jacana.optim.Schedule;

/**
 * The options of a trainer's steps.
 *
 * @param <T> the trainer itself, which every option returns
 */
abstract class StepOptions<T extends StepOptions<T>> {
  final List<String> frozen = new ArrayList<>();
  double learningRate;
  Schedule schedule = Schedule.constant();
  boolean scheduled;
  boolean schedulePerEpoch;
  Execution execution = Execution.DEFAULT;
  Residence residence = Residence.AUTO;
  Clipping clipping = Clipping.NONE;
  int accumulate = 1;
  boolean trace;
  boolean overfit;
  int batchesPerEpoch;
  private double samRho;
  private boolean samAdaptive;

  abstract T self();

  static void require(boolean valid, String rule, Object is) {
    if (!valid) {
      throw new IllegalArgumentException("train: " + rule + ", is " + is);
    }
  }

  /** The rate that the schedule multiplies, positive; the optimizer's own unless set. */
  public T learningRate(double rate) {
    require(
        rate > 0 && rate < Double.POSITIVE_INFINITY,
        "the learning rate must be positive and finite",
        rate);
    learningRate = rate;
    return self();
  }

  /**
   * Factor of the learning rate at each step of the run; constant unless set. Of a stream the
   * number of steps must be known by {@link #batchesPerEpoch}.
   */
  public T schedule(Schedule perStep) {
    schedule = Objects.requireNonNull(perStep, "schedule");
    scheduled = true;
    schedulePerEpoch = false;
    return self();
  }

  /** Factor of the learning rate in each epoch: the schedule's steps are epochs. */
  public T schedulePerEpoch(Schedule perEpoch) {
    schedule = Objects.requireNonNull(perEpoch, "schedule");
    schedulePerEpoch = true;
    return self();
  }

  /** Precision, and whether the step is recorded. */
  public T execution(Execution how) {
    execution = Objects.requireNonNull(how, "execution");
    return self();
  }

  /** Where the data lies. */
  public T residence(Residence where) {
    residence = Objects.requireNonNull(where, "residence");
    return self();
  }

  /** Scales gradients whose 2-norm all together is larger; before {@link #clipValue}'s limit. */
  public T clipNorm(double most) {
    clipping = new Clipping(most, clipping.value());
    return self();
  }

  /** Limits each element of the gradients to -most..most. */
  public T clipValue(double most) {
    clipping = new Clipping(clipping.norm(), most);
    return self();
  }

  /** One step for so many batches, with the mean of their gradients; fewer at an epoch's end. */
  public T accumulate(int batches) {
    require(batches >= 1, "a step needs at least 1 batch", batches);
    accumulate = batches;
    return self();
  }

  /** Steps by {@link Sam}; not with accumulation, clipping or FP16. */
  public T sam(double rho, boolean adaptive) {
    samRho = rho;
    samAdaptive = adaptive;
    return self();
  }

  /** Leaves parameters alone whose dotted name starts with one of these. */
  public T freeze(String... prefixes) {
    frozen.addAll(List.of(prefixes));
    return self();
  }

  /** At a loss that is no number, finds the operation that began it; slow, and needs a copy. */
  public T traceDivergence(boolean on) {
    trace = on;
    return self();
  }

  /** Trains on the first batch alone, again and again: what cannot learn that has a mistake. */
  public T overfitOneBatch(boolean on) {
    overfit = on;
    return self();
  }

  /** Ends an epoch after so many batches, as for a quick trial; 0 for all of them. */
  public T batchesPerEpoch(int most) {
    require(most >= 0, "batches of an epoch must be at least 0", most);
    batchesPerEpoch = most;
    return self();
  }

  Sam sam(Optimizer o) {
    if (samRho == 0) {
      return null;
    }
    if (accumulate > 1 || clipping != Clipping.NONE || Fit.scale(execution) != null) {
      throw new IllegalArgumentException(
          "train: SAM takes two gradients of one batch and cannot be used with accumulation,"
              + " clipping or FP16; leave out one of them");
    }
    return new Sam(o, samRho, samAdaptive);
  }
}
