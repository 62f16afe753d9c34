package org.jacana.nn;

import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.op.MatMul;

/**
 * A frozen linear layer with a trained change of low rank (Hu et al. 2021): x W^T + b + alpha/rank
 * (x A^T) B^T.
 *
 * <p>Parameters: lora_A [rank, in] from U(-1/sqrt(in), 1/sqrt(in)), lora_B [out, rank], zero, so
 * that the layer starts as its base. The base's weight and bias are the buffers weight and bias:
 * saved under the base's names, but not trained. The base is taken over: it no longer records
 * gradients, and closes with this layer.
 */
public final class LoraLinear extends Module {
  private final int rank;
  private final double scale;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor a;
  private final Tensor b;
  private final LowRank change;

  /** From the default generator. */
  public LoraLinear(Linear base, int rank, double alpha) {
    this(base, rank, alpha, Generator.standard());
  }

  /**
   * An adapted layer; A comes from a generator.
   *
   * @throws IllegalArgumentException if the rank is not in 1 to min(in, out), or alpha not finite
   */
  public LoraLinear(Linear base, int rank, double alpha, Generator generator) {
    LowRank.check("loraLinear", base.weight(), rank, alpha);
    Check.generator("loraLinear", generator);
    this.rank = rank;
    this.scale = alpha / rank;
    weight = buffer("weight", base.weight().requiresGrad(false));
    bias = base.bias() == null ? null : buffer("bias", base.bias().requiresGrad(false));
    a = parameter("lora_A", LowRank.initialA(weight, rank, generator));
    b = parameter("lora_B", Tensor.zeros(weight.shape().dim(0), rank));
    change = new LowRank("loraLinear", weight, a, b, scale);
  }

  /** The base's weight, with the change in it while merged. */
  public Tensor weight() {
    return weight;
  }

  /** [rank, in]. */
  public Tensor a() {
    return a;
  }

  /** [out, rank]. */
  public Tensor b() {
    return b;
  }

  /**
   * Adds the change to the weight, so that calls cost what the base's cost. The adapters then take
   * no part in the result and get no gradients.
   *
   * @throws IllegalStateException if it is merged already
   */
  public void merge() {
    change.merge();
  }

  /**
   * Takes the change out of the weight again, which gives the old weight but for rounding.
   *
   * @throws IllegalStateException if it is not merged
   */
  public void unmerge() {
    change.unmerge();
  }

  public boolean merged() {
    return change.merged();
  }

  /** The base's bias, or null. */
  public Tensor bias() {
    return bias;
  }

  /** The weight that calls use: the base's with the change in it, a new tensor unless merged. */
  public Tensor effectiveWeight() {
    return change.merged() ? weight : weight.add(change.change());
  }

  @Override
  protected Tensor forward(Tensor x) {
    int in = weight.shape().dim(1);
    if (x.rank() < 1 || x.shape().dim(-1) != in) {
      throw new IllegalArgumentException(
          this + ": the input's last axis must be " + in + ", got " + x.shape());
    }
    Tensor y = MatMul.linear(x, weight, bias);
    if (change.merged()) {
      return y;
    }
    return y.add(MatMul.linear(MatMul.linear(x, a, null), b, null).mul(scale));
  }

  @Override
  public long multiplyAdds(Shape input, Shape output) {
    long in = weight.shape().dim(1);
    long rows = output.size() / weight.shape().dim(0);
    return output.size() * in + (change.merged() ? 0 : rows * rank * (in + weight.shape().dim(0)));
  }

  @Override
  public String toString() {
    return "LoraLinear("
        + weight.shape().dim(1)
        + ", "
        + weight.shape().dim(0)
        + ", rank "
        + rank
        + ")";
  }
}
