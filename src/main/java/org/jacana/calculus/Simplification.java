package org.jacana.calculus;

/** Rewrites each part, from the leaves up, until nothing gets shorter. */
final class Simplification {
  private static final int PASSES = 6;
  private static final int LOCAL_TERMS = 60;
  private static final int GLOBAL_TERMS = 500;

  private Simplification() {}

  static Expr of(Expr e) {
    Expr plain = passes(e);
    return muchShorter(plain, passes(tryExpand(plain)));
  }

  private static Expr passes(Expr e) {
    for (int i = 0; i < PASSES; i++) {
      Expr next = Graph.rewrite(e, Simplification::once);
      if (next.equals(e)) {
        break;
      }
      e = next;
    }
    return e;
  }

  /** Multiplied out, or as it is if that gives too many terms. */
  static Expr tryExpand(Expr e) {
    return tryExpand(e, GLOBAL_TERMS, true);
  }

  private static Expr tryExpand(Expr e, int most, boolean inside) {
    try {
      return inside ? Expansion.of(e, most) : Expansion.once(e, most);
    } catch (IllegalArgumentException tooMany) {
      return e;
    }
  }

  private static Expr once(Expr e) {
    if (e instanceof Sum s) {
      Expr t = SumRules.squares(s);
      t = muchShorter(t, multiplied(t));
      return t instanceof Sum u ? SumRules.factored(u) : t;
    }
    if (e instanceof Product) {
      Expr t = tangents(e);
      t = t instanceof Product p ? cancelled(p) : t;
      return muchShorter(t, tryExpand(t, LOCAL_TERMS, false));
    }
    return e instanceof Call c && c.fn == Fn.LOG ? LogRules.of(c) : e;
  }

  static Expr shorter(Expr a, Expr b) {
    return b.treeSize < a.treeSize ? b : a;
  }

  /** What is multiplied out is harder to read, so it must gain something. */
  private static Expr muchShorter(Expr a, Expr b) {
    return b.treeSize < 0.75 * a.treeSize ? b : a;
  }

  private static Expr multiplied(Expr e) {
    if (!(e instanceof Sum s)) {
      return e;
    }
    Sums out = new Sums();
    out.add(s.constant);
    Expr[] terms = s.children();
    for (int i = 0; i < terms.length; i++) {
      out.add(s.coefficients[i], tryExpand(terms[i], LOCAL_TERMS, false));
    }
    return out.build();
  }

  /** Takes a common factor out of a sum where another factor cancels it. */
  private static Expr cancelled(Product p) {
    Expr best = p;
    for (Expr f : p.children()) {
      if (Order.base(f) instanceof Sum s && Order.exponent(f) instanceof Constant n) {
        Expr factored = SumRules.common(s);
        if (!factored.equals(s) && n.isInteger()) {
          best = shorter(best, Products.of(p, f.reciprocal(), Powers.of(factored, n)));
        }
      }
    }
    return best;
  }

  /** cos^2 as 1 - sin^2 and cosh^2 as 1 + sinh^2, everywhere. */
  static Expr inSines(Expr root) {
    return Graph.rewrite(
        root,
        e -> {
          if (!(e instanceof Power p)
              || !(p.base instanceof Call c)
              || c.fn != Fn.COS && c.fn != Fn.COSH
              || !(p.exponent instanceof Constant n)
              || !n.isInt()
              || n.intValue() < 2) {
            return e;
          }
          boolean circular = c.fn == Fn.COS;
          Expr sine = Calls.of(circular ? Fn.SIN : Fn.SINH, c.argument(0));
          Expr square = sine.pow(2).mul(circular ? -1 : 1).add(1);
          return square.pow(n.intValue() / 2).mul(n.isEven() ? Constant.ONE : c);
        });
  }

  /** sin(u)^n cos(u)^-n = tan(u)^n. */
  private static Expr tangents(Expr e) {
    if (!(e instanceof Product p)) {
      return e;
    }
    for (Expr f : p.children()) {
      if (!(Order.base(f) instanceof Call c) || c.fn != Fn.SIN && c.fn != Fn.SINH) {
        continue;
      }
      boolean circular = c.fn == Fn.SIN;
      Expr other = Calls.of(circular ? Fn.COS : Fn.COSH, c.argument(0));
      Expr n = Order.exponent(f);
      Expr partner = Powers.of(other, n.neg());
      for (Expr g : p.children()) {
        if (g.equals(partner)) {
          Expr tangent = Calls.of(circular ? Fn.TAN : Fn.TANH, c.argument(0));
          return Products.of(p, Powers.of(c, n.neg()), Powers.of(other, n), Powers.of(tangent, n));
        }
      }
    }
    return e;
  }
}
