package org.jacana.calculus;

/**
 * The order of terms in sums and of factors in products. Total: what looks alike down to some depth
 * is ordered by fingerprint, so that a comparison costs little however deep the expressions are.
 */
final class Order {
  private static final int DEPTH = 8;

  private Order() {}

  static Expr base(Expr e) {
    return e instanceof Power p ? p.base : e instanceof Call c && c.fn == Fn.EXP ? Calls.E : e;
  }

  static Expr exponent(Expr e) {
    return e instanceof Power p
        ? p.exponent
        : e instanceof Call c && c.fn == Fn.EXP ? c.argument(0) : Constant.ONE;
  }

  /** Numbers, then variables by name, sums, functions; powers by their bases. */
  static int factors(Expr a, Expr b) {
    return compare(a, b, DEPTH);
  }

  /** High degrees first, then by factors. */
  static int terms(Expr a, Expr b) {
    int c = Double.compare(b.degree, a.degree);
    return c != 0 ? c : products(a, b, DEPTH);
  }

  private static int products(Expr a, Expr b, int depth) {
    if (a.equals(b)) {
      return 0;
    }
    Expr[] as = a instanceof Product p ? p.children() : new Expr[] {a};
    Expr[] bs = b instanceof Product p ? p.children() : new Expr[] {b};
    int c = lists(as, bs, depth);
    return c != 0 ? c : last(a, b);
  }

  private static int lists(Expr[] as, Expr[] bs, int depth) {
    for (int i = 0; i < Math.min(as.length, bs.length); i++) {
      int c = compare(as[i], bs[i], depth);
      if (c != 0) {
        return c;
      }
    }
    return Integer.compare(as.length, bs.length);
  }

  private static int rank(Expr e) {
    if (e instanceof Constant) {
      return 0;
    }
    if (e instanceof Variable) {
      return 2;
    }
    if (e instanceof Sum) {
      return 3;
    }
    return e instanceof Call c ? c.fn == Fn.PI ? 1 : 4 : 5;
  }

  private static int compare(Expr a, Expr b, int depth) {
    if (a.equals(b)) {
      return 0;
    }
    if (depth == 0) {
      return last(a, b);
    }
    Expr x = base(a);
    Expr y = base(b);
    if (x.equals(y)) {
      // High powers first.
      Expr p = exponent(a);
      Expr q = exponent(b);
      int c =
          p instanceof Constant u && q instanceof Constant v
              ? Double.compare(v.value, u.value)
              : compare(p, q, depth - 1);
      return c != 0 ? c : last(a, b);
    }
    int c = Integer.compare(rank(x), rank(y));
    if (c == 0) {
      c = alike(x, y, depth);
    }
    return c != 0 ? c : last(a, b);
  }

  private static int alike(Expr x, Expr y, int depth) {
    if (x instanceof Constant p && y instanceof Constant q) {
      return Double.compare(p.value, q.value);
    }
    if (x instanceof Variable p && y instanceof Variable q) {
      int c = Integer.compare(digitsAt(p.name), digitsAt(q.name));
      boolean numbered =
          p.name.substring(0, digitsAt(p.name)).equals(q.name.substring(0, digitsAt(q.name)));
      return c == 0 && numbered && p.name.length() != q.name.length()
          ? Integer.compare(p.name.length(), q.name.length())
          : p.name.compareTo(q.name);
    }
    if (x instanceof Call p && y instanceof Call q && p.fn != q.fn) {
      return p.fn.compareTo(q.fn);
    }
    return lists(x.children(), y.children(), depth - 1);
  }

  /** Where the digits at a name's end begin. */
  private static int digitsAt(String name) {
    int i = name.length();
    while (i > 0 && Character.isDigit(name.charAt(i - 1))) {
      i--;
    }
    return i;
  }

  private static int last(Expr a, Expr b) {
    int c = Long.compare(a.high, b.high);
    return c != 0 ? c : Long.compare(a.low, b.low);
  }
}
