package org.jacana;

import org.jacana.op.Binary;
import org.jacana.op.Elementwise;
import org.jacana.op.Pointwise;
import org.jacana.op.Unary;

/** Element-by-element methods of {@link Tensor}; two tensors broadcast (NumPy's rule). */
public sealed interface TensorPointwise permits Tensor {
  /** The tensor these methods belong to. */
  Tensor self();

  private Tensor binary(Binary f, double v) {
    try (Tensor s = Scope.release(self().constant(v))) {
      return Pointwise.binary(f, self(), s);
    }
  }

  private Tensor reversed(Binary f, double v) {
    try (Tensor s = Scope.release(self().constant(v))) {
      return Pointwise.binary(f, s, self());
    }
  }

  /** Applies f with a constant, which may be fractional. */
  private Tensor shifted(Unary f, double v) {
    DType t = self().dtype();
    boolean whole = v == Math.rint(v);
    if (t.isFloat() || whole && t != DType.BOOL) {
      return Pointwise.unary(f, v, 0, self());
    }
    try (Tensor wide = Scope.release(self().to(whole ? DType.I32 : DType.F32))) {
      return Pointwise.unary(f, v, 0, wide);
    }
  }

  default Tensor add(Tensor o) {
    return Pointwise.binary(Binary.ADD, self(), o);
  }

  default Tensor add(double v) {
    return shifted(Unary.ADD_SCALAR, v);
  }

  default Tensor sub(Tensor o) {
    return Pointwise.binary(Binary.SUB, self(), o);
  }

  default Tensor sub(double v) {
    return add(-v);
  }

  /** v - this. */
  default Tensor rsub(double v) {
    try (Tensor negative = Scope.release(neg())) {
      return negative.add(v);
    }
  }

  default Tensor mul(Tensor o) {
    return Pointwise.binary(Binary.MUL, self(), o);
  }

  default Tensor mul(double v) {
    return shifted(Unary.MUL_SCALAR, v);
  }

  /** True division: integers give F32. */
  default Tensor div(Tensor o) {
    return Pointwise.binary(Binary.DIV, self(), o);
  }

  default Tensor div(double v) {
    return binary(Binary.DIV, v);
  }

  /** v / this. */
  default Tensor rdiv(double v) {
    return reversed(Binary.DIV, v);
  }

  /** The remainder with the divisor's sign. */
  default Tensor remainder(Tensor o) {
    return Pointwise.binary(Binary.REMAINDER, self(), o);
  }

  default Tensor remainder(double v) {
    return binary(Binary.REMAINDER, v);
  }

  /** x to the power o; integers give F32. */
  default Tensor pow(Tensor o) {
    return Pointwise.binary(Binary.POW, self(), o);
  }

  /**
   * x to the power p. Integers stay integers for a whole p from 0 on, and overflow as products do;
   * otherwise they give F32.
   */
  default Tensor pow(double p) {
    if (!self().dtype().isFloat() && p >= 0 && p == Math.rint(p) && p <= Integer.MAX_VALUE) {
      return Elementwise.power(self(), (int) p);
    }
    return p == 2 ? square() : Pointwise.unary(Unary.POW_SCALAR, p, 0, self());
  }

  default Tensor maximum(Tensor o) {
    return Pointwise.binary(Binary.MAXIMUM, self(), o);
  }

  default Tensor maximum(double v) {
    return binary(Binary.MAXIMUM, v);
  }

  default Tensor minimum(Tensor o) {
    return Pointwise.binary(Binary.MINIMUM, self(), o);
  }

  default Tensor minimum(double v) {
    return binary(Binary.MINIMUM, v);
  }

  /** The angle of the point (x, this). */
  default Tensor atan2(Tensor x) {
    return Pointwise.binary(Binary.ATAN2, self(), x);
  }

  /** This where {@code y} is positive, else 0: ReLU's gradient from its output. */
  default Tensor reluGrad(Tensor y) {
    return Pointwise.binary(Binary.RELU_GRAD, self(), y);
  }

  /**
   * Limited to low..high; the gradient is 0 outside.
   *
   * @throws IllegalArgumentException if low is greater than high
   */
  default Tensor clamp(double low, double high) {
    if (low > high || low != low || high != high) {
      throw new IllegalArgumentException(
          "clamp: low must not be above high, got " + low + " and " + high);
    }
    return Pointwise.unary(Unary.CLAMP, low, high, self());
  }

  default Tensor neg() {
    return Pointwise.unary(Unary.NEG, self());
  }

  default Tensor abs() {
    return Pointwise.unary(Unary.ABS, self());
  }

  /** -1, 0 or 1. */
  default Tensor sign() {
    return Pointwise.unary(Unary.SIGN, self());
  }

  default Tensor square() {
    return Pointwise.unary(Unary.SQUARE, self());
  }

  default Tensor sqrt() {
    return Pointwise.unary(Unary.SQRT, self());
  }

  /** 1 / sqrt. */
  default Tensor rsqrt() {
    return Pointwise.unary(Unary.RSQRT, self());
  }

