package org.jacana.io.onnx;

import java.util.function.UnaryOperator;
import org.jacana.Tensor;
import org.jacana.data.FormatException;

/** Operators that work element by element on one tensor. */
final class UnaryOps {
  private UnaryOps() {}

  static void register() {
    add("Abs", Tensor::abs);
    add("Acos", Tensor::acos);
    add("Asin", Tensor::asin);
    add("Atan", Tensor::atan);
    add("Ceil", Tensor::ceil);
    add("Cos", Tensor::cos);
    add("Cosh", Tensor::cosh);
    add("Erf", Tensor::erf);
    add("Exp", Tensor::exp);
    add("Floor", Tensor::floor);
    add("HardSwish", Tensor::hardswish);
    add("IsNaN", Tensor::isNaN);
    add("Log", Tensor::log);
    add("Mish", Tensor::mish);
    add("Neg", Tensor::neg);
    add("Not", Tensor::logicalNot);
    add("Reciprocal", Tensor::reciprocal);
    add("Relu", Tensor::relu);
    add("Round", Tensor::round);
    add("Sigmoid", Tensor::sigmoid);
    add("Sign", Tensor::sign);
    add("Sin", Tensor::sin);
    add("Sinh", Tensor::sinh);
    add("Softplus", Tensor::softplus);
    add("Softsign", Tensor::softsign);
    add("Sqrt", Tensor::sqrt);
    add("Tan", Tensor::tan);
    add("Tanh", Tensor::tanh);
    Operators.add("Celu", n -> with(n, "alpha", 1, (x, a) -> x.celu(a)));
    Operators.add("Elu", n -> with(n, "alpha", 1, (x, a) -> x.elu(a)));
    Operators.add("LeakyRelu", n -> with(n, "alpha", 0.01, (x, a) -> x.leakyRelu(a)));
    Operators.add("ThresholdedRelu", n -> with(n, "alpha", 1, (x, a) -> x.threshold(a, 0)));
    Operators.add("Swish", n -> with(n, "alpha", 1, (x, a) -> x.mul(x.mul(a).sigmoid())));
    Operators.add("Selu", UnaryOps::selu);
    Operators.add("HardSigmoid", UnaryOps::hardSigmoid);
    Operators.add("Gelu", UnaryOps::gelu);
    Operators.add("Clip", UnaryOps::clip);
  }

  private static void add(String type, UnaryOperator<Tensor> f) {
    Operators.add(type, n -> kernel(n.inputs(1, 1), f));
  }

  /** The kernel that applies f and keeps the layout. */
  static Kernel kernel(NodeContext n, UnaryOperator<Tensor> f) throws FormatException {
    n.outputs(1);
    var backend = n.backend();
    return in -> {
      Value x = in[0].onDevice(backend);
      return Operators.one(x.with(f.apply(x.tensor())));
    };
  }

  private interface WithNumber {
    Tensor apply(Tensor x, double a);
  }

  private static Kernel with(NodeContext n, String name, double otherwise, WithNumber f)
      throws FormatException {
    double a = n.number(name, otherwise);
    return kernel(n.inputs(1, 1), x -> f.apply(x, a));
  }

  private static Kernel selu(NodeContext n) throws FormatException {
    double alpha = n.number("alpha", 1.67326319217681884765625);
    double gamma = n.number("gamma", 1.05070102214813232421875);
    return kernel(n.inputs(1, 1), x -> x.elu(alpha).mul(gamma));
  }

  private static Kernel hardSigmoid(NodeContext n) throws FormatException {
    double alpha = n.number("alpha", 0.2f);
    double beta = n.number("beta", 0.5);
    return kernel(n.inputs(1, 1), x -> x.mul(alpha).add(beta).clamp(0, 1));
  }

  private static Kernel gelu(NodeContext n) throws FormatException {
    String form = n.text("approximate", "none");
    if (!form.equals("none") && !form.equals("tanh")) {
      throw n.error("approximate none or tanh", OnnxFile.shown(form));
    }
    return kernel(n.inputs(1, 1), form.equals("none") ? Tensor::gelu : Tensor::geluTanh);
  }

  private static Kernel clip(NodeContext n) throws FormatException {
    n.inputs(1, 3);
    if (n.has(1) && n.peek(1) == null || n.has(2) && n.peek(2) == null) {
      return clipByTensors(n);
    }
    double low = n.number(1, "minimum", n.number("min", Double.NEGATIVE_INFINITY));
    double high = n.number(2, "maximum", n.number("max", Double.POSITIVE_INFINITY));
    if (low != low || high != high) {
      throw n.error("numbers as bounds", "NaN");
    }
    // Above the maximum's side, the maximum wins, as the standard says.
    return kernel(n, x -> x.clamp(Math.min(low, high), high));
  }

  private static Kernel clipByTensors(NodeContext n) throws FormatException {
    n.outputs(1);
    return in -> {
      Value y = in[0];
      if (in[1] != null) {
        y = BinaryOps.apply(y, in[1], Tensor::maximum);
      }
      if (in.length > 2 && in[2] != null) {
        y = BinaryOps.apply(y, in[2], Tensor::minimum);
      }
      return Operators.one(y);
    };
  }
}
