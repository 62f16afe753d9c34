package org.jacana.train.metrics;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * The expected calibration error of a classifier: sum_m |B_m| / n |accuracy(B_m) -
 * confidence(B_m)|, where bin m of M holds the examples whose largest probability is in ((m-1)/M,
 * m/M]. Takes logits [..., K] and labels [...]; probabilities p go in as log p.
 *
 * <p>Source: C. Guo, G. Pleiss, Y. Sun, K. Weinberger, On Calibration of Modern Neural Networks,
 * 2017, equations 2 to 5.
 */
public final class CalibrationError implements Metric {
  private static final String NAME = "calibrationError";

  private final int bins;
  private final Sums sums;

  /** With 15 bins, as in the paper. */
  public CalibrationError() {
    this(15);
  }

  /**
   * With a number of bins of equal width.
   *
   * @throws IllegalArgumentException if there is none
   */
  public CalibrationError(int bins) {
    if (bins < 1) {
      throw new IllegalArgumentException(NAME + ": needs at least 1 bin, got " + bins);
    }
    this.bins = bins;
    sums = new Sums(NAME, 3 * bins + 1);
  }

  /**
   * What was counted of the examples of similar confidence, for a reliability diagram.
   *
   * @param weight of the examples of each bin
   * @param confidence mean largest probability; NaN for an empty bin
   * @param accuracy part that is right; NaN for an empty bin
   */
  public record Bins(double[] weight, double[] confidence, double[] accuracy) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean largerIsBetter() {
    return false;
  }

  @Override
  public void update(Tensor output, Tensor target, Tensor weights) {
    sums.on(output.device());
    try (Scope s = Scope.open(output.device());
        Autograd.Mode off = Autograd.noGrad()) {
      Rows r = Rows.classes(NAME, output, target, weights, 0);
      Tensor p = r.output().to(DType.F64).softmax(1).max(1);
      // A NaN makes its bin's mean NaN, in whichever bin; as an index it would be none.
      Tensor known = Tensor.where(p.isNaN(), p.onesLike(), p);
      Tensor bin = known.mul(bins).ceil().sub(1).clamp(0, bins - 1).to(DType.I32);
      Tensor right = r.weighted(r.output().argmax(1).eq(r.labels()));
      sums.add(
          Tensor.concat(
              0, bin, bin.add(bins), bin.add(2 * bins), Tensor.full(DType.I32, 3 * bins, 1)),
          Tensor.concat(0, r.weights(), r.weighted(p), right, r.wrong().reshape(1)));
    }
  }

  /**
   * The bins of the reliability diagram.
   *
   * @throws IllegalArgumentException as {@link #compute}
   * @throws IllegalStateException as {@link #compute}
   */
  public Bins bins() {
    double[] s = sums.read();
    Rows.requireNone(NAME, s[3 * bins], "classes");
    double[] weight = Arrays.copyOf(s, bins);
    if (Arrays.stream(weight).sum() == 0) {
      throw Sums.none(NAME);
    }
    double[] confidence = new double[bins];
    double[] accuracy = new double[bins];
    for (int m = 0; m < bins; m++) {
      confidence[m] = s[bins + m] / weight[m];
      accuracy[m] = s[2 * bins + m] / weight[m];
    }
    return new Bins(weight, confidence, accuracy);
  }

  @Override
  public double compute() {
    Bins b = bins();
    double sum = 0;
    double all = 0;
    for (int m = 0; m < bins; m++) {
      all += b.weight()[m];
      if (b.weight()[m] > 0) {
        sum += b.weight()[m] * Math.abs(b.accuracy()[m] - b.confidence()[m]);
      }
    }
    return sum / all;
  }

  @Override
  public void reset() {
    sums.reset();
  }

  @Override
  public void close() {
    sums.close();
  }
}
