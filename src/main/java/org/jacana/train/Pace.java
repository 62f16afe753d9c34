package org.jacana.train;

import java.util.function.LongSupplier;

/** How fast a run goes, how long it waits for data, and when it will be done. */
final class Pace {
  private final long steps;
  private final LongSupplier waited;
  private final StepClock clock;
  private final long start = System.nanoTime();
  private long warm;
  private long stepsHere;
  private long epochBegan = start;
  private long epochWaited;
  private long epochExamples;
  private double epochTraining;

  /**
   * From now on.
   *
   * @param steps of the whole run; -1 if that is not known
   * @param waited nanoseconds that steps waited for data, in all
   */
  Pace(long steps, LongSupplier waited) {
    this.steps = steps;
    this.waited = waited;
    clock = new StepClock(Math.max(1, steps));
  }

  static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  /** An epoch begins. */
  void epoch() {
    epochExamples = 0;
    epochTraining = 0;
    epochWaited = waited.getAsLong();
    epochBegan = System.nanoTime();
  }

  /** A step of so many examples is done. */
  void step(long began, int examples) {
    clock.add(seconds(began), examples);
    epochExamples += examples;
    epochTraining = seconds(epochBegan);
    if (++stepsHere <= StepClock.WARM_UP) {
      warm = System.nanoTime();
    }
  }

  /** The part of the epoch's training so far for which steps waited for data, 0 to 1. */
  double waiting() {
    double nanos = waited.getAsLong() - epochWaited;
    return epochTraining > 0 ? Math.min(1, nanos / 1e9 / epochTraining) : 0;
  }

  /** Of the epoch's training. */
  double epochExamplesPerSecond() {
    return epochExamples / epochTraining;
  }

  double epochSeconds() {
    return seconds(epochBegan);
  }

  /** Of the run without its first steps. */
  double examplesPerSecond() {
    return clock.imagesPerSecond();
  }

  double medianMillis() {
    return clock.medianMillis();
  }

  /** Since this was made. */
  double seconds() {
    return seconds(start);
  }

  /** From the run after its first steps, which are slow; NaN during those. */
  double secondsLeft(long done) {
    long measured = stepsHere - StepClock.WARM_UP;
    if (done == steps) {
      return 0;
    }
    return steps < 0 || measured < 1 ? Double.NaN : seconds(warm) / measured * (steps - done);
  }
}
