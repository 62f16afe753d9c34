package org.jacana.calculus;

/** Applies functions: known values, symmetries and inverses, else the call as it is. */
final class Calls {
  static final Expr E = new Call(Fn.EXP, Constant.ONE);
  static final Expr PI = new Call(Fn.PI);

  private Calls() {}

  static Expr where(Expr condition, int yes, int no) {
    return of(Fn.WHERE, condition, Constant.num(yes), Constant.num(no));
  }

  static Expr of(Fn fn, Expr... x) {
    Expr known =
        switch (fn.arity) {
          case 1 -> one(fn, x[0]);
          case 2 -> two(fn, x[0], x[1]);
          case 3 -> choice(x[0], x[1], x[2]);
          default -> PI;
        };
    return known == null ? new Call(fn, x) : known;
  }

  private static Expr one(Fn fn, Expr x) {
    if (x instanceof Constant c) {
      Expr value = value(fn, c);
      if (value != null) {
        return value;
      }
    }
    if (Signs.looksNegative(x)) {
      if (fn.isOdd()) {
        return of(fn, x.neg()).neg();
      }
      if (fn.isEven()) {
        return of(fn, x.neg());
      }
    }
    return switch (fn) {
      case SIN, COS, TAN -> atMultipleOfPi(fn, x);
      case EXP -> exp(x);
      case LOG -> x instanceof Call c && c.fn == Fn.EXP ? c.argument(0) : null;
      case ABS -> abs(x);
      case RELU -> Signs.nonNegative(x) ? x : null;
      case NOT ->
          x instanceof Call c && c.fn == Fn.NOT && isCondition(c.argument(0))
              ? c.argument(0)
              : null;
      case DETACH -> x instanceof Call c && (isFlat(c.fn) || isCondition(c)) ? x : null;
      default -> null;
    };
  }

  /** Exact values at whole numbers; doubles are computed. */
  private static Expr value(Fn fn, Constant c) {
    switch (fn) {
      case ABS:
        return c.magnitude();
      case SIGN:
        return Constant.num(c.signum());
      case RELU:
        return c.signum() > 0 ? c : Constant.ZERO;
      case DETACH:
        return c;
      case NOT, FLOOR, CEIL, ROUND, TRUNC:
        return Constant.num(fn.apply(c.value));
      default:
    }
    if (c.exact == null) {
      double v = fn.apply(c.value);
      return Double.isFinite(v) ? Constant.num(v) : null;
    }
    if (c.isZero()) {
      return switch (fn) {
        case SIN, TAN, ASIN, ATAN, SINH, TANH, ASINH, ATANH, ERF, ERFINV -> Constant.ZERO;
        case COS, COSH, EXP, ERFC -> Constant.ONE;
        case SIGMOID -> Constant.HALF;
        case ACOS -> PI.mul(Constant.HALF);
        default -> null;
      };
    }
    if (fn == Fn.LOG && c.signum() > 0 && c.exact.num().equals(java.math.BigInteger.ONE)) {
      return c.isOne() ? Constant.ZERO : of(fn, Powers.of(c, Constant.MINUS_ONE)).neg();
    }
    return c.isOne() && (fn == Fn.ACOSH || fn == Fn.LGAMMA) ? Constant.ZERO : null;
  }

  /** At k pi / 2 for whole k. */
  private static Expr atMultipleOfPi(Fn fn, Expr x) {
    if (!Sums.monic(x).equals(PI)) {
      return null;
    }
    Constant halves = Sums.coefficient(x).times(Constant.TWO);
    if (!halves.isInt() || fn == Fn.TAN && !halves.isEven()) {
      return null;
    }
    int quarter = Math.floorMod(halves.intValue() - (fn == Fn.COS ? 3 : 0), 4);
    return fn == Fn.TAN ? Constant.ZERO : Constant.num(quarter == 1 ? 1 : quarter == 3 ? -1 : 0);
  }

  /** Takes c log(u) out of the exponent, as u^c. */
  private static Expr exp(Expr x) {
    Products out = new Products();
    Sums rest = new Sums();
    boolean found = false;
    if (x instanceof Sum s) {
      rest.add(s.constant);
      Expr[] terms = s.children();
      for (int i = 0; i < terms.length; i++) {
        if (terms[i] instanceof Call c && c.fn == Fn.LOG) {
          out.mul(Powers.of(c.argument(0), s.coefficients[i]));
          found = true;
        } else {
          rest.add(s.coefficients[i], terms[i]);
        }
      }
    } else if (Sums.monic(x) instanceof Call c && c.fn == Fn.LOG) {
      return Powers.of(c.argument(0), Sums.coefficient(x));
    }
    if (!found) {
      return null;
    }
    out.mul(of(Fn.EXP, rest.build()));
    return out.build();
  }

