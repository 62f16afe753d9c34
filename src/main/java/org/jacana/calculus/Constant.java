package org.jacana.calculus;

import java.math.BigInteger;

/** A number: an exact fraction, or a double that is none with a small power of two below. */
final class Constant extends Expr {
  static final Constant ZERO = num(0);
  static final Constant ONE = num(1);
  static final Constant TWO = num(2);
  static final Constant MINUS_ONE = num(-1);
  static final Constant HALF = num(new Rational(BigInteger.ONE, BigInteger.TWO));

  /** Null for a double. */
  final Rational exact;

  final double value;

  private Constant(Rational exact, double value) {
    super(print(exact, value), 1, 0);
    this.exact = exact;
    this.value = value;
  }

  private static Fingerprint print(Rational exact, double value) {
    return exact == null
        ? new Fingerprint(1).add(Double.doubleToLongBits(value))
        : new Fingerprint(2).add(exact.num().toString(36)).add(exact.den().toString(36));
  }

  static Constant num(long n) {
    return num(Rational.of(n));
  }

  static Constant num(Rational r) {
    return new Constant(r, r.value());
  }

  /** Exact for multiples of 1/1024. */
  static Constant num(double v) {
    if (!Double.isFinite(v)) {
      throw new IllegalArgumentException("constant: must be finite, got " + v);
    }
    double scaled = v * 1024;
    if (scaled == Math.rint(scaled) && Math.abs(scaled) < 1L << 53) {
      return num(new Rational(BigInteger.valueOf((long) scaled), BigInteger.valueOf(1024)));
    }
    return new Constant(null, v);
  }

  /** For tracing: only comparisons, extremes, choices and exponentials take it. */
  static Constant infinite(double v) {
    return new Constant(null, v);
  }

  boolean isInfinite() {
    return Double.isInfinite(value);
  }

  boolean isZero() {
    return value == 0 && (exact == null || exact.signum() == 0);
  }

  boolean isOne() {
    return exact != null && exact.equals(Rational.ONE);
  }

  boolean isInteger() {
    return exact != null && exact.isInteger();
  }

  boolean isInt() {
    return exact != null && exact.isInt();
  }

  int intValue() {
    return exact.num().intValueExact();
  }

  boolean isEven() {
    return isInteger() && !exact.num().testBit(0);
  }

  int signum() {
    return exact == null ? (int) Math.signum(value) : exact.signum();
  }

  Constant plus(Constant o) {
    return exact != null && o.exact != null ? num(exact.add(o.exact)) : num(value + o.value);
  }

  Constant times(Constant o) {
    if (isOne()) {
      return o;
    }
    if (o.isOne()) {
      return this;
    }
    return exact != null && o.exact != null ? num(exact.mul(o.exact)) : num(value * o.value);
  }

  Constant negative() {
    return exact != null ? num(exact.neg()) : new Constant(null, -value);
  }

  Constant magnitude() {
    return signum() < 0 ? negative() : this;
  }
}
