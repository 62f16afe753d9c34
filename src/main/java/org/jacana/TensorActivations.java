package org.jacana;

import org.jacana.op.Activations;

/** Nonlinearities of networks among the methods of {@link Tensor}, PyTorch's definitions. */
public sealed interface TensorActivations permits Tensor {
  /** The tensor these methods belong to. */
  Tensor self();

  /** Limited to -1..1; gradient 1 strictly between, else 0. */
  default Tensor hardtanh() {
    return Activations.hardtanh(self(), -1, 1);
  }

  /**
   * Limited to low..high; gradient 1 strictly between, else 0 ({@link Tensor#clamp} has 1 at the
   * bounds too).
   *
   * @throws IllegalArgumentException if low is greater than high
   */
  default Tensor hardtanh(double low, double high) {
    return Activations.hardtanh(self(), low, high);
  }

  /** Limited to 0..6; gradient 1 strictly between, else 0. */
  default Tensor relu6() {
    return Activations.hardtanh(self(), 0, 6);
  }

  /** relu6(x + 3) / 6. */
  default Tensor hardsigmoid() {
    return Activations.hardsigmoid(self());
  }

  /** x relu6(x + 3) / 6. */
  default Tensor hardswish() {
    return Activations.hardswish(self());
  }

  /** x tanh(log(1 + e^x)). */
  default Tensor mish() {
    return Activations.mish(self());
  }

  /** 1.0507 (x where positive, else 1.6733 (e^x - 1)), constants as in PyTorch. */
  default Tensor selu() {
    return Activations.selu(self());
  }

  /** x where positive, else alpha (e^(x / alpha) - 1). */
  default Tensor celu(double alpha) {
    return Activations.celu(self(), alpha);
  }

  /** 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))): the tanh form of {@link Tensor#gelu}. */
  default Tensor geluTanh() {
    return Activations.geluTanh(self());
  }

  /** log(1 / (1 + e^-x)). */
  default Tensor logSigmoid() {
    return Activations.logSigmoid(self());
  }

  /** x - tanh(x). */
  default Tensor tanhShrink() {
    return Activations.tanhShrink(self());
  }

  /** x - lambda above lambda, x + lambda below -lambda, 0 between. */
  default Tensor softShrink(double lambda) {
    return Activations.softShrink(self(), lambda);
  }

  /** x above lambda and below -lambda, 0 between. */
  default Tensor hardShrink(double lambda) {
    return Activations.hardShrink(self(), lambda);
  }

  /** x where it is above the threshold, else the value. */
  default Tensor threshold(double threshold, double value) {
    return Activations.threshold(self(), threshold, value);
  }

  /** x / (1 + |x|). */
  default Tensor softsign() {
    return Activations.softsign(self());
  }

  /** x where positive, else slope x; the slope broadcasts, [C] for one per channel. */
  default Tensor prelu(Tensor slope) {
    return Activations.prelu(self(), slope);
  }

  /** The first half along an axis of even extent times the sigmoid of the second. */
  default Tensor glu(int axis) {
    return Activations.glu(self(), axis);
  }
}
