package org.jacana.op;

import java.util.function.DoubleUnaryOperator;
import org.jacana.Tensor;
import org.jacana.backend.UnaryKernel;

/**
 * The pointwise functions of one argument: a kernel's name, the function in plain Java, and its
 * derivative in tensor language. {@code p} and {@code q} are constants of the call.
 */
public enum Unary implements UnaryKernel {
  NEG(Type.SAME, x -> -x, (x, y, g, p, q) -> g.neg()),
  ABS(Type.SAME, Math::abs, (x, y, g, p, q) -> g.mul(x.sign())),
  SIGN(Type.SAME, Math::signum, (x, y, g, p, q) -> null),
  SQUARE(Type.SAME, x -> x * x, (x, y, g, p, q) -> g.mul(x).mul(2)),
  RELU(Type.SAME, x -> x > 0 || x != x ? x : 0, (x, y, g, p, q) -> g.reluGrad(y)),
  FLOOR(Type.SAME, Math::floor, (x, y, g, p, q) -> null),
  CEIL(Type.SAME, Math::ceil, (x, y, g, p, q) -> null),
  ROUND(Type.SAME, Math::rint, (x, y, g, p, q) -> null),
  TRUNC(Type.SAME, x -> x < 0 ? Math.ceil(x) : Math.floor(x), (x, y, g, p, q) -> null),
  /** x + p. */
  ADD_SCALAR(Type.SAME, (x, p, q) -> x + p, (x, y, g, p, q) -> g),
  /** x p. */
  MUL_SCALAR(Type.SAME, (x, p, q) -> x * p, (x, y, g, p, q) -> g.mul(p)),
  /** x limited to p..q; NaN stays. */
  CLAMP(
      Type.SAME,
      (x, p, q) -> x < p ? p : x > q ? q : x,
      (x, y, g, p, q) -> Tensor.where(x.ge(p).logicalAnd(x.le(q)), g, 0)),
  SQRT(Type.FLOAT, Math::sqrt, (x, y, g, p, q) -> g.div(y).mul(0.5)),
  RSQRT(Type.FLOAT, x -> 1 / Math.sqrt(x), (x, y, g, p, q) -> g.mul(y.mul(y).mul(y)).mul(-0.5)),
  RECIPROCAL(Type.FLOAT, x -> 1 / x, (x, y, g, p, q) -> g.mul(y.square()).neg()),
  EXP(Type.FLOAT, Math::exp, (x, y, g, p, q) -> g.mul(y)),
  /** 2 to the power x. */
  EXP2(Type.FLOAT, x -> Math.pow(2, x), (x, y, g, p, q) -> g.mul(y).mul(Math.log(2))),
  EXPM1(Type.FLOAT, Math::expm1, (x, y, g, p, q) -> g.mul(y.add(1))),
  LOG(Type.FLOAT, Math::log, (x, y, g, p, q) -> g.div(x)),
  LOG1P(Type.FLOAT, Math::log1p, (x, y, g, p, q) -> g.div(x.add(1))),
  LOG2(
      Type.FLOAT, x -> Math.log(x) / Math.log(2), (x, y, g, p, q) -> g.div(x).mul(1 / Math.log(2))),
  LOG10(Type.FLOAT, Math::log10, (x, y, g, p, q) -> g.div(x).mul(1 / Math.log(10))),
  SIN(Type.FLOAT, Math::sin, (x, y, g, p, q) -> g.mul(x.cos())),
  COS(Type.FLOAT, Math::cos, (x, y, g, p, q) -> g.mul(x.sin()).neg()),
  TAN(Type.FLOAT, Math::tan, (x, y, g, p, q) -> g.mul(y.square().add(1))),
  ASIN(Type.FLOAT, Math::asin, (x, y, g, p, q) -> g.mul(x.square().neg().add(1).rsqrt())),
  ACOS(Type.FLOAT, Math::acos, (x, y, g, p, q) -> g.mul(x.square().neg().add(1).rsqrt()).neg()),
  ATAN(Type.FLOAT, Math::atan, (x, y, g, p, q) -> g.div(x.square().add(1))),
  SINH(Type.FLOAT, Math::sinh, (x, y, g, p, q) -> g.mul(x.cosh())),
  COSH(Type.FLOAT, Math::cosh, (x, y, g, p, q) -> g.mul(x.sinh())),
  ASINH(Type.FLOAT, Special::asinh, (x, y, g, p, q) -> g.mul(x.square().add(1).rsqrt())),
  ACOSH(
      Type.FLOAT, Special::acosh, (x, y, g, p, q) -> g.mul(x.sub(1).rsqrt()).mul(x.add(1).rsqrt())),
  ATANH(Type.FLOAT, Special::atanh, (x, y, g, p, q) -> g.div(x.neg().add(1).mul(x.add(1)))),
  TANH(Type.FLOAT, Math::tanh, (x, y, g, p, q) -> g.mul(y.square().neg().add(1))),
  SIGMOID(Type.FLOAT, Special::sigmoid, (x, y, g, p, q) -> g.mul(y.mul(y.neg().add(1)))),
  ERF(
      Type.FLOAT,
      Special::erf,
      (x, y, g, p, q) -> g.mul(x.square().neg().exp()).mul(2 / Math.sqrt(Math.PI))),
  /** 1 - erf(x), exact to the last digits where that is tiny. */
  ERFC(
      Type.FLOAT,
      Special::erfc,
      (x, y, g, p, q) -> g.mul(x.square().neg().exp()).mul(-2 / Math.sqrt(Math.PI))),
  /** The inverse of erf on (-1, 1). */
  ERFINV(
      Type.FLOAT,
      Special::erfinv,
      (x, y, g, p, q) -> g.mul(y.square().exp()).mul(Math.sqrt(Math.PI) / 2)),
  /** log |Gamma(x)|. */
  LGAMMA(Type.FLOAT, Gamma::logGamma, (x, y, g, p, q) -> g.mul(Pointwise.polygamma(0, x))),
  /** The derivative of order p + 1 of log Gamma(x), p a whole number. */
  POLYGAMMA(
      Type.FLOAT,
      (x, p, q) -> Gamma.polygamma((int) p, x),
      (x, y, g, p, q) -> g.mul(Pointwise.polygamma(p + 1, x))),
  /** log(1 + e^x). */
  SOFTPLUS(Type.FLOAT, Special::softplus, (x, y, g, p, q) -> g.mul(x.sigmoid())),
  /** x Phi(x), Phi the normal distribution function (Hendrycks and Gimpel 2016). */
  GELU(
      Type.FLOAT,
      x -> x == Double.NEGATIVE_INFINITY ? 0 : x * 0.5 * (1 + Special.erf(x * Math.sqrt(0.5))),
      (x, y, g, p, q) ->
          g.mul(
              x.mul(Math.sqrt(0.5))
                  .erf()
                  .add(1)
                  .mul(0.5)
                  .add(x.mul(x.square().mul(-0.5).exp()).mul(1 / Math.sqrt(2 * Math.PI))))),
  /** x sigmoid(x). */
  SILU(
      Type.FLOAT,
      x -> x == Double.NEGATIVE_INFINITY ? 0 : x * Special.sigmoid(x),
      (x, y, g, p, q) -> {
        Tensor s = x.sigmoid();
        return g.mul(s.mul(x.mul(s.neg().add(1)).add(1)));
      }),
  /** x where positive, else p x. */
  LEAKY_RELU(
      Type.FLOAT,
      (x, p, q) -> x > 0 ? x : p * x,
      (x, y, g, p, q) -> Tensor.where(x.gt(0), g, g.mul(p))),
  /** x where positive, else p (e^x - 1). */
  ELU(
      Type.FLOAT,
      (x, p, q) -> x > 0 ? x : p * Math.expm1(x),
      (x, y, g, p, q) -> Tensor.where(x.gt(0), g, g.mul(x.minimum(0).exp()).mul(p))),
  /** x to the power p. */
  POW_SCALAR(
      Type.FLOAT,
      (x, p, q) -> Special.pow(x, p),
      (x, y, g, p, q) -> p == 0 ? null : g.mul(x.pow(p - 1)).mul(p)),
  IS_NAN(Type.BOOL, x -> x != x ? 1 : 0, (x, y, g, p, q) -> null),
  IS_INF(Type.BOOL, x -> Double.isInfinite(x) ? 1 : 0, (x, y, g, p, q) -> null),
  LOGICAL_NOT(Type.BOOL, x -> x == 0 ? 1 : 0, (x, y, g, p, q) -> null);

