package org.jacana.train;

/** The learning rate over a run, as a factor of the base rate; a pure function of the step. */
@FunctionalInterface
public interface Schedule {
  /**
   * The factor of a step.
   *
   * @param step 0 to steps - 1
   * @param steps steps of the whole run, at least 1
   */
  double factor(long step, long steps);

  /** Always 1. */
  static Schedule constant() {
    return (step, steps) -> 1;
  }

  /** From 1 at the first step in a straight line towards 0, which comes right after the last. */
  static Schedule linear() {
    return (step, steps) -> 1 - (double) step / steps;
  }

  /**
   * (1 + cos(pi step / steps)) / 2: from 1 towards 0, which comes right after the last step.
   *
   * <p>Source: Loshchilov and Hutter, "SGDR", 2017, without restarts.
   */
  static Schedule cosine() {
    return (step, steps) -> (1 + Math.cos(Math.PI * step / steps)) / 2;
  }

  /**
   * Rises in a straight line over the first steps and then follows this schedule over the rest.
   *
   * @param warmUp number of rising steps; the first of them has factor 1 / warmUp
   * @throws IllegalArgumentException if negative
   */
  default Schedule after(long warmUp) {
    if (warmUp < 0) {
      throw new IllegalArgumentException(
          "schedule: the warm-up must be 0 or more steps, is " + warmUp);
    }
    return (step, steps) ->
        step < warmUp ? (step + 1.0) / warmUp : factor(step - warmUp, Math.max(1, steps - warmUp));
  }
}
