package org.jacana;

import org.jacana.op.Bounds;
import org.jacana.op.Elementwise;
import org.jacana.op.Pointwise;
import org.jacana.op.Unary;

/** Less common functions of elements among the methods of {@link Tensor}; two tensors broadcast. */
public sealed interface TensorMath permits Tensor {
  /** The tensor these methods belong to. */
  Tensor self();

  /** 2 to the power x. */
  default Tensor exp2() {
    return Pointwise.unary(Unary.EXP2, self());
  }

  default Tensor asinh() {
    return Pointwise.unary(Unary.ASINH, self());
  }

  /** The non-negative inverse of cosh; NaN below 1. */
  default Tensor acosh() {
    return Pointwise.unary(Unary.ACOSH, self());
  }

  /** NaN outside [-1, 1]. */
  default Tensor atanh() {
    return Pointwise.unary(Unary.ATANH, self());
  }

  /** 1 - erf(x), to full relative precision where it is tiny. */
  default Tensor erfc() {
    return Pointwise.unary(Unary.ERFC, self());
  }

  /** The inverse of erf; infinite at -1 and 1, NaN beyond. */
  default Tensor erfinv() {
    return Pointwise.unary(Unary.ERFINV, self());
  }

  /** log |Gamma(x)|, infinite at 0, -1, -2 and so on. */
  default Tensor lgamma() {
    return Pointwise.unary(Unary.LGAMMA, self());
  }

  /** The derivative of {@link #lgamma}; NaN at -1, -2 and so on. */
  default Tensor digamma() {
    return Pointwise.unary(Unary.POLYGAMMA, 0, 0, self());
  }

  /**
   * The n-th derivative of {@link #digamma}.
   *
   * @throws IllegalArgumentException if n is negative
   */
  default Tensor polygamma(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("polygamma: n must not be negative, got " + n);
    }
    return Pointwise.unary(Unary.POLYGAMMA, n, 0, self());
  }

  /** sin(pi x) / (pi x), 1 at 0. */
  default Tensor sinc() {
    return Elementwise.sinc(self());
  }

  /** x without its whole part, with x's sign. */
  default Tensor frac() {
    return Elementwise.frac(self());
  }

  /** log(x / (1 - x)), NaN outside [0, 1]. */
  default Tensor logit() {
    return Elementwise.logit(self());
  }

  /** The logit of x limited to epsilon..1 - epsilon. */
  default Tensor logit(double epsilon) {
    return Elementwise.logit(self(), epsilon);
  }

  /** NaN and the infinities replaced; the gradient of a replaced element is 0. */
  default Tensor nanToNum(double nan, double positive, double negative) {
    return Elementwise.nanToNum(self(), nan, positive, negative);
  }

  /** Neither NaN nor infinite. */
  default Tensor isFinite() {
    return Elementwise.isFinite(self());
  }

  /** sqrt(x^2 + y^2) without overflow; the gradient at the origin is 0 (PyTorch: NaN). */
  default Tensor hypot(Tensor y) {
    return Elementwise.hypot(self(), y);
  }

  /** log(e^x + e^y) without overflow. */
  default Tensor logAddExp(Tensor y) {
    return Elementwise.logAddExp(self(), y);
  }

  /** log2(2^x + 2^y) without overflow. */
  default Tensor logAddExp2(Tensor y) {
    return Elementwise.logAddExp2(self(), y);
  }

  /** x + value a b. */
  default Tensor addCMul(Tensor a, Tensor b, double value) {
    return Elementwise.addCMul(self(), a, b, value);
  }

  /** x + value a / b. */
  default Tensor addCDiv(Tensor a, Tensor b, double value) {
    return Elementwise.addCDiv(self(), a, b, value);
  }

  /**
   * x limited to low..high, element by element; high where low is above it, NaN where one of the
   * three is.
   */
  default Tensor clamp(Tensor low, Tensor high) {
    return Bounds.clamp(self(), low, high);
  }

  /** 0 for negative x and NaN, 1 for positive x, the value where x is 0; no gradient for x. */
  default Tensor heaviside(Tensor value) {
    return Bounds.heaviside(self(), value);
  }

  /** To a number of decimals, which may be negative, ties to even. */
  default Tensor round(int decimals) {
    return Bounds.round(self(), decimals);
  }

  /** Whether the sign is minus, that of -0 too; false for NaN. */
  default Tensor signBit() {
    return Bounds.signBit(self());
  }

  /** The remainder of a division with this tensor's sign (C's fmod). */
  default Tensor fmod(Tensor y) {
    return Elementwise.fmod(self(), y);
  }

  /** x / y rounded down, of the promoted type; no gradient. */
  default Tensor floorDivide(Tensor y) {
    return Elementwise.floorDivide(self(), y);
  }

  /**
   * x log(y), and 0 where x is 0 and y is not NaN. Where x is 0 and y positive the gradient of x is
   * log(y); PyTorch gives 0.
   */
  default Tensor xlogy(Tensor y) {
    return Elementwise.xlogy(self(), y);
  }

  /** x + weight (end - x), exact at weights 0 and 1. */
  default Tensor lerp(Tensor end, Tensor weight) {
    return Elementwise.lerp(self(), end, weight);
  }

  /** x + weight (end - x), exact at weights 0 and 1. */
  default Tensor lerp(Tensor end, double weight) {
    return Elementwise.lerp(self(), end, weight);
  }

  /** The larger, or the one that is not NaN; at ties the gradient is this tensor's. */
  default Tensor fmax(Tensor y) {
    return Elementwise.fmax(self(), y);
  }

  /** The smaller, or the one that is not NaN; at ties the gradient is this tensor's. */
  default Tensor fmin(Tensor y) {
    return Elementwise.fmin(self(), y);
  }

  /** |x| with the sign of y, of -0 too; no gradient for y. */
  default Tensor copySign(Tensor y) {
    return Elementwise.copySign(self(), y);
  }

  /** {@link #isClose(Tensor, double, double, boolean)} with 1e-5, 1e-8 and false. */
  default Tensor isClose(Tensor y) {
    return Elementwise.isClose(self(), y, 1e-5, 1e-8, false);
  }

  /** Where |x - y| is at most absolute + relative |y|; equal infinities are close. */
  default Tensor isClose(Tensor y, double relative, double absolute, boolean equalNan) {
    return Elementwise.isClose(self(), y, relative, absolute, equalNan);
  }

  /** Whether all elements are {@link #isClose}; waits for the device. */
  default boolean allClose(Tensor y, double relative, double absolute) {
    try (Scope s = Scope.open()) {
      return Elementwise.isClose(self(), y, relative, absolute, false).all().item() != 0;
    }
  }
}
