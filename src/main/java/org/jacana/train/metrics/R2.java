package org.jacana.train.metrics;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * The coefficient of determination, 1 - sum w (y - f)^2 / sum w (y - mean)^2: 1 for a perfect
 * prediction, 0 for always the mean, below for worse. Outputs and targets are [n], or [n, d] for d
 * quantities, whose values are averaged. A target that is constant gives 1 if it is met exactly and
 * 0 if not (as in scikit-learn).
 *
 * <p>The squares about the mean are joined over batches by the rule of T. Chan, G. Golub and R.
 * LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances, 1979, so that
 * targets far from 0 lose no digits.
 */
public final class R2 implements Metric {
  private static final String NAME = "r2";

  private final int outputs;
  private final Sums sums;

  /** For one quantity: [n] or [n, 1]. */
  public R2() {
    this(1);
  }

  /**
   * For d quantities, [n, d].
   *
   * @throws IllegalArgumentException if there is none
   */
  public R2(int outputs) {
    if (outputs < 1) {
      throw new IllegalArgumentException(NAME + ": needs at least 1 output, got " + outputs);
    }
    this.outputs = outputs;
    sums = new Sums(NAME, 3 * outputs + 2);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean largerIsBetter() {
    return true;
  }

  @Override
  public void update(Tensor output, Tensor target, Tensor weights) {
    Tensor all = sums.on(output.device());
    Metrics.requireAlike(NAME, output, target);
    int rank = output.rank();
    boolean fits = rank == 1 ? outputs == 1 : rank == 2 && output.shape().dim(1) == outputs;
    if (!fits) {
      throw new IllegalArgumentException(
          NAME + ": output must be [n, " + outputs + "], got " + output.shape());
    }
    int n = output.shape().dim(0);
    int d = outputs;
    try (Scope s = Scope.open(output.device());
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor w = Rows.weights(NAME, weights, Shape.of(n), output).reshape(n, 1).expand(n, d);
      Tensor y = target.detach().to(DType.F64).reshape(n, d);
      Tensor e = y.sub(output.detach().to(DType.F64).reshape(n, d)).square();
      Tensor here = w.sum(0).slice(0, 0, 1);
      // A batch without weight changes nothing; the divisor then is 1 instead of 0.
      Tensor size = Tensor.where(here.gt(0), here, 1);
      Tensor mean = Rows.weighted(y, w).sum(0).div(size);
      Tensor squares = Rows.weighted(y.sub(mean).square(), w).sum(0);

      Tensor count = all.slice(0, 0, 1);
      Tensor before = all.slice(0, 2, 2 + d);
      Tensor joined = count.add(here);
      Tensor share = here.div(Tensor.where(joined.gt(0), joined, 1));
      Tensor apart = mean.sub(before);
      Tensor rows = w.slice(1, 0, 1).gt(0).to(DType.F64).sum().reshape(1);
      sums.add(
          Tensor.concat(
              0,
              here,
              rows,
              Tensor.where(share.gt(0), apart.mul(share), 0),
              squares.add(apart.square().mul(count).mul(share)),
              Rows.weighted(e, w).sum(0)));
    }
  }

  /**
   * The value of each output.
   *
   * @throws IllegalStateException if there were fewer than 2 examples, or this is closed
   */
  public double[] perOutput() {
    double[] s = sums.read();
    if (s[1] < 2) {
      throw new IllegalStateException(
          NAME + ": needs at least 2 examples since the last reset, got " + (long) s[1]);
    }
    double[] out = new double[outputs];
    for (int i = 0; i < outputs; i++) {
      double total = s[2 + outputs + i];
      double rest = s[2 + 2 * outputs + i];
      out[i] = total == 0 ? (rest == 0 ? 1 : 0) : 1 - rest / total;
    }
    return out;
  }

  /**
   * The mean over the outputs.
   *
   * @throws IllegalStateException if there were fewer than 2 examples, or this is closed
   */
  @Override
  public double compute() {
    double sum = 0;
    for (double v : perOutput()) {
      sum += v;
    }
    return sum / outputs;
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
