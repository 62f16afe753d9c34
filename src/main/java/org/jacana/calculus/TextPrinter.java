package org.jacana.calculus;

import java.util.ArrayList;
import java.util.List;

/** The form that {@link ExprParser} reads. */
final class TextPrinter extends Printer {
  private TextPrinter() {
    super("(", ")");
  }

  static String print(Expr e) {
    return new TextPrinter().write(e);
  }

  static boolean isRoot(Expr e) {
    return e instanceof Power p && p.exponent.equals(Constant.HALF);
  }

  @Override
  int precedence(Expr e) {
    if (e instanceof Constant c) {
      return c.signum() < 0 ? SUM : c.exact == null || c.isInteger() ? ATOM : PRODUCT;
    }
    if (e instanceof Sum) {
      return SUM;
    }
    if (e instanceof Product p) {
      return p.coefficient.signum() < 0 ? SUM : PRODUCT;
    }
    if (e instanceof Power) {
      return isRoot(e) ? ATOM : isReciprocal(e) ? PRODUCT : POWER;
    }
    return isComparison(e) ? COMPARISON : ATOM;
  }

  @Override
  List<Object> pieces(Expr e) {
    if (e instanceof Constant c) {
      return List.of(number(c));
    }
    if (e instanceof Variable v) {
      return List.of(v.name);
    }
    if (e instanceof Sum s) {
      return sum(s);
    }
    if (e instanceof Product p) {
      return quotient(Quotient.of(p.coefficient, p.monic()));
    }
    if (e instanceof Power p) {
      return isRoot(e)
          ? List.of("sqrt(", new Job(p.base, COMPARISON), ")")
          : isReciprocal(e)
              ? quotient(Quotient.of(Constant.ONE, e))
              : List.of(new Job(p.base, ATOM), "^", new Job(p.exponent, POWER));
    }
    return call((Call) e);
  }

  private static String number(Constant c) {
    if (c.exact == null) {
      return Double.toString(c.value);
    }
    return c.isInteger() ? c.exact.num().toString() : c.exact.num() + "/" + c.exact.den();
  }

  @Override
  List<Object> quotient(Quotient q) {
    List<Object> out = new ArrayList<>();
    out.add(q.negative() ? "-" : "");
    if (q.above().isEmpty()) {
      out.add("1");
    }
    join(out, q.above(), "*", PRODUCT);
    if (q.below().size() == 1) {
      out.add("/");
      out.add(new Job(q.below().get(0), POWER));
    } else if (q.below().size() > 1) {
      out.add("/(");
      join(out, q.below(), "*", PRODUCT);
      out.add(")");
    }
    return out;
  }

  private static List<Object> call(Call c) {
    Expr[] x = c.children();
    if (c.equals(Calls.E)) {
      return List.of("e");
    }
    if (isComparison(c)) {
      String sign = c.fn == Fn.LT ? " < " : c.fn == Fn.LE ? " <= " : " == ";
      return List.of(new Job(x[0], SUM), sign, new Job(x[1], SUM));
    }
    if (x.length == 0) {
      return List.of(c.fn.text());
    }
    List<Object> out = new ArrayList<>();
    out.add(c.fn.text() + "(");
    join(out, List.of(x), ", ", COMPARISON);
    out.add(")");
    return out;
  }
}
