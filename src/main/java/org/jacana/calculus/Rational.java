package org.jacana.calculus;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** A fraction in lowest terms with a positive denominator. */
record Rational(BigInteger num, BigInteger den) {
  static final Rational ZERO = of(0);
  static final Rational ONE = of(1);

  Rational {
    if (den.signum() == 0) {
      throw new ArithmeticException("a fraction's denominator must not be 0");
    }
    BigInteger g = num.gcd(den);
    if (den.signum() < 0) {
      g = g.negate();
    }
    if (!g.equals(BigInteger.ONE)) {
      num = num.divide(g);
      den = den.divide(g);
    }
  }

  static Rational of(long n) {
    return new Rational(BigInteger.valueOf(n), BigInteger.ONE);
  }

  boolean isInteger() {
    return den.equals(BigInteger.ONE);
  }

  /** An integer that fits an int. */
  boolean isInt() {
    return isInteger() && num.bitLength() < 32;
  }

  int signum() {
    return num.signum();
  }

  Rational add(Rational o) {
    return new Rational(num.multiply(o.den).add(o.num.multiply(den)), den.multiply(o.den));
  }

  Rational mul(Rational o) {
    return new Rational(num.multiply(o.num), den.multiply(o.den));
  }

  Rational neg() {
    return new Rational(num.negate(), den);
  }

  /** To a whole power, negative ones too for numbers other than 0. */
  Rational pow(int n) {
    return n >= 0 ? new Rational(num.pow(n), den.pow(n)) : new Rational(den.pow(-n), num.pow(-n));
  }

  /** The largest whole number that is not above. */
  BigInteger floor() {
    BigInteger[] qr = num.divideAndRemainder(den);
    return qr[1].signum() < 0 ? qr[0].subtract(BigInteger.ONE) : qr[0];
  }

  int compareTo(Rational o) {
    return num.multiply(o.den).compareTo(o.num.multiply(den));
  }

  /** The nearest double, or close to it for numbers of hundreds of digits. */
  double value() {
    if (num.bitLength() <= 53 && den.bitLength() <= 53) {
      return num.doubleValue() / den.doubleValue();
    }
    return new BigDecimal(num).divide(new BigDecimal(den), MathContext.DECIMAL128).doubleValue();
  }

  /** The fraction with a denominator up to a limit whose double is v; null if there is none. */
  static Rational near(double v, long limit) {
    long p0 = 0;
    long q0 = 1;
    long p = 1;
    long q = 0;
    double x = Math.abs(v);
    // Continued fractions: the first convergent that is v bit by bit.
    for (int i = 0; i < 20 && x < 1e9; i++) {
      long a = (long) x;
      long next = a * p + p0;
      long below = a * q + q0;
      if (below > limit || next > 1_000_000_000L) {
        return null;
      }
      p0 = p;
      q0 = q;
      p = next;
      q = below;
      if ((double) p / q == Math.abs(v)) {
        return new Rational(BigInteger.valueOf(v < 0 ? -p : p), BigInteger.valueOf(q));
      }
      x = 1 / (x - a);
    }
    return null;
  }

  /** The k-th root of a natural number if that is whole, else null. */
  static BigInteger root(BigInteger n, int k) {
    if (n.bitLength() > 4096 || k > 64) {
      return null;
    }
    BigInteger low = BigInteger.ZERO;
    BigInteger high = BigInteger.ONE.shiftLeft(n.bitLength() / k + 1);
    while (low.compareTo(high) <= 0) {
      BigInteger middle = low.add(high).shiftRight(1);
      int c = middle.pow(k).compareTo(n);
      if (c == 0) {
        return middle;
      }
      if (c < 0) {
        low = middle.add(BigInteger.ONE);
      } else {
        high = middle.subtract(BigInteger.ONE);
      }
    }
    return null;
  }
}
