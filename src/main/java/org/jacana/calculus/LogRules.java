package org.jacana.calculus;

import java.util.HashMap;
import java.util.Map;

/** Logarithms of products of positive factors, and of sums of exponentials. */
final class LogRules {
  private LogRules() {}

  static Expr of(Call log) {
    Expr x = log.argument(0);
    if (x instanceof Power p && Signs.nonNegative(p.base)) {
      return Products.of(p.exponent, Calls.of(Fn.LOG, p.base));
    }
    if (x instanceof Product p) {
      return product(log, p);
    }
    return x instanceof Sum s ? shifted(log, s) : log;
  }

  /** log(e^a r) = a + log(r); all factors apart where none can be negative. */
  private static Expr product(Call log, Product p) {
    Sums out = new Sums();
    Products rest = new Products();
    rest.mul(p.coefficient);
    boolean exponentials = false;
    for (Expr f : p.children()) {
      if (Order.base(f).equals(Calls.E)) {
        out.add(Order.exponent(f));
        exponentials = true;
      } else {
        rest.mul(f);
      }
    }
    Expr left = rest.build();
    Expr together = Sums.of(out.build(), Calls.of(Fn.LOG, left));
    if (!Signs.nonNegative(left)) {
      return exponentials ? together : log;
    }
    Expr apart = Sums.of(out.build(), apart(left));
    return exponentials ? apart : Simplification.shorter(log, apart);
  }

  private static Expr apart(Expr e) {
    if (!(e instanceof Product p)) {
      return power(e);
    }
    Sums out = new Sums();
    out.add(Calls.of(Fn.LOG, p.coefficient));
    for (Expr f : p.children()) {
      out.add(power(f));
    }
    return out.build();
  }

  private static Expr power(Expr f) {
    return f instanceof Power p && Signs.nonNegative(p.base)
        ? Products.of(p.exponent, Calls.of(Fn.LOG, p.base))
        : Calls.of(Fn.LOG, f);
  }

  /** log(e^(a + t) + e^(b + t)) = t + log(e^a + e^b). */
  private static Expr shifted(Call log, Sum s) {
    if (!s.constant.isZero()) {
      return log;
    }
    Map<Expr, Constant> shared = null;
    for (Expr term : s.children()) {
      Map<Expr, Constant> own = exponent(term);
      if (shared == null) {
        shared = own;
      } else {
        shared.entrySet().removeIf(e -> !e.getValue().equals(own.get(e.getKey())));
      }
    }
    if (shared.isEmpty()) {
      return log;
    }
    Sums shift = new Sums();
    shared.forEach((t, c) -> shift.add(c, t));
    Expr t = shift.build();
    Expr by = Calls.of(Fn.EXP, t.neg());
    Sums inside = new Sums();
    Expr[] terms = s.children();
    for (int i = 0; i < terms.length; i++) {
      inside.add(s.coefficients[i], Products.of(terms[i], by));
    }
    return Sums.of(t, Calls.of(Fn.LOG, inside.build()));
  }

  /** The terms of the exponent of a product's exponential. */
  private static Map<Expr, Constant> exponent(Expr term) {
    Map<Expr, Constant> out = new HashMap<>();
    for (Expr f : term instanceof Product p ? p.children() : new Expr[] {term}) {
      if (!Order.base(f).equals(Calls.E)) {
        continue;
      }
      Expr e = Order.exponent(f);
      if (e instanceof Sum s) {
        for (int i = 0; i < s.children().length; i++) {
          out.put(s.children()[i], s.coefficients[i]);
        }
      } else if (!(e instanceof Constant)) {
        out.put(Sums.monic(e), Sums.coefficient(e));
      }
    }
    return out;
  }
}
