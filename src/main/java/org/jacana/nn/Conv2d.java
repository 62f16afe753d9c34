package org.jacana.nn;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.op.Conv;

/**
 * A two-dimensional cross-correlation: [N, H, W, in] to [N, OH, OW, out]. Parameters: weight [out,
 * KH, KW, in/groups] and bias [out], from U(-b, b) with b = 1/sqrt(KH KW in/groups) as in PyTorch.
 */
public final class Conv2d extends Module implements Rectifying {
  private final int in;
  private final ConvSpec spec;
  private final Tensor weight;
  private final Tensor bias;

  /** A square kernel, stride 1, no padding. */
  public Conv2d(int in, int out, int kernel) {
    this(in, out, kernel, 1, 0);
  }

  public Conv2d(int in, int out, int kernel, int stride, int padding) {
    this(in, out, kernel, stride, padding, true, Generator.standard());
  }

  public Conv2d(
      int in, int out, int kernel, int stride, int padding, boolean bias, Generator generator) {
    this(in, out, kernel, kernel, ConvSpec.of(stride, padding), bias, generator);
  }

  public Conv2d(int in, int out, int kernelH, int kernelW, ConvSpec spec) {
    this(in, out, kernelH, kernelW, spec, true, Generator.standard());
  }

  /**
   * Any geometry; weights come from a generator.
   *
   * @throws IllegalArgumentException if a size is not positive, or groups do not divide the
   *     channels
   */
  public Conv2d(
      int in, int out, int kernelH, int kernelW, ConvSpec spec, boolean bias, Generator generator) {
    this.in = Check.positive("conv2d", "in", in);
    Check.positive("conv2d", "out", out);
    Check.positive("conv2d", "kernel height", kernelH);
    Check.positive("conv2d", "kernel width", kernelW);
    Check.generator("conv2d", generator);
    if (in % spec.groups() != 0 || out % spec.groups() != 0) {
      throw new IllegalArgumentException(
          "conv2d: "
              + in
              + " input and "
              + out
              + " output channels must both divide into "
              + spec.groups()
              + " groups");
    }
    this.spec = spec;
    Shape filter = Shape.of(out, kernelH, kernelW, in / spec.groups());
    double bound = 1 / Math.sqrt(Init.fanIn(filter));
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

  @Override
  protected Tensor forward(Tensor x) {
    check(x);
    return Conv.conv(spec, x, weight, bias);
  }

  @Override
  public Tensor applyRelu(Tensor x) {
    return call(
        x,
        () -> {
          check(x);
          return new Tensor[] {Conv.convRelu(spec, x, weight, bias)};
        })[0];
  }

  /**
   * relu?(norm(forward(x))) for a norm by running statistics, which scale the filters and shift the
   * result: one convolution and no other pass over memory. Not differentiable.
   */
  Tensor applyFolded(Tensor x, BatchNorm norm, boolean relu) {
    return call(
        x,
        () -> {
          check(x);
          int out = weight.shape().dim(0);
          norm.check(Shape.of(x.shape().dim(0), out));
          Tensor scale = norm.scale();
          Tensor w = weight.mul(scale.reshape(out, 1, 1, 1));
          Tensor shift = norm.shift(scale);
          Tensor b = bias == null ? shift : shift.add(bias.mul(scale));
          return new Tensor[] {relu ? Conv.convRelu(spec, x, w, b) : Conv.conv(spec, x, w, b)};
        })[0];
  }

  private void check(Tensor x) {
    if (x.rank() != 4 || x.shape().dim(3) != in) {
      String fix =
          x.rank() != 4
              ? "give it a batch of images"
              : x.shape().dim(1) == in
                  ? "a batch [N, C, H, W] needs permute(0, 2, 3, 1)"
                  : "make the layer with in=" + x.shape().dim(3) + " or change what is before it";
      throw new IllegalArgumentException(
          this + ": the input must be [N, H, W, " + in + "], got " + x.shape() + "; " + fix);
    }
  }

  @Override
  public long multiplyAdds(Shape input, Shape output) {
    return output.size() * Init.fanIn(weight.shape());
  }

  @Override
  public String toString() {
    Shape w = weight.shape();
    StringBuilder s = new StringBuilder("Conv2d(" + in + ", " + w.dim(0) + ", ");
    s.append(w.dim(1)).append('x').append(w.dim(2));
    if (spec.strideH() != 1 || spec.strideW() != 1) {
      s.append(", stride ").append(pair(spec.strideH(), spec.strideW()));
    }
    if (spec.padTop() != spec.padBottom() || spec.padLeft() != spec.padRight()) {
      s.append(", pad top ").append(spec.padTop()).append(" left ").append(spec.padLeft());
      s.append(" bottom ").append(spec.padBottom()).append(" right ").append(spec.padRight());
    } else if (spec.padTop() != 0 || spec.padLeft() != 0) {
      s.append(", pad ").append(pair(spec.padTop(), spec.padLeft()));
    }
    if (spec.dilationH() != 1 || spec.dilationW() != 1) {
      s.append(", dilation ").append(pair(spec.dilationH(), spec.dilationW()));
    }
    if (spec.groups() != 1) {
      s.append(", groups ").append(spec.groups());
    }
    return s.append(bias == null ? ", no bias)" : ")").toString();
  }

  private static String pair(int h, int w) {
    return h == w ? "" + h : h + "x" + w;
  }
}
