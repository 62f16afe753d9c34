package org.jacana.calculus;

/** Multiplies out. */
final class Expansion {
  static final int MOST_TERMS = 20_000;

  private Expansion() {}

  static Expr of(Expr root) {
    return of(root, MOST_TERMS);
  }

  static Expr of(Expr root, int most) {
    return Graph.rewrite(root, e -> once(e, most));
  }

  /** One node, whose children are multiplied out. */
  static Expr once(Expr e, int most) {
    if (e instanceof Power p && p.base instanceof Sum && isWhole(p.exponent)) {
      return power(p.base, ((Constant) p.exponent).intValue(), most);
    }
    if (!(e instanceof Product p)) {
      return e;
    }
    Expr out = p.coefficient;
    Products below = new Products();
    for (Expr f : p.children()) {
      if (f instanceof Power q && isWhole(q.exponent) && q.base instanceof Sum) {
        out = times(out, once(q, most), most);
      } else if (f instanceof Power q
          && q.base instanceof Sum
          && q.exponent instanceof Constant c
          && isWhole(c.negative())) {
        below.mul(Powers.of(power(q.base, -c.intValue(), most), Constant.MINUS_ONE));
      } else {
        out = times(out, f, most);
      }
    }
    return times(out, below.build(), most);
  }

  private static boolean isWhole(Expr e) {
    return e instanceof Constant c && c.isInt() && c.signum() > 0;
  }

  private static Expr power(Expr base, int n, int most) {
    // The number of terms grows with every factor, so there are few of them.
    if (n > most) {
      throw tooMany(most);
    }
    Expr out = Constant.ONE;
    for (int i = 0; i < n; i++) {
      out = times(out, base, most);
    }
    return out;
  }

  private static IllegalArgumentException tooMany(int most) {
    return new IllegalArgumentException("expand: this would give more than " + most + " terms");
  }

  private static int terms(Expr e) {
    return e instanceof Sum s ? s.children().length + 1 : 1;
  }

  private static Expr times(Expr a, Expr b, int most) {
    if ((long) terms(a) * terms(b) > 4L * most) {
      throw tooMany(most);
    }
    if (!(a instanceof Sum) && !(b instanceof Sum)) {
      return Products.of(a, b);
    }
    Sums out = new Sums();
    for (int i = 0; i < terms(a); i++) {
      Expr left = term(a, i);
      for (int j = 0; j < terms(b); j++) {
        out.add(Products.of(left, term(b, j)));
      }
    }
    Expr e = out.build();
    if (terms(e) > most + 1) {
      throw tooMany(most);
    }
    return e;
  }

  private static Expr term(Expr e, int i) {
    if (!(e instanceof Sum s)) {
      return e;
    }
    return i == s.children().length
        ? s.constant
        : Products.scale(s.coefficients[i], s.children()[i]);
  }
}
