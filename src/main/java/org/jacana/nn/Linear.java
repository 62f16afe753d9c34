package org.jacana.nn;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.op.MatMul;

/**
 * The affine map x w^T + b of the last axis: [..., in] to [..., out]. Parameters: weight [out, in]
 * and bias [out], from U(-1/sqrt(in), 1/sqrt(in)) as in PyTorch.
 */
public final class Linear extends Module implements Rectifying {
  private final int in;
  private final int out;
  private final Tensor weight;
  private final Tensor bias;

  public Linear(int in, int out) {
    this(in, out, true);
  }

  public Linear(int in, int out, boolean bias) {
    this(in, out, bias, Generator.standard());
  }

  public Linear(int in, int out, Generator generator) {
    this(in, out, true, generator);
  }

  /**
   * A layer whose weights come from a generator.
   *
   * @throws IllegalArgumentException if a size is not positive
   */
  public Linear(int in, int out, boolean bias, Generator generator) {
    this.in = Check.positive("linear", "in", in);
    this.out = Check.positive("linear", "out", out);
    Check.generator("linear", generator);
    double bound = 1 / Math.sqrt(in);
    Init init = Init.uniform(-bound, bound);
    this.weight = parameter("weight", init.make(DType.F32, Shape.of(out, in), generator));
    this.bias = bias ? parameter("bias", init.make(DType.F32, Shape.of(out), generator)) : null;
  }

  public Tensor weight() {
    return weight;
  }

  /** The bias, or null. */
  public Tensor bias() {
    return bias;
  }

  @Override
  protected Tensor forward(Tensor x) {
    check(x);
    return MatMul.linear(x, weight, bias);
  }

  @Override
  public Tensor applyRelu(Tensor x) {
    return call(
        x,
        () -> {
          check(x);
          return new Tensor[] {MatMul.linearRelu(x, weight, bias)};
        })[0];
  }

  private void check(Tensor x) {
    if (x.rank() < 1 || x.shape().dim(-1) != in) {
      String fix =
          x.rank() > 2 && x.size() / Math.max(1, x.shape().dim(0)) == in
              ? "put a Flatten before it"
              : x.rank() < 1
                  ? "give the input an axis"
                  : "make the layer with in=" + x.shape().dim(-1) + " or change what is before it";
      throw new IllegalArgumentException(
          this + ": the input's last axis must be " + in + ", got " + x.shape() + "; " + fix);
    }
  }

  @Override
  public long multiplyAdds(Shape input, Shape output) {
    return output.size() * in;
  }

  @Override
  public String toString() {
    return "Linear(" + in + ", " + out + (bias == null ? ", no bias)" : ")");
  }
}
