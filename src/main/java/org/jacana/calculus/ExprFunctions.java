package org.jacana.calculus;

/** The functions of one argument among the methods of {@link Expr}. */
public sealed interface ExprFunctions permits Expr {
  /** The expression these methods belong to. */
  Expr self();

  default Expr sin() {
    return Calls.of(Fn.SIN, self());
  }

  default Expr cos() {
    return Calls.of(Fn.COS, self());
  }

  default Expr tan() {
    return Calls.of(Fn.TAN, self());
  }

  default Expr asin() {
    return Calls.of(Fn.ASIN, self());
  }

  default Expr acos() {
    return Calls.of(Fn.ACOS, self());
  }

  default Expr atan() {
    return Calls.of(Fn.ATAN, self());
  }

  default Expr sinh() {
    return Calls.of(Fn.SINH, self());
  }

  default Expr cosh() {
    return Calls.of(Fn.COSH, self());
  }

  default Expr tanh() {
    return Calls.of(Fn.TANH, self());
  }

  default Expr asinh() {
    return Calls.of(Fn.ASINH, self());
  }

  default Expr acosh() {
    return Calls.of(Fn.ACOSH, self());
  }

  default Expr atanh() {
    return Calls.of(Fn.ATANH, self());
  }

  default Expr exp() {
    return Calls.of(Fn.EXP, self());
  }

  /** The natural logarithm. */
  default Expr log() {
    return Calls.of(Fn.LOG, self());
  }

  default Expr abs() {
    return Calls.of(Fn.ABS, self());
  }

  /** -1, 0 or 1. */
  default Expr sign() {
    return Calls.of(Fn.SIGN, self());
  }

  default Expr floor() {
    return Calls.of(Fn.FLOOR, self());
  }

  default Expr ceil() {
    return Calls.of(Fn.CEIL, self());
  }

  /** To the nearest integer, ties to even. */
  default Expr round() {
    return Calls.of(Fn.ROUND, self());
  }

  default Expr trunc() {
    return Calls.of(Fn.TRUNC, self());
  }

  default Expr erf() {
    return Calls.of(Fn.ERF, self());
  }

  /** 1 - erf(x). */
  default Expr erfc() {
    return Calls.of(Fn.ERFC, self());
  }

  /** The inverse of erf. */
  default Expr erfinv() {
    return Calls.of(Fn.ERFINV, self());
  }

  /** log |Gamma(x)|. */
  default Expr lgamma() {
    return Calls.of(Fn.LGAMMA, self());
  }

  /** 1 / (1 + e^-x). */
  default Expr sigmoid() {
    return Calls.of(Fn.SIGMOID, self());
  }

  /** log(1 + e^x). */
  default Expr softplus() {
    return Calls.of(Fn.SOFTPLUS, self());
  }

  /** max(x, 0), with derivative 0 at 0. */
  default Expr relu() {
    return Calls.of(Fn.RELU, self());
  }

  /** The same value, counted as a constant in derivatives. */
  default Expr detach() {
    return Calls.of(Fn.DETACH, self());
  }

  /** The larger of the two; at ties each derivative counts half. */
  default Expr max(Expr o) {
    return Calls.of(Fn.MAX, self(), o);
  }

  /** The smaller of the two; at ties each derivative counts half. */
  default Expr min(Expr o) {
    return Calls.of(Fn.MIN, self(), o);
  }

  /** The angle of the point (x, this). */
  default Expr atan2(Expr x) {
    return Calls.of(Fn.ATAN2, self(), x);
  }
}
