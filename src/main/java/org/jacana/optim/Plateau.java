package org.jacana.optim;

import java.util.Map;

/**
 * Lowers the learning rate when a metric stops improving (PyTorch's ReduceLROnPlateau): after more
 * than {@code patience} measurements in a row without a better one, rate = max(factor rate,
 * lowest), and then {@code cooldown} measurements are not counted.
 */
public final class Plateau {
  /** What counts as better and how the rate falls. */
  private record Options(
      boolean largerIsBetter,
      double factor,
      long patience,
      double threshold,
      boolean relative,
      long cooldown,
      double lowest,
      double epsilon) {}

  private final Optimizer optimizer;
  private Options options = new Options(false, 0.1, 10, 1e-4, true, 0, 0, 1e-8);
  private double best;
  private long bad;
  private long cooling;

  /**
   * Smaller is better by at least a part 1e-4 of the best; factor 0.1, patience 10, no cooldown.
   */
  public Plateau(Optimizer optimizer) {
    this.optimizer = optimizer;
    best = Double.POSITIVE_INFINITY;
  }

  /** Larger is better, as for an accuracy; before the first measurement. */
  public Plateau largerIsBetter() {
    Options o = options;
    options =
        new Options(
            true, o.factor, o.patience, o.threshold, o.relative, o.cooldown, o.lowest, o.epsilon);
    best = Double.NEGATIVE_INFINITY;
    return this;
  }

  /** The factor on the rate, at least 0 and below 1. */
  public Plateau factor(double factor) {
    if (!(factor >= 0 && factor < 1)) {
      throw new IllegalArgumentException(
          "plateau: factor must be at least 0 and below 1, got " + factor);
    }
    Options o = options;
    options =
        new Options(
            o.largerIsBetter,
            factor,
            o.patience,
            o.threshold,
            o.relative,
            o.cooldown,
            o.lowest,
            o.epsilon);
    return this;
  }

  /** Measurements without improvement that are borne, and those not counted after a fall. */
  public Plateau patience(long patience, long cooldown) {
    if (patience < 0 || cooldown < 0) {
      throw new IllegalArgumentException(
          "plateau: patience and cooldown must not be negative, got "
              + patience
              + " and "
              + cooldown);
    }
    Options o = options;
    options =
        new Options(
            o.largerIsBetter,
            o.factor,
            patience,
            o.threshold,
            o.relative,
            cooldown,
            o.lowest,
            o.epsilon);
    return this;
  }

  /** By how much, or by what part of the best, a better measurement must be better. */
  public Plateau threshold(double threshold, boolean relative) {
    notNegative("threshold", threshold);
    Options o = options;
    options =
        new Options(
            o.largerIsBetter,
            o.factor,
            o.patience,
            threshold,
            relative,
            o.cooldown,
            o.lowest,
            o.epsilon);
    return this;
  }

  /** The rate below which it does not fall, and the least fall that is made. */
  public Plateau lowest(double rate, double leastFall) {
    notNegative("lowest rate", rate);
    notNegative("least fall", leastFall);
    Options o = options;
    options =
        new Options(
            o.largerIsBetter,
            o.factor,
            o.patience,
            o.threshold,
            o.relative,
            o.cooldown,
            rate,
            leastFall);
    return this;
  }

  private static void notNegative(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "plateau: " + what + " must be finite and not negative, got " + value);
    }
  }

  private boolean better(double metric) {
    Options o = options;
    if (o.largerIsBetter) {
      return metric > (o.relative ? best * (1 + o.threshold) : best + o.threshold);
    }
    return metric < (o.relative ? best * (1 - o.threshold) : best - o.threshold);
  }

  /** Takes a measurement, NaN being no improvement, and returns the learning rate from now on. */
  public double step(double metric) {
    if (better(metric)) {
      best = metric;
      bad = 0;
    } else {
      bad++;
    }
    if (cooling > 0) {
      cooling--;
      bad = 0;
    }
    if (bad > options.patience) {
      cooling = options.cooldown;
      bad = 0;
      double was = optimizer.learningRate();
      double rate = Math.max(was * options.factor, options.lowest);
      if (was - rate > options.epsilon) {
        optimizer.learningRate(rate);
      }
    }
    return optimizer.learningRate();
  }

  /** What must be saved to go on; the learning rate is in the optimizer's own state. */
  public Map<String, Double> state() {
    return Map.of("best", best, "bad", (double) bad, "cooling", (double) cooling);
  }

  /**
   * Continues from a saved state.
   *
   * @throws IllegalArgumentException if something is missing or out of range; nothing changes then
   */
  public void load(Map<String, Double> state) {
    States.requireKeys("plateau", state, "best", "bad", "cooling");
    double newBest = state.get("best");
    if (Double.isNaN(newBest)) {
      throw new IllegalArgumentException("plateau: the state's 'best' must not be NaN");
    }
    long newBad = States.whole("plateau", state, "bad");
    cooling = States.whole("plateau", state, "cooling");
    bad = newBad;
    best = newBest;
  }
}
