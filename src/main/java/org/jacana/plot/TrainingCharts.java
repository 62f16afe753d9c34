package org.jacana.plot;

import java.util.Arrays;
import java.util.List;
import org.jacana.optim.RateFinder;
import org.jacana.optim.Schedule;

/** Charts of a training run, made from plain numbers. */
public final class TrainingCharts {
  private TrainingCharts() {}

  /**
   * The loss over the epochs, with a logarithmic axis where all losses are positive and the largest
   * is more than ten times the smallest.
   *
   * @param train one value an epoch
   * @param test one value an epoch; null or empty for none
   * @throws IllegalArgumentException if the numbers of epochs differ or nothing is finite
   */
  public static Picture loss(double[] train, double[] test) {
    Chart chart = epochs("Loss", "loss", train, test);
    double[] all = both(train, test);
    double least = Arrays.stream(all).filter(Double::isFinite).min().orElse(0);
    double most = Arrays.stream(all).filter(Double::isFinite).max().orElse(0);
    if (least > 0) {
      return (most > 10 * least ? chart.logY() : chart.yRange(0, Double.NaN)).picture();
    }
    return chart.picture();
  }

  /** The accuracy over the epochs, from parts 0 to 1, in percent. */
  public static Picture accuracy(double[] train, double[] test) {
    return epochs("Accuracy", "correct (%)", percent(train), percent(test)).picture();
  }

  private static double[] percent(double[] parts) {
    return parts == null ? null : Arrays.stream(parts).map(v -> 100 * v).toArray();
  }

  private static double[] both(double[] a, double[] b) {
    double[] all = Arrays.copyOf(a, a.length + (b == null ? 0 : b.length));
    for (int i = a.length; i < all.length; i++) {
      all[i] = b[i - a.length];
    }
    return all;
  }

  private static Chart epochs(String title, String label, double[] train, double[] test) {
    boolean two = test != null && test.length > 0;
    if (two && test.length != train.length) {
      throw new IllegalArgumentException(
          title + ": " + train.length + " train epochs but " + test.length + " test epochs");
    }
    double[] at = Chart.counting(train.length);
    Chart chart = new Chart(title, "epoch", label).wholeX();
    // A line through few points hides how many there are.
    boolean few = train.length <= 20;
    add(chart, few, "train", at, train);
    return two ? add(chart, few, "test", at, test) : chart;
  }

  private static Chart add(Chart chart, boolean few, String name, double[] x, double[] y) {
    return few ? chart.marked(name, x, y) : chart.line(name, x, y);
  }

  /**
   * A schedule's learning rate over a run.
   *
   * @param learningRate what the factors multiply
   * @param steps of the whole run, at least 1
   */
  public static Picture schedule(Schedule schedule, double learningRate, long steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("schedule: steps must be at least 1, got " + steps);
    }
    int points = (int) Math.min(steps, 2000);
    double[] at = new double[points];
    double[] rates = new double[points];
    for (int i = 0; i < points; i++) {
      long step = points == 1 ? 0 : Math.round((double) i / (points - 1) * (steps - 1));
      at[i] = step;
      rates[i] = learningRate * schedule.factor(step, steps);
    }
    return learningRate(at, rates);
  }

  /**
   * The learning rates that were used.
   *
   * @param steps rising
   * @param rates one for each step
   */
  public static Picture learningRate(double[] steps, double[] rates) {
    return new Chart("Learning rate", "step", "learning rate")
        .wholeX()
        .line("learning rate", steps, rates)
        .yRange(0, Double.NaN)
        .picture();
  }

  /** A range test with its suggestion marked; losses far above the start are cut off. */
  public static Picture rateFinder(RateFinder.Curve curve) {
    double[] rates = array(curve.rates());
    double[] losses = array(curve.losses());
    double[] smoothed = array(curve.smoothed());
    Chart chart =
        new Chart("Learning-rate range test", "learning rate", "loss")
            .logX()
            .faint("loss", rates, losses)
            .line("smoothed", rates, smoothed);
    if (Double.isFinite(curve.suggestion())) {
      chart.vertical("suggestion " + Numbers.text(curve.suggestion(), 2), curve.suggestion());
    }
    double least = Math.min(min(losses), min(smoothed));
    double start = Math.max(losses[0], smoothed[0]);
    double most = Math.max(max(losses), max(smoothed));
    // The end of the test rises without bound and would press the rest flat.
    double top = Math.min(most, start + (start - least));
    if (top > least && top < most) {
      chart.yRange(least >= 0 ? 0 : least, top);
    }
    return chart.picture();
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(v -> v).toArray();
  }

  private static double min(double[] values) {
    return Arrays.stream(values).min().orElseThrow();
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }
}
