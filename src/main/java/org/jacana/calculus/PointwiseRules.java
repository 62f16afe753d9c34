package org.jacana.calculus;

import java.util.Locale;

/** The pointwise tensor operations as expressions. */
final class PointwiseRules {
  private PointwiseRules() {}

  /** Null for an operation that is not known. */
  static Expr of(String op, double[] constants, Expr[] x) {
    Expr y = x.length == 1 ? one(op, constants, x[0]) : x.length == 2 ? two(op, x[0], x[1]) : null;
    if (op.equals("where")) {
      return Calls.of(Fn.WHERE, x);
    }
    return y != null ? y : named(op, x);
  }

  private static Expr named(String op, Expr[] x) {
    Fn fn = Fn.BY_NAME.get(op.toLowerCase(Locale.ROOT));
    return fn == null || fn.arity != x.length ? null : Calls.of(fn, x);
  }

  private static Expr one(String op, double[] c, Expr x) {
    return switch (op) {
      case "neg" -> x.neg();
      case "square" -> x.pow(2);
      case "add_scalar" -> x.add(number(op, c[0]));
      case "mul_scalar" -> x.mul(number(op, c[0]));
      case "pow_scalar" -> x.pow(number(op, c[0]));
      case "sqrt" -> x.sqrt();
      case "rsqrt" -> x.pow(-0.5);
      case "reciprocal" -> x.reciprocal();
      case "exp2" -> Constant.TWO.pow(x);
      case "expm1" -> x.exp().sub(1);
      case "log1p" -> x.add(1).log();
      case "log2" -> x.log().div(Constant.TWO.log());
      case "log10" -> x.log().div(Expr.of(10).log());
      case "silu" -> x.mul(x.sigmoid());
      case "gelu" -> x.div(Constant.TWO.sqrt()).erf().add(1).mul(x).mul(Constant.HALF);
      case "leaky_relu" -> where(Constant.ZERO, x, x, x.mul(number(op, c[0])));
      case "elu" -> where(Constant.ZERO, x, x, x.exp().sub(1).mul(number(op, c[0])));
      case "clamp" -> clamp(x, c[0], c[1]);
      case "polygamma" -> Calls.of(Fn.POLYGAMMA, Expr.of(c[0]), x);
      case "logical_not" -> Calls.of(Fn.NOT, x);
      case "is_nan", "is_inf" -> Constant.ZERO;
      default -> null;
    };
  }

  private static Expr number(String op, double v) {
    return Recording.number(op, v);
  }

  /** yes where low is less than high. */
  private static Expr where(Expr low, Expr high, Expr yes, Expr no) {
    return Calls.of(Fn.WHERE, Calls.of(Fn.LT, low, high), yes, no);
  }

  private static Expr clamp(Expr x, double low, double high) {
    Expr y = x;
    if (high < Double.POSITIVE_INFINITY) {
      Expr limit = number("clamp", high);
      y = where(limit, x, limit, y);
    }
    if (low == Double.NEGATIVE_INFINITY) {
      return y;
    }
    Expr limit = number("clamp", low);
    return where(x, limit, limit, y);
  }

  private static Expr two(String op, Expr a, Expr b) {
    return switch (op) {
      case "add" -> a.add(b);
      case "sub" -> a.sub(b);
      case "mul" -> a.mul(b);
      case "div" -> a.div(b);
      case "pow" -> a.pow(b);
      case "maximum" -> Calls.of(Fn.MAX, a, b);
      case "minimum" -> Calls.of(Fn.MIN, a, b);
      case "remainder" -> a.sub(b.mul(Calls.of(Fn.FLOOR, a.div(b))));
      case "relu_grad" -> where(Constant.ZERO, b, a, Constant.ZERO);
      case "ne" -> Calls.of(Fn.NOT, Calls.of(Fn.EQ, a, b));
      case "gt" -> Calls.of(Fn.LT, b, a);
      case "ge" -> Calls.of(Fn.LE, b, a);
      case "logical_and" -> Calls.of(Fn.AND, a, b);
      case "logical_or" -> Calls.of(Fn.OR, a, b);
      case "logical_xor" -> Calls.of(Fn.NOT, Calls.of(Fn.EQ, truth(a), truth(b)));
      default -> null;
    };
  }

  private static Expr truth(Expr e) {
    return Calls.of(Fn.NOT, Calls.of(Fn.NOT, e));
  }
}
