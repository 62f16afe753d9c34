package org.jacana.calculus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Multiplies: joins products, collects like powers, multiplies numbers exactly. */
final class Products {
  private Constant coefficient = Constant.ONE;
  private final Map<Expr, Expr> powers = new LinkedHashMap<>();

  static Expr of(Expr... parts) {
    Products p = new Products();
    for (Expr e : parts) {
      p.mul(e);
    }
    return p.build();
  }

  /** c e, where e has no coefficient of its own. */
  static Expr scale(Constant c, Expr e) {
    if (c.isZero() || c.isOne()) {
      return c.isZero() ? Constant.ZERO : e;
    }
    if (e instanceof Constant k) {
      return c.times(k);
    }
    if (e instanceof Sum && c.equals(Constant.MINUS_ONE)) {
      Sums negative = new Sums();
      negative.add(c, e);
      return negative.build();
    }
    return e instanceof Product p
        ? scaled(c.times(p.coefficient), p)
        : new Product(c, new Expr[] {e});
  }

  private static Expr scaled(Constant c, Product p) {
    return p.monic() instanceof Sum s ? scale(c, s) : make(c, p);
  }

  private static Expr make(Constant c, Product p) {
    return c.isOne() ? p.monic() : new Product(c, p.children());
  }

  void mul(Expr e) {
    if (e instanceof Constant c) {
      coefficient = coefficient.times(c);
    } else if (e instanceof Product p) {
      coefficient = coefficient.times(p.coefficient);
      for (Expr f : p.children()) {
        factor(f);
      }
    } else {
      factor(e);
    }
  }

  private void factor(Expr f) {
    Expr base = Order.base(f);
    Expr exponent = Order.exponent(f);
    if (base instanceof Sum
        && Signs.looksNegative(base)
        && exponent instanceof Constant n
        && n.isInteger()) {
      base = scale(Constant.MINUS_ONE, base);
      coefficient = n.isEven() ? coefficient : coefficient.negative();
    }
    powers.merge(base, exponent, Sums::of);
  }

  Expr build() {
    if (coefficient.isZero()) {
      return Constant.ZERO;
    }
    List<Expr> factors = new ArrayList<>();
    powers.forEach((base, exponent) -> take(Powers.of(base, exponent), factors));
    if (coefficient.isZero() || factors.isEmpty()) {
      return coefficient;
    }
    if (factors.size() == 1) {
      return scale(coefficient, factors.get(0));
    }
    factors.sort(Order::factors);
    return new Product(coefficient, factors.toArray(new Expr[0]));
  }

  private void take(Expr power, List<Expr> factors) {
    if (power instanceof Constant c) {
      coefficient = coefficient.times(c);
    } else if (power instanceof Product p) {
      coefficient = coefficient.times(p.coefficient);
      factors.addAll(List.of(p.children()));
    } else {
      factors.add(power);
    }
  }
}