  default Tensor reciprocal() {
    return Pointwise.unary(Unary.RECIPROCAL, self());
  }

  default Tensor exp() {
    return Pointwise.unary(Unary.EXP, self());
  }

  default Tensor expm1() {
    return Pointwise.unary(Unary.EXPM1, self());
  }

  default Tensor log() {
    return Pointwise.unary(Unary.LOG, self());
  }

  default Tensor log1p() {
    return Pointwise.unary(Unary.LOG1P, self());
  }

  default Tensor log2() {
    return Pointwise.unary(Unary.LOG2, self());
  }

  default Tensor log10() {
    return Pointwise.unary(Unary.LOG10, self());
  }

  default Tensor sin() {
    return Pointwise.unary(Unary.SIN, self());
  }

  default Tensor cos() {
    return Pointwise.unary(Unary.COS, self());
  }

  default Tensor tan() {
    return Pointwise.unary(Unary.TAN, self());
  }

  default Tensor asin() {
    return Pointwise.unary(Unary.ASIN, self());
  }

  default Tensor acos() {
    return Pointwise.unary(Unary.ACOS, self());
  }

  default Tensor atan() {
    return Pointwise.unary(Unary.ATAN, self());
  }

  default Tensor sinh() {
    return Pointwise.unary(Unary.SINH, self());
  }

  default Tensor cosh() {
    return Pointwise.unary(Unary.COSH, self());
  }

  default Tensor tanh() {
    return Pointwise.unary(Unary.TANH, self());
  }

  default Tensor sigmoid() {
    return Pointwise.unary(Unary.SIGMOID, self());
  }

  default Tensor erf() {
    return Pointwise.unary(Unary.ERF, self());
  }

  /** log(1 + e^x). */
  default Tensor softplus() {
    return Pointwise.unary(Unary.SOFTPLUS, self());
  }

  /** max(x, 0), with gradient 0 at 0. */
  default Tensor relu() {
    return Pointwise.unary(Unary.RELU, self());
  }

  /** x where positive, else slope x. */
  default Tensor leakyRelu(double slope) {
    return Pointwise.unary(Unary.LEAKY_RELU, slope, 0, self());
  }

  /** x where positive, else alpha (e^x - 1). */
  default Tensor elu(double alpha) {
    return Pointwise.unary(Unary.ELU, alpha, 0, self());
  }

  /** x Phi(x), exact (erf) form. */
  default Tensor gelu() {
    return Pointwise.unary(Unary.GELU, self());
  }

  /** x sigmoid(x). */
  default Tensor silu() {
    return Pointwise.unary(Unary.SILU, self());
  }

  default Tensor floor() {
    return Pointwise.unary(Unary.FLOOR, self());
  }

  default Tensor ceil() {
    return Pointwise.unary(Unary.CEIL, self());
  }

  /** To the nearest integer, ties to even. */
  default Tensor round() {
    return Pointwise.unary(Unary.ROUND, self());
  }

  default Tensor trunc() {
    return Pointwise.unary(Unary.TRUNC, self());
  }

  default Tensor isNaN() {
    return Pointwise.unary(Unary.IS_NAN, self());
  }

  default Tensor isInf() {
    return Pointwise.unary(Unary.IS_INF, self());
  }

  default Tensor eq(Tensor o) {
    return Pointwise.binary(Binary.EQ, self(), o);
  }

  default Tensor eq(double v) {
    return binary(Binary.EQ, v);
  }

  default Tensor ne(Tensor o) {
    return Pointwise.binary(Binary.NE, self(), o);
  }

  default Tensor ne(double v) {
    return binary(Binary.NE, v);
  }

  default Tensor lt(Tensor o) {
    return Pointwise.binary(Binary.LT, self(), o);
  }

  default Tensor lt(double v) {
    return binary(Binary.LT, v);
  }

  default Tensor le(Tensor o) {
    return Pointwise.binary(Binary.LE, self(), o);
  }

  default Tensor le(double v) {
    return binary(Binary.LE, v);
  }

  default Tensor gt(Tensor o) {
    return Pointwise.binary(Binary.GT, self(), o);
  }

  default Tensor gt(double v) {
    return binary(Binary.GT, v);
  }

  default Tensor ge(Tensor o) {
    return Pointwise.binary(Binary.GE, self(), o);
  }

  default Tensor ge(double v) {
    return binary(Binary.GE, v);
  }

  default Tensor logicalAnd(Tensor o) {
    return Pointwise.binary(Binary.LOGICAL_AND, self(), o);
  }

  default Tensor logicalOr(Tensor o) {
    return Pointwise.binary(Binary.LOGICAL_OR, self(), o);
  }

  default Tensor logicalXor(Tensor o) {
    return Pointwise.binary(Binary.LOGICAL_XOR, self(), o);
  }

  default Tensor logicalNot() {
    return Pointwise.unary(Unary.LOGICAL_NOT, self());
  }
}
