package org.jacana.nn;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.op.Convolutions;

/**
 * A cross-correlation of sequences: [N, L, in] to [N, OL, out]. Parameters: weight [out, K,
 * in/groups] and bias [out], from U(-b, b) with b = 1/sqrt(K in/groups) as in PyTorch.
 */
public final class Conv1d extends Module {
  private final int in;
  private final int out;
  private final int kernel;
  private final int stride;
  private final int padding;
  private final int dilation;
  private final int groups;
  private final Tensor weight;
  private final Tensor bias;

  /** Dense, one group, with a bias. */
  public Conv1d(int in, int out, int kernel, int stride, int padding) {
    this(in, out, kernel, stride, padding, 1, 1, true, Generator.standard());
  }

  public Conv1d(
      int in,
      int out,
      int kernel,
      int stride,
      int padding,
      int dilation,
      int groups,
      boolean bias,
      Generator generator) {
    this.in = Check.positive("conv1d", "in", in);
    this.out = Check.positive("conv1d", "out", out);
    this.kernel = Check.positive("conv1d", "kernel", kernel);
    this.stride = Check.positive("conv1d", "stride", stride);
    this.dilation = Check.positive("conv1d", "dilation", dilation);
    this.groups = Check.positive("conv1d", "groups", groups);
    this.padding = padding;
    Check.generator("conv1d", generator);
    if (padding < 0 || in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          "conv1d: padding must not be negative and groups must divide both channels, got padding "
              + padding
              + ", "
              + in
              + " and "
              + out
              + " channels, "
              + groups
              + " groups");
    }
    double bound = 1 / Math.sqrt((double) kernel * in / groups);
    Init init = Init.uniform(-bound, bound);
    Shape filter = Shape.of(out, kernel, in / groups);
    this.weight = parameter("weight", init.make(DType.F32, filter, generator));
    this.bias = bias ? parameter("bias", init.make(DType.F32, Shape.of(out), generator)) : null;
  }

  /** [out, K, in/groups]. */
  public Tensor weight() {
    return weight;
  }

  /** The bias, or null. */
  public Tensor bias() {
    return bias;
  }

  public int stride() {
    return stride;
  }

  public int padding() {
    return padding;
  }

  public int dilation() {
    return dilation;
  }

  public int groups() {
    return groups;
  }

  @Override
  protected Tensor forward(Tensor x) {
    if (x.rank() != 3 || x.shape().dim(2) != in) {
      throw new IllegalArgumentException(
          this + ": the input must be [N, L, " + in + "], got " + x.shape());
    }
    return Convolutions.conv1d(x, weight, bias, stride, padding, dilation, groups);
  }

  @Override
  public long multiplyAdds(Shape input, Shape output) {
    return output.size() * kernel * (in / groups);
  }

  @Override
  public String toString() {
    return "Conv1d(" + in + ", " + out + ", " + kernel + ")";
  }
}
