package org.jacana.calculus;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What shortens sums: identities of squares, common factors and common denominators. */
final class SumRules {
  private static final int MOST_STEPS = 50;
  private static final int MOST_TERMS = 500;

  private SumRules() {}

  /** Terms by what they are without their coefficient; the number is that of 1. */
  private static Map<Expr, Constant> terms(Sum s) {
    Map<Expr, Constant> out = new LinkedHashMap<>();
    Expr[] terms = s.children();
    for (int i = 0; i < terms.length; i++) {
      out.put(terms[i], s.coefficients[i]);
    }
    if (!s.constant.isZero()) {
      out.put(Constant.ONE, s.constant);
    }
    return out;
  }

  private static Expr[] factors(Expr term) {
    return term instanceof Product p ? p.children() : new Expr[] {term};
  }

  /** sin^2 + cos^2 = 1 and cosh^2 - sinh^2 = 1, whatever they are multiplied by. */
  static Expr squares(Sum sum) {
    Expr e = sum;
    for (int i = 0; i < MOST_STEPS && e instanceof Sum s; i++) {
      Expr next = squaresOnce(s);
      if (next == null) {
        break;
      }
      e = next;
    }
    return e;
  }

  private static Expr squaresOnce(Sum s) {
    Map<Expr, Constant> terms = terms(s);
    for (Map.Entry<Expr, Constant> t : terms.entrySet()) {
      for (Expr f : factors(t.getKey())) {
        if (!(f instanceof Power p)
            || !p.exponent.equals(Constant.TWO)
            || !(p.base instanceof Call c)) {
          continue;
        }
        Fn partner =
            switch (c.fn) {
              case SIN -> Fn.COS;
              case COS -> Fn.SIN;
              case SINH -> Fn.COSH;
              case COSH -> Fn.SINH;
              default -> null;
            };
        if (partner != null) {
          Expr found = pair(s, terms, t.getKey(), p, Calls.of(partner, c.argument(0)), c.fn);
          if (found != null) {
            return found;
          }
        }
      }
    }
    return null;
  }

  /** c rest f^2 with its partner c rest g^2, or with the rest alone. */
  private static Expr pair(
      Sum s, Map<Expr, Constant> terms, Expr term, Power f, Expr partner, Fn fn) {
    Constant c = terms.get(term);
    Expr rest = Products.of(term, f.reciprocal());
    boolean circular = fn == Fn.SIN || fn == Fn.COS;
    Expr square = partner.pow(2);
    Expr other = Products.of(rest, square);
    // Circular: f^2 + g^2 = 1. Hyperbolic: cosh^2 = 1 + sinh^2.
    Constant needed = circular ? c : c.negative();
    if (needed.equals(terms.get(other))) {
      Constant one = circular || fn == Fn.COSH ? c : c.negative();
      return Sums.of(s, term.mul(c.negative()), other.mul(needed.negative()), rest.mul(one));
    }
    Constant alone = fn == Fn.SINH ? c : c.negative();
    if (alone.equals(terms.get(rest))) {
      Constant by = circular ? c.negative() : c;
      return Sums.of(s, term.mul(c.negative()), rest.mul(alone.negative()), other.mul(by));
    }
    return null;
  }

  /** The shortest of the sum as it is, with common factors, and with common denominators. */
  static Expr factored(Sum s) {
    if (s.children().length > MOST_TERMS) {
      return s;
    }
    Expr best = Simplification.shorter(s, common(s));
    Map<Expr, List<Expr>> by = new HashMap<>();
    for (Expr t : s.children()) {
      for (Expr f : factors(t)) {
        if (Printer.isReciprocal(f)) {
          by.computeIfAbsent(f, k -> new ArrayList<>()).add(t);
        }
      }
    }
    Map<Expr, Constant> terms = terms(s);
    for (Map.Entry<Expr, List<Expr>> g : by.entrySet()) {
      Sums above = new Sums();
      Sums rest = new Sums();
      Expr denominator = g.getKey().reciprocal();
      for (Map.Entry<Expr, Constant> t : terms.entrySet()) {
        if (g.getValue().contains(t.getKey())) {
          above.add(t.getValue(), Products.of(t.getKey(), denominator));
        } else {
          rest.add(t.getValue(), t.getKey());
        }
      }
      Expr numerator = above.build();
      Expr others = rest.build();
      Expr partly = Sums.of(Products.of(numerator, g.getKey()), others);
      Expr all = Products.of(Sums.of(numerator, Products.of(others, denominator)), g.getKey());
      best = Simplification.shorter(Simplification.shorter(best, partly), all);
    }
    return best;
  }

  /** What every term has as a factor, taken out. */
  static Expr common(Sum s) {
    if (!s.constant.isZero()) {
      return s;
    }
    Expr[] terms = s.children();
    Map<Expr, Constant> shared = powers(terms[0]);
    for (Expr t : terms) {
      Map<Expr, Constant> own = powers(t);
      shared.replaceAll((base, n) -> nearer(n, own.get(base)));
      shared.values().removeIf(Constant::isZero);
    }
    if (shared.isEmpty()) {
      return s;
    }
    Products outside = new Products();
    shared.forEach((base, n) -> outside.mul(Powers.of(base, n)));
    Expr factor = outside.build();
    Expr inverse = factor.reciprocal();
    Sums inside = new Sums();
    for (int i = 0; i < terms.length; i++) {
      inside.add(s.coefficients[i], Products.of(terms[i], inverse));
    }
    return Products.of(factor, inside.build());
  }

  private static Map<Expr, Constant> powers(Expr term) {
    Map<Expr, Constant> out = new LinkedHashMap<>();
    for (Expr f : factors(term)) {
      if (Order.exponent(f) instanceof Constant n && n.isInteger()) {
        out.put(Order.base(f), n);
      }
    }
    return out;
  }

  /** Of two whole powers the one nearer to 0; 0 where the signs differ. */
  private static Constant nearer(Constant a, Constant b) {
    if (b == null || a.signum() != b.signum()) {
      return Constant.ZERO;
    }
    return Math.abs(a.value) <= Math.abs(b.value) ? a : b;
  }
}
