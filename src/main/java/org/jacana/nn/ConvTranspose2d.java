package org.jacana.nn;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.op.Convolutions;

/**
 * A transposed convolution: [N, H, W, in] to [N, OH, OW, out]. Parameters: weight [in, KH, KW,
 * out/groups] and bias [out], from U(-b, b) with b = 1/sqrt(KH KW out/groups) as in PyTorch.
 */
public final class ConvTranspose2d extends Module {
  private final int in;
  private final int out;
  private final ConvSpec spec;
  private final int extra;
  private final Tensor weight;
  private final Tensor bias;

  /** A square kernel, no output padding. */
  public ConvTranspose2d(int in, int out, int kernel, int stride, int padding) {
    this(in, out, kernel, kernel, ConvSpec.of(stride, padding), 0, true, Generator.standard());
  }

  /**
   * Any geometry.
   *
   * @param outputPadding rows and columns that the stride leaves undecided, below the stride
   */
  public ConvTranspose2d(
      int in,
      int out,
      int kernelH,
      int kernelW,
      ConvSpec spec,
      int outputPadding,
      boolean bias,
      Generator generator) {
    this.in = Check.positive("convTranspose2d", "in", in);
    this.out = Check.positive("convTranspose2d", "out", out);
    Check.positive("convTranspose2d", "kernel height", kernelH);
    Check.positive("convTranspose2d", "kernel width", kernelW);
    Check.generator("convTranspose2d", generator);
    if (in % spec.groups() != 0 || out % spec.groups() != 0) {
      throw new IllegalArgumentException(
          "convTranspose2d: "
              + in
              + " input and "
              + out
              + " output channels must both divide into "
              + spec.groups()
              + " groups");
    }
    this.spec = spec;
    this.extra = outputPadding;
    Shape filter = Shape.of(in, kernelH, kernelW, out / spec.groups());
    double bound = 1 / Math.sqrt((double) kernelH * kernelW * out / spec.groups());
    Init init = Init.uniform(-bound, bound);
    this.weight = parameter("weight", init.make(DType.F32, filter, generator));
    this.bias = bias ? parameter("bias", init.make(DType.F32, Shape.of(out), generator)) : null;
  }

  public Tensor weight() {
    return weight;
  }

  /** The bias, or null. */
  public Tensor bias() {
    return bias;
  }

  public ConvSpec spec() {
    return spec;
  }

  /** Rows and columns that the stride leaves undecided. */
  public int outputPadding() {
    return extra;
  }

  @Override
  protected Tensor forward(Tensor x) {
    return Convolutions.convTranspose2d(x, weight, bias, spec, extra, extra);
  }

  @Override
  public long multiplyAdds(Shape input, Shape output) {
    return input.size() * (weight.size() / in);
  }

  @Override
  public String toString() {
    return "ConvTranspose2d(" + in + ", " + out + ")";
  }
}
