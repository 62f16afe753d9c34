package org.jacana.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * The learning-rate range test (Smith 2017): trains for a few steps while the rate rises
 * exponentially from {@code low} to {@code high}, then puts all weights back. Losses are smoothed
 * with bias correction, s = 0.98 s + 0.02 loss, and the test ends early when that exceeds 4 times
 * its smallest value, as in fastai.
 *
 * @param low first rate, positive
 * @param high last rate, above low
 * @param steps at least 2
 */
public record RateFinder(double low, double high, int steps) {
  private static final double SMOOTHING = 0.98;
  private static final double TOO_MUCH = 4;

  /**
   * What happened.
   *
   * @param rates the learning rate of each step, rising
   * @param losses the loss before each step
   * @param smoothed the running averages
   * @param suggestion the rate where the smoothed loss falls most steeply over the rate's
   *     logarithm, up to its smallest value; NaN when it never falls
   */
  public record Curve(
      List<Double> rates, List<Double> losses, List<Double> smoothed, double suggestion) {}

  public RateFinder {
    if (!(low > 0 && low < high) || Double.isInfinite(high)) {
      throw new IllegalArgumentException(
          "rateFinder: needs 0 < low < high, finite, got " + low + " and " + high);
    }
    if (steps < 2) {
      throw new IllegalArgumentException("rateFinder: steps must be at least 2, got " + steps);
    }
  }

  /** 100 steps from 1e-7 to 10. */
  public RateFinder() {
    this(1e-7, 10, 100);
  }

  /**
   * Runs the test.
   *
   * @param make an optimizer for the parameters; it is closed here
   * @param parameters what is trained
   * @param buffers what else the loss changes and is to be put back, such as batch statistics
   * @param loss of the next batch, a scalar
   * @throws ArithmeticException if the first loss is not finite
   */
  public Curve run(
      Function<List<Tensor>, ? extends Optimizer> make,
      List<Tensor> parameters,
      List<Tensor> buffers,
      Supplier<Tensor> loss) {
    List<Tensor> all = new ArrayList<>(parameters);
    all.addAll(buffers);
    try (Copies start = new Copies("rateFinder", all, false);
        Optimizer optimizer = make.apply(parameters)) {
      try {
        return sweep(optimizer, parameters, loss);
      } finally {
        start.restore();
      }
    }
  }

  private Curve sweep(Optimizer optimizer, List<Tensor> parameters, Supplier<Tensor> loss) {
    List<Double> rates = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    List<Double> smoothed = new ArrayList<>();
    double average = 0;
    double best = Double.POSITIVE_INFINITY;
    for (int n = 0; n < steps; n++) {
      double rate = low * Math.pow(high / low, n / (steps - 1.0));
      double value;
      try (Scope scope = Scope.open()) {
        Tensor y = loss.get();
        value = y.item();
        if (!Double.isFinite(value)) {
          if (n == 0) {
            throw new ArithmeticException(
                "rateFinder: the loss is " + value + " before the first step");
          }
          break;
        }
        List<Tensor> gs = Autograd.grad(y, parameters);
        optimizer.learningRate(rate);
        optimizer.step(gs);
      }
      average = SMOOTHING * average + (1 - SMOOTHING) * value;
      double s = average / (1 - Math.pow(SMOOTHING, n + 1));
      rates.add(rate);
      losses.add(value);
      smoothed.add(s);
      best = Math.min(best, s);
      // A negative loss has no meaningful multiple.
      if (s > TOO_MUCH * best && best > 0) {
        break;
      }
    }
    return new Curve(
        List.copyOf(rates),
        List.copyOf(losses),
        List.copyOf(smoothed),
        suggestion(rates, smoothed));
  }

  static double suggestion(List<Double> rates, List<Double> smoothed) {
    int lowest = 0;
    for (int i = 1; i < smoothed.size(); i++) {
      lowest = smoothed.get(i) < smoothed.get(lowest) ? i : lowest;
    }
    double steepest = 0;
    double at = Double.NaN;
    // Rates are evenly spaced in the logarithm, so that differences compare as slopes.
    for (int i = 1; i <= lowest; i++) {
      double slope = smoothed.get(i) - smoothed.get(i - 1);
      if (slope < steepest) {
        steepest = slope;
        at = rates.get(i - 1);
      }
    }
    return at;
  }
}
