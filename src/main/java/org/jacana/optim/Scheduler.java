package org.jacana.optim;

import java.util.Map;

/**
 * Sets an optimizer's learning rate along a schedule, for loops written by hand: from its making on
 * the rate is that of step 0, and each {@link #step} moves on by one.
 */
public final class Scheduler {
  private final Optimizer optimizer;
  private final Schedule schedule;
  private final long steps;
  private double base;
  private long step;

  /**
   * Starts at step 0; the optimizer's present rate is the base rate.
   *
   * @param steps steps of the whole run, at least 1; after the last the schedule stays there
   */
  public Scheduler(Optimizer optimizer, Schedule schedule, long steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("scheduler: steps must be at least 1, got " + steps);
    }
    this.optimizer = optimizer;
    this.schedule = schedule;
    this.steps = steps;
    base = optimizer.learningRate();
    set();
  }

  private void set() {
    optimizer.learningRate(base * schedule.factor(Math.min(step, steps - 1), steps));
  }

  /** Moves on by one step and returns the new learning rate. */
  public double step() {
    step++;
    set();
    return optimizer.learningRate();
  }

  /** What must be saved to go on. */
  public Map<String, Double> state() {
    return Map.of("base_learning_rate", base, "step", (double) step);
  }

  /**
   * Continues from a saved state and sets the rate of its step.
   *
   * @throws IllegalArgumentException if something is missing or out of range; nothing changes then
   */
  public void load(Map<String, Double> state) {
    States.requireKeys("scheduler", state, "base_learning_rate", "step");
    double rate = States.notNegative("scheduler", state, "base_learning_rate");
    step = States.whole("scheduler", state, "step");
    base = rate;
    set();
  }
}
