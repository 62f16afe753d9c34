package org.jacana.nn;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.op.BatchNormRelu;

/**
 * Batch normalisation over all axes but the last, which has the channels (Ioffe and Szegedy 2015,
 * PyTorch's form): y = weight (x - mean) / sqrt(variance + epsilon) + bias.
 *
 * <p>In training, mean and biased variance are the batch's, and the buffers running_mean and
 * running_var move towards the batch's mean and unbiased variance by {@code momentum}; otherwise
 * the buffers are used. Parameters: weight [C] of ones, bias [C] of zeros.
 */
public final class BatchNorm extends Module implements Rectifying {
  private final int channels;
  private final double epsilon;
  private final double momentum;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor runningMean;
  private final Tensor runningVar;

  /** Epsilon 1e-5, momentum 0.1. */
  public BatchNorm(int channels) {
    this(channels, 1e-5, 0.1);
  }

  /**
   * A layer with its own constants.
   *
   * @param momentum the weight of the newest batch in the running statistics, 0 to 1
   * @throws IllegalArgumentException if a constant is out of range
   */
  public BatchNorm(int channels, double epsilon, double momentum) {
    this.channels = Check.positive("batchNorm", "channels", channels);
    this.epsilon = Check.notNegative("batchNorm", "epsilon", epsilon);
    this.momentum = Check.probability("batchNorm", "momentum", momentum);
    weight = parameter("weight", Tensor.ones(channels));
    bias = parameter("bias", Tensor.zeros(channels));
    runningMean = buffer("running_mean", Tensor.zeros(channels));
    runningVar = buffer("running_var", Tensor.ones(channels));
  }

  public Tensor weight() {
    return weight;
  }

  public Tensor bias() {
    return bias;
  }

  public Tensor runningMean() {
    return runningMean;
  }

  public Tensor runningVar() {
    return runningVar;
  }

  public double epsilon() {
    return epsilon;
  }

  public double momentum() {
    return momentum;
  }

  @Override
  protected Tensor forward(Tensor x) {
    check(x.shape());
    if (!isTraining()) {
      Tensor scale = scale();
      return x.mul(scale).add(shift(scale));
    }
    return learnt(x, org.jacana.op.BatchNorm.batchNorm(x, weight, bias, epsilon));
  }

  @Override
  public Tensor applyRelu(Tensor x) {
    return applyRelu(x, null);
  }

  /** relu(norm(x) + residual) in one pass, the residual being null where there is none. */
  Tensor applyRelu(Tensor x, Tensor residual) {
    return call(
        x,
        () -> {
          if (!isTraining()) {
            Tensor y = forward(x);
            return new Tensor[] {(residual == null ? y : y.add(residual)).relu()};
          }
          check(x.shape());
          return new Tensor[] {
            learnt(x, BatchNormRelu.batchNormRelu(x, residual, weight, bias, epsilon))
          };
        })[0];
  }

  void check(Shape x) {
    if (x.rank() < 2 || x.dim(-1) != channels) {
      throw new IllegalArgumentException(
          this
              + ": the input must be [N, ..., "
              + channels
              + "], got "
              + x
              + (x.rank() < 2
                  ? "; give it a batch"
                  : "; make the layer with "
                      + x.dim(-1)
                      + " channels or change what is before it"));
    }
  }

  /** The factor [C] by running statistics: weight / sqrt(running_var + epsilon). */
  Tensor scale() {
    return weight.mul(runningVar.add(epsilon).rsqrt());
  }

  /** What is added to x scale. */
  Tensor shift(Tensor scale) {
    return bias.sub(runningMean.mul(scale));
  }

  /** Moves the running statistics towards the batch's. */
  private Tensor learnt(Tensor x, org.jacana.op.BatchNorm.Result r) {
    double n = (double) x.size() / channels;
    try (Scope scope = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      // Both or none: what can fail for lack of memory comes first.
      Tensor mean = moved(runningMean, r.mean(), 1);
      Tensor variance = moved(runningVar, r.variance(), n / (n - 1));
      runningMean.assign(mean);
      runningVar.assign(variance);
    }
    return r.y();
  }

  private Tensor moved(Tensor running, Tensor batch, double unbias) {
    return running.mul(1 - momentum).add(batch.mul(momentum * unbias));
  }

  @Override
  public String toString() {
    return "BatchNorm(" + channels + ")";
  }
}
