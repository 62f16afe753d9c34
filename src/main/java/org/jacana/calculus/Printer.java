package org.jacana.calculus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Writes expressions with as few parentheses as can be; without recursion. */
abstract class Printer {
  static final int COMPARISON = 0;
  static final int SUM = 1;
  static final int PRODUCT = 2;
  static final int POWER = 3;
  static final int ATOM = 4;

  /** An expression still to be written, in parentheses where it binds less than min. */
  record Job(Expr e, int min) {}

  private final String open;
  private final String close;

  Printer(String open, String close) {
    this.open = open;
    this.close = close;
  }

  /** How tightly the text of e binds. */
  abstract int precedence(Expr e);

  /** Strings and jobs, in order. */
  abstract List<Object> pieces(Expr e);

  final String write(Expr root) {
    StringBuilder out = new StringBuilder();
    ArrayDeque<Object> todo = new ArrayDeque<>();
    todo.push(new Job(root, COMPARISON));
    while (!todo.isEmpty()) {
      Object next = todo.pop();
      if (!(next instanceof Job job)) {
        out.append(next);
        continue;
      }
      boolean wrapped = precedence(job.e) < job.min;
      if (wrapped) {
        todo.push(close);
      }
      List<Object> pieces = pieces(job.e);
      for (int i = pieces.size() - 1; i >= 0; i--) {
        todo.push(pieces.get(i));
      }
      if (wrapped) {
        todo.push(open);
      }
    }
    return out.toString();
  }

  static boolean isComparison(Expr e) {
    return e instanceof Call c && (c.fn == Fn.LT || c.fn == Fn.LE || c.fn == Fn.EQ);
  }

  /** A product as sign, numerator and denominator; numbers come first. */
  record Quotient(boolean negative, List<Expr> above, List<Expr> below) {
    static Quotient of(Constant c, Expr monic) {
      List<Expr> above = new ArrayList<>();
      List<Expr> below = new ArrayList<>();
      Constant size = c.magnitude();
      if (size.exact == null) {
        above.add(size);
      } else {
        number(size.exact.num(), above);
        number(size.exact.den(), below);
      }
      for (Expr f : monic instanceof Product p ? p.children() : new Expr[] {monic}) {
        if (f instanceof Power p && p.exponent instanceof Constant e && e.signum() < 0) {
          below.add(Powers.of(p.base, e.negative()));
        } else {
          above.add(f);
        }
      }
      return new Quotient(c.signum() < 0, above, below);
    }

    private static void number(java.math.BigInteger n, List<Expr> to) {
      if (!n.equals(java.math.BigInteger.ONE)) {
        to.add(Constant.num(new Rational(n, java.math.BigInteger.ONE)));
      }
    }
  }

  static boolean isReciprocal(Expr e) {
    return e instanceof Power p && p.exponent instanceof Constant c && c.signum() < 0;
  }

  abstract List<Object> quotient(Quotient q);

  /** The terms with their signs; a positive one first, if there is one. */
  final List<Object> sum(Sum s) {
    Expr[] terms = s.children();
    int n = terms.length + (s.constant.isZero() ? 0 : 1);
    int first = 0;
    while (first < n && coefficient(s, first).signum() < 0) {
      first++;
    }
    first = first == n ? 0 : first;
    List<Object> out = new ArrayList<>();
    for (int k = 0; k < n; k++) {
      int i = k == 0 ? first : k <= first ? k - 1 : k;
      boolean minus = coefficient(s, i).signum() < 0;
      out.add(k == 0 ? (minus ? "-" : "") : minus ? " - " : " + ");
      if (i == terms.length) {
        out.add(new Job(s.constant.magnitude(), PRODUCT));
      } else {
        out.addAll(quotient(Quotient.of(s.coefficients[i].magnitude(), terms[i])));
      }
    }
    return out;
  }

  private static Constant coefficient(Sum s, int i) {
    return i == s.children().length ? s.constant : s.coefficients[i];
  }

  static void join(List<Object> out, List<Expr> parts, String between, int min) {
    for (int i = 0; i < parts.size(); i++) {
      if (i > 0) {
        out.add(between);
      }
      out.add(new Job(parts.get(i), min));
    }
  }
}
