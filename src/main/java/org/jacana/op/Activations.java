package org.jacana.op;

import org.jacana.Shape;
import org.jacana.Tensor;

/** Element-by-element nonlinearities of networks, composed of tensor operations. */
public final class Activations {
  private static final double SELU_SCALE = 1.0507009873554805;
  private static final double SELU_ALPHA = 1.6732632423543772;

  private Activations() {}

  /** x between low and high, else the nearer bound; gradient 1 strictly between, else 0. */
  public static Tensor hardtanh(Tensor x, double low, double high) {
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "hardtanh: low must not be above high, got " + low + " and " + high);
    }
    return Composite.on(
        x, () -> Tensor.where(x.gt(low).logicalAnd(x.lt(high)), x, x.detach().clamp(low, high)));
  }

  /** min(max(x + 3, 0), 6) / 6 (PyTorch's form). */
  public static Tensor hardsigmoid(Tensor x) {
    return Composite.on(x, () -> hardtanh(x.add(3), 0, 6).div(6));
  }

  /** x hardsigmoid(x) (Howard et al. 2019). */
  public static Tensor hardswish(Tensor x) {
    return Composite.on(x, () -> x.mul(hardsigmoid(x)));
  }

  /** x tanh(softplus(x)) (Misra 2019). */
  public static Tensor mish(Tensor x) {
    return Composite.on(x, () -> x.mul(x.softplus().tanh()));
  }

  /** scale (x where positive, else alpha (e^x - 1)) (Klambauer et al. 2017). */
  public static Tensor selu(Tensor x) {
    return Composite.on(x, () -> x.elu(SELU_ALPHA).mul(SELU_SCALE));
  }

  /**
   * x where positive, else alpha (e^(x / alpha) - 1) (Barron 2017).
   *
   * @throws IllegalArgumentException if alpha is 0
   */
  public static Tensor celu(Tensor x, double alpha) {
    if (alpha == 0) {
      throw new IllegalArgumentException("celu: alpha must not be 0");
    }
    return Composite.on(
        x,
        () -> {
          Tensor positive = x.gt(0);
          Tensor rest = Tensor.where(positive.logicalNot(), x, 0);
          return Tensor.where(positive, x, rest.div(alpha).expm1().mul(alpha));
        });
  }

  /** 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) (Hendrycks and Gimpel 2016). */
  public static Tensor geluTanh(Tensor x) {
    return Composite.on(
        x,
        () -> {
          Tensor inner = x.square().mul(0.044715).add(1).mul(x).mul(Math.sqrt(2 / Math.PI));
          return inner.tanh().add(1).mul(x).mul(0.5);
        });
  }

  /** log(1 / (1 + e^-x)). */
  public static Tensor logSigmoid(Tensor x) {
    return Composite.on(x, () -> x.neg().softplus().neg());
  }

  /** x - tanh(x). */
  public static Tensor tanhShrink(Tensor x) {
    return Composite.on(x, () -> x.sub(x.tanh()));
  }

  /** x - lambda above lambda, x + lambda below -lambda, 0 between. */
  public static Tensor softShrink(Tensor x, double lambda) {
    if (!(lambda >= 0)) {
      throw new IllegalArgumentException("softShrink: lambda must not be negative, got " + lambda);
    }
    return Composite.on(x, () -> x.sub(x.clamp(-lambda, lambda)));
  }

  /** x above lambda and below -lambda, 0 between. */
  public static Tensor hardShrink(Tensor x, double lambda) {
    return Composite.on(
        x, () -> Tensor.where(x.ge(-lambda).logicalAnd(x.le(lambda)).logicalNot(), x, 0));
  }

  /** x where it is above the threshold, else the value. */
  public static Tensor threshold(Tensor x, double threshold, double value) {
    return Composite.on(x, () -> Tensor.where(x.le(threshold).logicalNot(), x, value));
  }

  /** x / (1 + |x|). */
  public static Tensor softsign(Tensor x) {
    return Composite.on(x, () -> x.div(x.abs().add(1)));
  }

  /**
   * x where positive, else slope x (He et al. 2015); the slope broadcasts, so one for each channel
   * is [C].
   */
  public static Tensor prelu(Tensor x, Tensor slope) {
    Shape s = Shape.broadcast("prelu", x.shape(), slope.shape());
    if (!s.equals(x.shape())) {
      throw new IllegalArgumentException(
          "prelu: the slope must broadcast to the input, got slope "
              + slope.shape()
              + " for input "
              + x.shape()
              + "; one slope for each channel of [..., C] is [C]");
    }
    return Composite.on(x, () -> Tensor.where(x.gt(0), x, x.mul(slope)));
  }

  /**
   * The first half along an axis times the sigmoid of the second (Dauphin et al. 2017).
   *
   * @throws IllegalArgumentException if the axis has an odd extent
   */
  public static Tensor glu(Tensor x, int axis) {
    int a = x.shape().axis("glu", axis);
    int n = x.shape().dim(a);
    if (n % 2 != 0) {
      throw new IllegalArgumentException(
          "glu: axis " + a + " of " + x.shape() + " must have an even extent");
    }
    return Composite.on(x, () -> x.slice(a, 0, n / 2).mul(x.slice(a, n / 2, n).sigmoid()));
  }
}