  /** The type of the result. */
  enum Type {
    SAME,
    FLOAT,
    BOOL
  }

  /** A function of x and two constants. */
  interface Function {
    double apply(double x, double p, double q);
  }

  /** The gradient of x from that of y; null where it is zero everywhere. */
  interface Rule {
    Tensor apply(Tensor x, Tensor y, Tensor g, double p, double q);
  }

  final Type type;
  private final Function function;
  final Rule rule;
  private final String kernel = name().toLowerCase(java.util.Locale.ROOT);

  Unary(Type type, DoubleUnaryOperator f, Rule rule) {
    this(type, (x, p, q) -> f.applyAsDouble(x), rule);
  }

  Unary(Type type, Function f, Rule rule) {
    this.type = type;
    this.function = f;
    this.rule = rule;
  }

  /** Whether the rule reads y only, so that x need not be kept. */
  boolean readsOutput() {
    return switch (this) {
      case RELU, SQRT, RSQRT, RECIPROCAL, EXP, EXP2, EXPM1, TAN, TANH, SIGMOID, ERFINV -> true;
      default -> false;
    };
  }

  boolean readsInput() {
    return switch (this) {
      case NEG, SIGN, FLOOR, CEIL, ROUND, TRUNC, ADD_SCALAR, MUL_SCALAR -> false;
      default -> !readsOutput();
    };
  }

  @Override
  public String kernel() {
    return kernel;
  }

  @Override
  public double apply(double x, double p, double q) {
    return function.apply(x, p, q);
  }
}
