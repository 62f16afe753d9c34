package org.jacana.calculus;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/** Adds up: joins sums, collects like terms, adds numbers exactly. */
final class Sums {
  private Constant constant = Constant.ZERO;
  private final Map<Expr, Constant> terms = new HashMap<>();

  static Expr of(Expr... parts) {
    Sums s = new Sums();
    for (Expr e : parts) {
      s.add(e);
    }
    return s.build();
  }

  static Expr of(Expr a, Expr b) {
    if (a instanceof Sum s && single(b)) {
      return insert(s, b);
    }
    return b instanceof Sum s && single(a) ? insert(s, a) : of(new Expr[] {a, b});
  }

  private static boolean single(Expr e) {
    return !(e instanceof Sum) && !(e instanceof Product p && p.monic() instanceof Sum);
  }

  static Constant coefficient(Expr e) {
    return e instanceof Product p ? p.coefficient : Constant.ONE;
  }

  static Expr monic(Expr e) {
    return e instanceof Product p ? p.monic() : e;
  }

  /** Adds one term to a long sum without looking at all of it. */
  private static Expr insert(Sum s, Expr e) {
    Expr[] terms = s.children();
    if (e instanceof Constant c) {
      return make(s.constant.plus(c), s.coefficients, terms);
    }
    Expr t = monic(e);
    Constant c = coefficient(e);
    int at = Arrays.binarySearch(terms, t, Order::terms);
    int n = terms.length;
    if (at < 0) {
      at = -1 - at;
      Expr[] more = Arrays.copyOf(terms, n + 1);
      Constant[] by = Arrays.copyOf(s.coefficients, n + 1);
      System.arraycopy(terms, at, more, at + 1, n - at);
      System.arraycopy(s.coefficients, at, by, at + 1, n - at);
      more[at] = t;
      by[at] = c;
      return make(s.constant, by, more);
    }
    Constant sum = s.coefficients[at].plus(c);
    Constant[] by = s.coefficients.clone();
    by[at] = sum;
    if (!sum.isZero()) {
      return make(s.constant, by, terms);
    }
    Expr[] less = Arrays.copyOf(terms, n - 1);
    by = Arrays.copyOf(s.coefficients, n - 1);
    System.arraycopy(terms, at + 1, less, at, n - 1 - at);
    System.arraycopy(s.coefficients, at + 1, by, at, n - 1 - at);
    return make(s.constant, by, less);
  }

  void add(Expr e) {
    add(Constant.ONE, e);
  }

  /** Adds c e. */
  void add(Constant c, Expr e) {
    if (c.isZero()) {
      return;
    }
    if (e instanceof Constant k) {
      constant = constant.plus(c.times(k));
    } else if (e instanceof Sum s) {
      constant = constant.plus(c.times(s.constant));
      Expr[] parts = s.children();
      for (int i = 0; i < parts.length; i++) {
        put(c.times(s.coefficients[i]), parts[i]);
      }
    } else if (e instanceof Product p && p.monic() instanceof Sum s) {
      add(c.times(p.coefficient), s);
    } else {
      put(c.times(coefficient(e)), monic(e));
    }
  }

  private void put(Constant c, Expr term) {
    terms.merge(term, c, Constant::plus);
  }

  Expr build() {
    for (Iterator<Constant> i = terms.values().iterator(); i.hasNext(); ) {
      if (i.next().isZero()) {
        i.remove();
      }
    }
    Expr[] sorted = terms.keySet().toArray(new Expr[0]);
    Arrays.sort(sorted, Order::terms);
    Constant[] by = new Constant[sorted.length];
    Arrays.setAll(by, i -> terms.get(sorted[i]));
    return make(constant, by, sorted);
  }

  private static Expr make(Constant constant, Constant[] coefficients, Expr[] terms) {
    if (terms.length == 0) {
      return constant;
    }
    if (terms.length == 1 && constant.isZero()) {
      return Products.scale(coefficients[0], terms[0]);
    }
    return new Sum(constant, coefficients, terms);
  }
}
