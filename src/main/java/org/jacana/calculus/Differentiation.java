package org.jacana.calculus;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rules of differentiation: sum, product, power and chain rule, each part visited once. */
final class Differentiation {
  private Differentiation() {}

  static Expr of(Expr root, String variable) {
    Map<Expr, Expr> d = new HashMap<>();
    for (Expr e : Graph.parts(List.of(root))) {
      d.put(e, rule(e, d, variable));
    }
    return d.get(root);
  }

  private static Expr rule(Expr e, Map<Expr, Expr> d, String variable) {
    if (e instanceof Variable v) {
      return v.name.equals(variable) ? Constant.ONE : Constant.ZERO;
    }
    if (e instanceof Sum s) {
      return sum(s, d);
    }
    if (e instanceof Product p) {
      return product(p, d);
    }
    if (e instanceof Power p) {
      return power(p, d.get(p.base), d.get(p.exponent));
    }
    return e instanceof Call c ? chain(c, d) : Constant.ZERO;
  }

  private static boolean isZero(Expr e) {
    return e instanceof Constant c && c.isZero();
  }

  private static Expr sum(Sum s, Map<Expr, Expr> d) {
    Sums out = new Sums();
    Expr[] terms = s.children();
    for (int i = 0; i < terms.length; i++) {
      out.add(s.coefficients[i], d.get(terms[i]));
    }
    return out.build();
  }

  private static Expr product(Product p, Map<Expr, Expr> d) {
    Sums out = new Sums();
    Expr[] factors = p.children();
    for (int i = 0; i < factors.length; i++) {
      if (isZero(d.get(factors[i]))) {
        continue;
      }
      Products term = new Products();
      for (int j = 0; j < factors.length; j++) {
        term.mul(j == i ? d.get(factors[i]) : factors[j]);
      }
      out.add(p.coefficient, term.build());
    }
    return out.build();
  }

  private static Expr power(Power p, Expr db, Expr de) {
    Sums out = new Sums();
    if (!isZero(db)) {
      Expr lower = Powers.of(p.base, Sums.of(p.exponent, Constant.num(-1)));
      out.add(Products.of(p.exponent, lower, db));
    }
    if (!isZero(de)) {
      out.add(Products.of(p, Calls.of(Fn.LOG, p.base), de));
    }
    return out.build();
  }

  private static Expr chain(Call c, Map<Expr, Expr> d) {
    Expr[] x = c.children();
    if (c.fn == Fn.WHERE) {
      // Not by slopes of 0 and 1: the branch not taken may have no derivative.
      return Calls.of(Fn.WHERE, x[0], d.get(x[1]), d.get(x[2]));
    }
    Sums out = new Sums();
    for (int i = 0; i < x.length; i++) {
      if (!isZero(d.get(x[i]))) {
        out.add(Products.of(c.fn.slope(x, i), d.get(x[i])));
      }
    }
    return out.build();
  }
}
