package org.jacana.calculus;

/** What is known of an expression's sign for every value of its variables. */
final class Signs {
  private Signs() {}

  /** Never negative where it has a value; false also means unknown. */
  static boolean nonNegative(Expr e) {
    return nonNegative(e, 6);
  }

  private static boolean nonNegative(Expr e, int depth) {
    if (depth == 0) {
      return false;
    }
    if (e instanceof Constant c) {
      return c.signum() >= 0;
    }
    if (e instanceof Call c) {
      return switch (c.fn) {
        case PI, EXP, ABS, COSH, SIGMOID, SOFTPLUS, RELU, ERFC, ACOS, ACOSH -> true;
        default -> false;
      };
    }
    if (e instanceof Power p) {
      // A power that is not whole has a value only for a base that is not negative.
      return nonNegative(p.base, depth - 1)
          || p.exponent instanceof Constant c && (c.isEven() || c.exact != null && !c.isInteger());
    }
    if (e instanceof Product p) {
      return p.coefficient.signum() > 0 && all(p.children(), depth);
    }
    if (e instanceof Sum s) {
      for (Constant c : s.coefficients) {
        if (c.signum() < 0) {
          return false;
        }
      }
      return s.constant.signum() >= 0 && all(s.children(), depth);
    }
    return false;
  }

  private static boolean all(Expr[] parts, int depth) {
    for (Expr p : parts) {
      if (!nonNegative(p, depth - 1)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the first coefficient is negative, so that -e is the plainer form. */
  static boolean looksNegative(Expr e) {
    if (e instanceof Constant c) {
      return c.signum() < 0;
    }
    if (e instanceof Sum s) {
      return s.coefficients[0].signum() < 0 && s.constant.signum() <= 0;
    }
    return e instanceof Product p && p.coefficient.signum() < 0;
  }
}
