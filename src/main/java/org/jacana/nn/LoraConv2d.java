package org.jacana.nn;

import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.op.Conv;

/**
 * A frozen convolution with a trained change of low rank (after Hu et al. 2021): its filters are W
 * + alpha/rank B A, the filters being counted as a matrix [out, KH KW in/groups].
 *
 * <p>Parameters: lora_A [rank, KH KW in/groups] from U(-b, b) with b = 1/sqrt(KH KW in/groups),
 * lora_B [out, rank], zero, so that the layer starts as its base. The base's weight and bias are
 * the buffers weight and bias: saved under the base's names, but not trained. The base is taken
 * over: it no longer records gradients, and closes with this layer.
 */
public final class LoraConv2d extends Module {
  private final int rank;
  private final ConvSpec spec;
  private final String base;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor a;
  private final Tensor b;
  private final LowRank change;

  /** From the default generator. */
  public LoraConv2d(Conv2d base, int rank, double alpha) {
    this(base, rank, alpha, Generator.standard());
  }

  /**
   * An adapted layer; A comes from a generator.
   *
   * @throws IllegalArgumentException if the rank is not in 1 to min(out, KH KW in/groups), or alpha
   *     not finite
   */
  public LoraConv2d(Conv2d base, int rank, double alpha, Generator generator) {
    LowRank.check("loraConv2d", base.weight(), rank, alpha);
    Check.generator("loraConv2d", generator);
    this.rank = rank;
    this.spec = base.spec();
    this.base = base.toString();
    weight = buffer("weight", base.weight().requiresGrad(false));
    bias = base.bias() == null ? null : buffer("bias", base.bias().requiresGrad(false));
    a = parameter("lora_A", LowRank.initialA(weight, rank, generator));
    b = parameter("lora_B", Tensor.zeros(weight.shape().dim(0), rank));
    change = new LowRank("loraConv2d", weight, a, b, alpha / rank);
  }

  /** The base's filters, with the change in them while merged. */
  public Tensor weight() {
    return weight;
  }

  /** [rank, KH KW in/groups]. */
  public Tensor a() {
    return a;
  }

  /** [out, rank]. */
  public Tensor b() {
    return b;
  }

  /**
   * Adds the change to the filters. The adapters then take no part in the result and get no
   * gradients.
   *
   * @throws IllegalStateException if it is merged already
   */
  public void merge() {
    change.merge();
  }

  /**
   * Takes the change out of the filters again, which gives the old ones but for rounding.
   *
   * @throws IllegalStateException if it is not merged
   */
  public void unmerge() {
    change.unmerge();
  }

  public boolean merged() {
    return change.merged();
  }

  public ConvSpec spec() {
    return spec;
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
    int in = weight.shape().dim(3) * spec.groups();
    if (x.rank() != 4 || x.shape().dim(3) != in) {
      throw new IllegalArgumentException(
          this + ": the input must be [N, H, W, " + in + "], got " + x.shape());
    }
    return Conv.conv(spec, x, change.merged() ? weight : weight.add(change.change()), bias);
  }

  @Override
  public long multiplyAdds(Shape input, Shape output) {
    return output.size() * Init.fanIn(weight.shape())
        + (change.merged() ? 0 : weight.size() * rank);
  }

  @Override
  public String toString() {
    return "LoraConv2d(" + base + ", rank " + rank + ")";
  }
}
