package org.jacana.optim;

import java.util.Arrays;

/**
 * The learning rate over a run, as a factor of the base rate; a pure function of the step, so it
 * has no state to save. Definitions with a PyTorch name are that class's closed form, with
 * PyTorch's last_epoch as the step.
 */
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

  /** A factor for the first {@code until} steps, then 1 (ConstantLR). */
  static Schedule constant(double factor, long until) {
    notNegative("factor", factor);
    count("until", until, 0);
    return (step, steps) -> step < until ? factor : 1;
  }

  /** From 1 at the first step in a straight line towards 0, which comes right after the last. */
  static Schedule linear() {
    return (step, steps) -> 1 - (double) step / steps;
  }

  /** From start in a straight line to end at step {@code until}, then end (LinearLR). */
  static Schedule linear(double start, double end, long until) {
    notNegative("start", start);
    notNegative("end", end);
    count("until", until, 1);
    return (step, steps) -> start + (end - start) * Math.min(step, until) / until;
  }

  /** gamma^floor(step / every) (StepLR). */
  static Schedule step(long every, double gamma) {
    count("every", every, 1);
    notNegative("gamma", gamma);
    return (step, steps) -> Math.pow(gamma, step / every);
  }

  /**
   * gamma^(number of milestones that are not after the step) (MultiStepLR).
   *
   * @throws IllegalArgumentException if the milestones do not rise
   */
  static Schedule multiStep(double gamma, long... milestones) {
    notNegative("gamma", gamma);
    long[] at = milestones.clone();
    for (int i = 0; i < at.length; i++) {
      count("a milestone", at[i], 0);
      if (i > 0 && at[i] <= at[i - 1]) {
        throw new IllegalArgumentException(
            "schedule: milestones must rise, got " + Arrays.toString(at));
      }
    }
    return (step, steps) -> Math.pow(gamma, Arrays.stream(at).filter(m -> m <= step).count());
  }

  /** gamma^step (ExponentialLR). */
  static Schedule exponential(double gamma) {
    notNegative("gamma", gamma);
    return (step, steps) -> Math.pow(gamma, step);
  }

  /** (1 - step / until)^power, 0 from step {@code until} on (PolynomialLR). */
  static Schedule polynomial(long until, double power) {
    count("until", until, 1);
    notNegative("power", power);
    return (step, steps) -> Math.pow(1 - (double) Math.min(step, until) / until, power);
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
   * lowest + (1 - lowest) (1 + cos(pi step / half)) / 2: falls for {@code half} steps, then rises
   * again (CosineAnnealingLR, half = T_max, lowest = eta_min as a factor).
   */
  static Schedule cosine(long half, double lowest) {
    count("half", half, 1);
    notNegative("lowest", lowest);
    return (step, steps) -> lowest + (1 - lowest) * (1 + Math.cos(Math.PI * step / half)) / 2;
  }

  /**
   * Cosines from 1 towards {@code lowest}, the first {@code first} steps long, each next one longer
   * by the factor {@code longer} (CosineAnnealingWarmRestarts, T_0 and T_mult; SGDR, equation 5).
   */
  static Schedule cosineRestarts(long first, int longer, double lowest) {
    count("first", first, 1);
    count("longer", longer, 1);
    notNegative("lowest", lowest);
    return (step, steps) -> {
      long length = first;
      long at = longer == 1 ? step % first : step;
      while (at >= length) {
        at -= length;
        length *= longer;
      }
      return lowest + (1 - lowest) * (1 + Math.cos(Math.PI * at / length)) / 2;
    };
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

  /**
   * This schedule for the first {@code length} steps, then the next one from its own step 0
   * (SequentialLR).
   */
  default Schedule then(long length, Schedule next) {
    count("length", length, 1);
    return (step, steps) ->
        step < length
            ? factor(step, Math.min(length, steps))
            : next.factor(step - length, Math.max(1, steps - length));
  }

  /** The product of both factors (ChainedScheduler). */
  default Schedule times(Schedule other) {
    return (step, steps) -> factor(step, steps) * other.factor(step, steps);
  }

  private static void notNegative(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "schedule: " + what + " must be finite and not negative, got " + value);
    }
  }

  private static void count(String what, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "schedule: " + what + " must be at least " + least + ", got " + value);
    }
  }
}
