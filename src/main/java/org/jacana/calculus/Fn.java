package org.jacana.calculus;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jacana.op.Binary;
import org.jacana.op.Unary;

/**
 * The functions that expressions know: how many arguments, the tensor operation with the same
 * values, and the derivatives by each argument. In the order in which factors are printed.
 */
enum Fn {
  PI(0),
  SIN(Unary.SIN, x -> x.cos()),
  COS(Unary.COS, x -> x.sin().neg()),
  TAN(Unary.TAN, x -> x.tan().pow(2).add(1)),
  ASIN(Unary.ASIN, x -> root(1, -1, x).reciprocal()),
  ACOS(Unary.ACOS, x -> root(1, -1, x).reciprocal().neg()),
  ATAN(Unary.ATAN, x -> x.pow(2).add(1).reciprocal()),
  SINH(Unary.SINH, x -> x.cosh()),
  COSH(Unary.COSH, x -> x.sinh()),
  TANH(Unary.TANH, x -> Expr.of(1).sub(x.tanh().pow(2))),
  ASINH(Unary.ASINH, x -> root(1, 1, x).reciprocal()),
  ACOSH(Unary.ACOSH, x -> x.sub(1).sqrt().mul(x.add(1).sqrt()).reciprocal()),
  ATANH(Unary.ATANH, x -> Expr.of(1).sub(x.pow(2)).reciprocal()),
  EXP(Unary.EXP, x -> x.exp()),
  LOG(Unary.LOG, x -> x.reciprocal()),
  ABS(Unary.ABS, x -> x.sign()),
  SIGN(Unary.SIGN, x -> Constant.ZERO),
  FLOOR(Unary.FLOOR, x -> Constant.ZERO),
  CEIL(Unary.CEIL, x -> Constant.ZERO),
  ROUND(Unary.ROUND, x -> Constant.ZERO),
  TRUNC(Unary.TRUNC, x -> Constant.ZERO),
  ERF(Unary.ERF, x -> bell(x, 2)),
  ERFC(Unary.ERFC, x -> bell(x, -2)),
  ERFINV(Unary.ERFINV, x -> x.erfinv().pow(2).exp().mul(Expr.pi().sqrt()).mul(Expr.fraction(1, 2))),
  LGAMMA(Unary.LGAMMA, x -> digamma(x)),
  SIGMOID(Unary.SIGMOID, x -> x.sigmoid().mul(Expr.of(1).sub(x.sigmoid()))),
  SOFTPLUS(Unary.SOFTPLUS, x -> x.sigmoid()),
  RELU(Unary.RELU, x -> positive(x)),
  /** The same value, counted as a constant in derivatives. */
  DETACH(1),
  /** 1 for 0, else 0. */
  NOT(Unary.LOGICAL_NOT, x -> Constant.ZERO),
  /** Two arguments: n and x, the derivative of order n + 1 of log Gamma(x). */
  POLYGAMMA(2),
  MAX(Binary.MAXIMUM, "y"),
  MIN(Binary.MINIMUM, "y"),
  /** The angle of the point (second, first). */
  ATAN2(Binary.ATAN2, "y"),
  LT(Binary.LT, null),
  LE(Binary.LE, null),
  EQ(Binary.EQ, null),
  AND(Binary.LOGICAL_AND, null),
  OR(Binary.LOGICAL_OR, null),
  /** The second argument where the first is not 0, else the third. */
  WHERE(3);

  static final Map<String, Fn> BY_NAME =
      Stream.of(values()).collect(Collectors.toMap(Fn::text, f -> f));

  final int arity;

  /** The operation on tensors, null where there is no such row. */
  final Unary unary;

  final Binary binary;
  private final Function<Expr, Expr> slope;

  Fn(int arity) {
    this.arity = arity;
    unary = null;
    binary = null;
    slope = null;
  }

  Fn(Unary unary, Function<Expr, Expr> slope) {
    this.arity = 1;
    this.unary = unary;
    this.slope = slope;
    binary = null;
  }

  Fn(Binary binary, String smooth) {
    this.arity = 2;
    this.binary = binary;
    unary = null;
    slope = smooth == null ? x -> Constant.ZERO : null;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The derivative by argument i. */
  Expr slope(Expr[] x, int i) {
    if (slope != null) {
      return slope.apply(x[0]);
    }
    return switch (this) {
      case POLYGAMMA ->
          i == 0 ? Constant.ZERO : Calls.of(POLYGAMMA, Sums.of(x[0], Constant.ONE), x[1]);
      case MAX -> wins(x[1 - i], x[i]);
      case MIN -> wins(x[i], x[1 - i]);
      case ATAN2 -> {
        Expr square = x[0].pow(2).add(x[1].pow(2));
        yield (i == 0 ? x[1] : x[0].neg()).div(square);
      }
      case WHERE -> i == 0 ? Constant.ZERO : Calls.where(x[0], i == 1 ? 1 : 0, i == 2 ? 1 : 0);
      default -> Constant.ZERO;
    };
  }

  /** 1 where low is below high, one half at a tie. */
  private static Expr wins(Expr low, Expr high) {
    return Calls.of(LT, low, high).add(Calls.of(EQ, low, high).mul(Expr.fraction(1, 2)));
  }

  private static Expr digamma(Expr x) {
    return Calls.of(POLYGAMMA, Constant.ZERO, x);
  }

  private static Expr positive(Expr x) {
    return Calls.of(LT, Constant.ZERO, x);
  }

  private static Expr root(int constant, int sign, Expr x) {
    return Expr.of(constant).add(x.pow(2).mul(sign)).sqrt();
  }

  private static Expr bell(Expr x, int factor) {
    return x.pow(2).neg().exp().mul(factor).div(Expr.pi().sqrt());
  }

  /** The function in plain Java. */
  double apply(double... x) {
    if (unary != null) {
      return unary.apply(x[0], 0, 0);
    }
    if (binary != null) {
      return binary.apply(x[0], x[1]);
    }
    return switch (this) {
      case PI -> Math.PI;
      case DETACH -> x[0];
      case POLYGAMMA -> Unary.POLYGAMMA.apply(x[1], x[0], 0);
      case WHERE -> x[0] != 0 ? x[1] : x[2];
      default -> throw new IllegalStateException(text() + ": has no value");
    };
  }

  boolean isOdd() {
    return switch (this) {
      case SIN, TAN, ASIN, ATAN, SINH, TANH, ASINH, ATANH, SIGN, ERF, ERFINV, TRUNC, ROUND -> true;
      default -> false;
    };
  }

  boolean isEven() {
    return this == COS || this == COSH || this == ABS;
  }
}