  private static Expr abs(Expr x) {
    if (Signs.nonNegative(x)) {
      return x;
    }
    if (x instanceof Product p) {
      Products out = new Products();
      out.mul(p.coefficient.magnitude());
      for (Expr f : p.children()) {
        out.mul(of(Fn.ABS, f));
      }
      return out.build();
    }
    return x instanceof Power p && p.exponent instanceof Constant c && c.isInteger()
        ? Powers.of(of(Fn.ABS, p.base), c)
        : null;
  }

  private static Expr two(Fn fn, Expr a, Expr b) {
    if (a instanceof Constant c && c.isInfinite() && !(b instanceof Constant)) {
      return besideInfinity(fn, c.value > 0, a, b, true);
    }
    if (b instanceof Constant c && c.isInfinite() && !(a instanceof Constant)) {
      return besideInfinity(fn, c.value > 0, b, a, false);
    }
    if (a instanceof Constant p && b instanceof Constant q) {
      boolean exact = p.exact != null && q.exact != null;
      int c = exact ? p.exact.compareTo(q.exact) : Double.compare(p.value, q.value);
      switch (fn) {
        case MAX:
          return c >= 0 ? a : b;
        case MIN:
          return c <= 0 ? a : b;
        case LT:
          return Constant.num(c < 0 ? 1 : 0);
        case LE:
          return Constant.num(c <= 0 ? 1 : 0);
        case EQ:
          return Constant.num(c == 0 ? 1 : 0);
        default:
      }
    }
    return switch (fn) {
      case MAX, MIN -> a.equals(b) ? a : Order.factors(a, b) > 0 ? new Call(fn, b, a) : null;
      case EQ -> a.equals(b) ? Constant.ONE : Order.factors(a, b) > 0 ? new Call(fn, b, a) : null;
      case LT -> a.equals(b) ? Constant.ZERO : null;
      case LE -> a.equals(b) ? Constant.ONE : null;
      case AND -> a instanceof Constant c ? and(c, b) : b instanceof Constant c ? and(c, a) : null;
      case OR -> a instanceof Constant c ? or(c, b) : b instanceof Constant c ? or(c, a) : null;
      default -> null;
    };
  }

  /** Expressions stand for finite numbers. */
  private static Expr besideInfinity(
      Fn fn, boolean positive, Expr infinity, Expr x, boolean infinityFirst) {
    return switch (fn) {
      case MAX -> positive ? infinity : x;
      case MIN -> positive ? x : infinity;
      case LT, LE -> Constant.num(positive == infinityFirst ? 0 : 1);
      case EQ -> Constant.ZERO;
      default -> null;
    };
  }

  private static Expr and(Constant c, Expr x) {
    return c.isZero() ? c : isCondition(x) ? x : null;
  }

  private static Expr or(Constant c, Expr x) {
    return !c.isZero() ? Constant.ONE : isCondition(x) ? x : null;
  }

  /** Derivatives are 0 anyway. */
  private static boolean isFlat(Fn fn) {
    return switch (fn) {
      case PI, DETACH, SIGN, FLOOR, CEIL, ROUND, TRUNC -> true;
      default -> false;
    };
  }

  /** Always 0 or 1. */
  private static boolean isCondition(Expr e) {
    if (e instanceof Call c) {
      return switch (c.fn) {
        case LT, LE, EQ, NOT, AND, OR -> true;
        default -> false;
      };
    }
    return false;
  }

  /** A choice by the same condition inside a branch is already made. */
  private static Expr taken(Expr condition, Expr branch, int i) {
    return branch instanceof Call c && c.fn == Fn.WHERE && c.argument(0).equals(condition)
        ? c.argument(i)
        : branch;
  }

  private static Expr choice(Expr condition, Expr yes, Expr no) {
    if (condition instanceof Constant c) {
      return c.isZero() ? no : yes;
    }
    if (yes.equals(no)) {
      return yes;
    }
    Expr known = taken(condition, yes, 1);
    Expr other = taken(condition, no, 2);
    if (known != yes || other != no) {
      return of(Fn.WHERE, condition, known, other);
    }
    return condition instanceof Call c && c.fn == Fn.NOT && isCondition(c.argument(0))
        ? of(Fn.WHERE, c.argument(0), no, yes)
        : null;
  }
}
