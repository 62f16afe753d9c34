package org.jacana.calculus;

import java.math.BigInteger;

/**
 * Raises to powers, by rules that hold wherever the original has a value; x^0 is 1, also at 0 (as
 * in Java), and what is undefined for some x may become defined, as in sqrt(x)^2 = x.
 */
final class Powers {
  private static final int MOST_BITS = 20_000;
  private static final int[] PRIMES = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47};

  private Powers() {}

  static Expr of(Expr b, Expr e) {
    if (b.equals(Calls.E)) {
      return Calls.of(Fn.EXP, e);
    }
    if (!(e instanceof Constant c)) {
      if (b instanceof Constant k && k.isOne()) {
        return b;
      }
      return b instanceof Call f && f.fn == Fn.EXP
          ? Calls.of(Fn.EXP, Products.of(f.argument(0), e))
          : new Power(b, e);
    }
    if (c.isZero()) {
      return Constant.ONE;
    }
    if (c.isOne()) {
      return b;
    }
    if (b instanceof Constant k) {
      return number(k, c);
    }
    if (b instanceof Call f && f.fn == Fn.EXP) {
      return Calls.of(Fn.EXP, Products.of(f.argument(0), c));
    }
    if (b instanceof Call f && f.fn == Fn.ABS && c.isEven()) {
      return of(f.argument(0), c);
    }
    if (b instanceof Power p) {
      return nested(p, c);
    }
    if (b instanceof Sum && c.isInteger() && Signs.looksNegative(b)) {
      Power positive = new Power(Products.scale(Constant.MINUS_ONE, b), c);
      return Products.scale(c.isEven() ? Constant.ONE : Constant.MINUS_ONE, positive);
    }
    return b instanceof Product p ? product(p, c) : new Power(b, c);
  }

  private static Expr nested(Power p, Constant c) {
    if (c.isInteger() || Signs.nonNegative(p.base)) {
      return of(p.base, Products.of(p.exponent, c));
    }
    if (p.exponent instanceof Constant m && m.isEven()) {
      return of(Calls.of(Fn.ABS, p.base), m.times(c));
    }
    return new Power(p, c);
  }

  /** Whole powers go to every factor, others to those that cannot be negative. */
  private static Expr product(Product p, Constant c) {
    Products out = new Products();
    if (c.isInteger()) {
      out.mul(number(p.coefficient, c));
      for (Expr f : p.children()) {
        out.mul(of(f, c));
      }
      return out.build();
    }
    Products rest = new Products();
    boolean pulled = !p.coefficient.magnitude().isOne();
    out.mul(number(p.coefficient.magnitude(), c));
    if (p.coefficient.signum() < 0) {
      rest.mul(Constant.MINUS_ONE);
    }
    for (Expr f : p.children()) {
      if (Signs.nonNegative(f)) {
        out.mul(of(f, c));
        pulled = true;
      } else {
        rest.mul(f);
      }
    }
    if (!pulled) {
      return new Power(p, c);
    }
    out.mul(of(rest.build(), c));
    return out.build();
  }

  private static Expr number(Constant b, Constant e) {
    if (b.isOne()) {
      return b;
    }
    if (b.isZero()) {
      if (e.signum() < 0) {
        throw new ArithmeticException("power: 0 to the power " + e + " is a division by zero");
      }
      return Constant.ZERO;
    }
    if (b.exact == null || e.exact == null) {
      double v = Math.pow(b.value, e.value);
      return Double.isFinite(v) ? Constant.num(v) : new Power(b, e);
    }
    if (e.isInt()) {
      long bits = b.exact.num().bitLength() + (long) b.exact.den().bitLength();
      return bits * Math.abs((long) e.intValue()) <= MOST_BITS
          ? Constant.num(b.exact.pow(e.intValue()))
          : new Power(b, e);
    }
    if (b.signum() < 0 || Math.abs(e.value) > 1000) {
      return new Power(b, e);
    }
    Root above = root(b.exact.num(), e.exact);
    Root below = root(b.exact.den(), e.exact.neg());
    Constant outside = above.outside.times(below.outside);
    if (above.inside == null || below.inside == null) {
      Expr inside = above.inside == null ? below.inside : above.inside;
      return inside == null ? outside : Products.scale(outside, inside);
    }
    boolean first = Order.factors(above.inside, below.inside) < 0;
    return new Product(
        outside,
        first ? new Expr[] {above.inside, below.inside} : new Expr[] {below.inside, above.inside});
  }

  /** A number times a power that is not whole, or null for 1. */
  private record Root(Constant outside, Power inside) {}

  /** n^e as n^whole n^fraction with a fraction between 0 and 1. */
  private static Root root(BigInteger n, Rational e) {
    if (n.equals(BigInteger.ONE)) {
      return new Root(Constant.ONE, null);
    }
    Rational base = new Rational(n, BigInteger.ONE);
    Rational whole = new Rational(e.floor(), BigInteger.ONE);
    Rational part = e.add(whole.neg());
    Constant outside = Constant.num(base.pow(whole.num().intValueExact()));
    if (part.signum() == 0) {
      return new Root(outside, null);
    }
    BigInteger r = part.den().bitLength() < 31 ? Rational.root(n, part.den().intValue()) : null;
    if (r != null) {
      Rational power = new Rational(r, BigInteger.ONE).pow(part.num().intValueExact());
      return new Root(outside.times(Constant.num(power)), null);
    }
    return inside(n, part, outside);
  }

  /** Takes q-th powers of small primes out of a q-th root: sqrt(12) = 2 sqrt(3). */
  private static Root inside(BigInteger n, Rational part, Constant outside) {
    int q = part.den().bitLength() < 8 ? part.den().intValue() : 128;
    for (int prime : PRIMES) {
      BigInteger power = BigInteger.valueOf(prime).pow(q);
      BigInteger[] split = n.divideAndRemainder(power);
      while (q < 128 && split[1].signum() == 0) {
        n = split[0];
        Rational taken = Rational.of(prime).pow(part.num().intValueExact());
        outside = outside.times(Constant.num(taken));
        split = n.divideAndRemainder(power);
      }
    }
    Constant left = Constant.num(new Rational(n, BigInteger.ONE));
    return new Root(outside, new Power(left, Constant.num(part)));
  }
}
