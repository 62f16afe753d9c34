package org.jacana.io.onnx;

import java.util.List;
import org.jacana.nn.Activation;

/** The nonlinearities, each as the operator of its name or as the composition that defines it. */
final class ActivationRules {
  private static final double SELU_SCALE = 1.0507009873554805;
  private static final double SELU_ALPHA = 1.6732632423543772;

  private ActivationRules() {}

  static Flow write(Exporting e, Activation m, Flow x) {
    return switch (m.name()) {
      case "relu" -> e.pointwise("Relu", x);
      case "leaky_relu" -> e.pointwise("LeakyRelu", x, Attribute.of("alpha", m.constant()));
      case "elu" -> e.pointwise("Elu", x, Attribute.of("alpha", m.constant()));
      case "gelu" -> gelu(e, x);
      case "silu" -> e.pointwise("Mul", x, e.node("Sigmoid", x.name()));
      case "tanh" -> e.pointwise("Tanh", x);
      case "sigmoid" -> e.pointwise("Sigmoid", x);
      case "softplus" -> e.pointwise("Softplus", x);
      case "softmax" -> e.pointwise("Softmax", x, Attribute.of("axis", x.lastAxis()));
      case "log_softmax" -> e.pointwise("LogSoftmax", x, Attribute.of("axis", x.lastAxis()));
      case "relu6" -> clip(e, x, 0, 6);
      case "hardtanh" -> clip(e, x, -1, 1);
      case "hardsigmoid" ->
          e.pointwise("HardSigmoid", x, Attribute.of("alpha", 1 / 6.0), Attribute.of("beta", 0.5));
      case "hardswish" -> e.pointwise("HardSwish", x);
      case "mish" -> e.pointwise("Mish", x);
      case "selu" ->
          e.pointwise(
              "Selu", x, Attribute.of("alpha", SELU_ALPHA), Attribute.of("gamma", SELU_SCALE));
      case "gelu_tanh" -> geluTanh(e, x);
      case "log_sigmoid" -> e.pointwise("Neg", e.pointwise("Softplus", e.pointwise("Neg", x)));
      case "softsign" -> e.pointwise("Softsign", x);
      default -> throw new IllegalArgumentException("onnx: no rule for activation " + m.name());
    };
  }

  private static Flow clip(Exporting e, Flow x, double low, double high) {
    String least = e.graph().constant(e.path(), low);
    String most = e.graph().constant(e.path(), high);
    return x.with(e.node("Clip", List.of(x.name(), least, most)));
  }

  /** x (1 + erf(x / sqrt(2))) / 2; the operator of this name is younger than our operator set. */
  private static Flow gelu(Exporting e, Flow x) {
    Flow erf = e.pointwise("Erf", e.pointwise("Div", x, Math.sqrt(2)));
    Flow twice = e.pointwise("Mul", x, e.pointwise("Add", erf, 1).name());
    return e.pointwise("Mul", twice, 0.5);
  }

  /** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
  private static Flow geluTanh(Exporting e, Flow x) {
    Flow cubic = e.pointwise("Mul", e.pointwise("Mul", x, x.name()), 0.044715);
    Flow inner = e.pointwise("Mul", e.pointwise("Add", cubic, 1), x.name());
    Flow tanh = e.pointwise("Tanh", e.pointwise("Mul", inner, Math.sqrt(2 / Math.PI)));
    return e.pointwise("Mul", e.pointwise("Mul", e.pointwise("Add", tanh, 1), x.name()), 0.5);
  }
}
