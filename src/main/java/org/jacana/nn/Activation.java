package org.jacana.nn;

import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jacana.Tensor;

/** An element-wise nonlinearity, or a softmax, as a module without parameters. */
public final class Activation extends Module {
  private static final List<String> NAMES =
      List.of(
          "relu",
          "leaky_relu",
          "elu",
          "gelu",
          "silu",
          "tanh",
          "sigmoid",
          "softplus",
          "softmax",
          "log_softmax",
          "relu6",
          "hardtanh",
          "hardsigmoid",
          "hardswish",
          "mish",
          "selu",
          "gelu_tanh",
          "log_sigmoid",
          "softsign");

  private final String name;
  private final double constant;
  private final UnaryOperator<Tensor> f;

  private Activation(String name, double constant, UnaryOperator<Tensor> f) {
    this.name = name;
    this.constant = constant;
    this.f = f;
  }

  private static Activation plain(String name, UnaryOperator<Tensor> f) {
    return new Activation(name, Double.NaN, f);
  }

  /** max(x, 0). */
  public static Activation relu() {
    return plain("relu", Tensor::relu);
  }

  /** x where positive, else slope x. */
  public static Activation leakyRelu(double slope) {
    Check.finite("leakyRelu", "slope", slope);
    return new Activation("leaky_relu", slope, x -> x.leakyRelu(slope));
  }

  /** x where positive, else alpha (e^x - 1). */
  public static Activation elu(double alpha) {
    Check.finite("elu", "alpha", alpha);
    return new Activation("elu", alpha, x -> x.elu(alpha));
  }

  /** x Phi(x), the exact form. */
  public static Activation gelu() {
    return plain("gelu", Tensor::gelu);
  }

  /** x sigmoid(x). */
  public static Activation silu() {
    return plain("silu", Tensor::silu);
  }

  public static Activation tanh() {
    return plain("tanh", Tensor::tanh);
  }

  public static Activation sigmoid() {
    return plain("sigmoid", Tensor::sigmoid);
  }

  /** log(1 + e^x). */
  public static Activation softplus() {
    return plain("softplus", Tensor::softplus);
  }

  /** Over the last axis. */
  public static Activation softmax() {
    return plain("softmax", x -> x.softmax(-1));
  }

  /** Over the last axis. */
  public static Activation logSoftmax() {
    return plain("log_softmax", x -> x.logSoftmax(-1));
  }

  /** min(max(x, 0), 6). */
  public static Activation relu6() {
    return plain("relu6", Tensor::relu6);
  }

  /** x limited to -1..1. */
  public static Activation hardtanh() {
    return plain("hardtanh", Tensor::hardtanh);
  }

  /** relu6(x + 3) / 6. */
  public static Activation hardsigmoid() {
    return plain("hardsigmoid", Tensor::hardsigmoid);
  }

  /** x relu6(x + 3) / 6. */
  public static Activation hardswish() {
    return plain("hardswish", Tensor::hardswish);
  }

  /** x tanh(log(1 + e^x)). */
  public static Activation mish() {
    return plain("mish", Tensor::mish);
  }

  /** Self-normalising: scale (x where positive, else alpha (e^x - 1)). */
  public static Activation selu() {
    return plain("selu", Tensor::selu);
  }

  /** The tanh form of {@link #gelu}. */
  public static Activation geluTanh() {
    return plain("gelu_tanh", Tensor::geluTanh);
  }

  /** log(1 / (1 + e^-x)). */
  public static Activation logSigmoid() {
    return plain("log_sigmoid", Tensor::logSigmoid);
  }

  /** x / (1 + |x|). */
  public static Activation softsign() {
    return plain("softsign", Tensor::softsign);
  }

  /**
   * The activation of a {@link #name} with PyTorch's constant (slope 0.01, alpha 1).
   *
   * @throws IllegalArgumentException listing the known names
   */
  public static Activation byName(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "relu" -> relu();
      case "leaky_relu" -> leakyRelu(0.01);
      case "elu" -> elu(1);
      case "gelu" -> gelu();
      case "silu" -> silu();
      case "tanh" -> tanh();
      case "sigmoid" -> sigmoid();
      case "softplus" -> softplus();
      case "softmax" -> softmax();
      case "log_softmax" -> logSoftmax();
      case "relu6" -> relu6();
      case "hardtanh" -> hardtanh();
      case "hardsigmoid" -> hardsigmoid();
      case "hardswish" -> hardswish();
      case "mish" -> mish();
      case "selu" -> selu();
      case "gelu_tanh" -> geluTanh();
      case "log_sigmoid" -> logSigmoid();
      case "softsign" -> softsign();
      default ->
          throw new IllegalArgumentException(
              "activation: no '" + name + "'; known are " + String.join(", ", NAMES));
    };
  }

  /** Such as relu or leaky_relu. */
  public String name() {
    return name;
  }

  boolean isRelu() {
    return name.equals("relu");
  }

  /** The slope or alpha; NaN for an activation without one. */
  public double constant() {
    return constant;
  }

  @Override
  protected Tensor forward(Tensor x) {
    return f.apply(x);
  }

  @Override
  public String toString() {
    return Double.isNaN(constant) ? name : name + "(" + constant + ")";
  }
}
