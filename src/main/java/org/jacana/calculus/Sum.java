package org.jacana.calculus;

/**
 * constant + coefficient[0] term[0] + ...: terms in order, none twice, none a sum, a number or with
 * a coefficient of its own; at least two parts. Made by {@link Sums}.
 */
final class Sum extends Expr {
  final Constant constant;
  final Constant[] coefficients;
  private final Expr[] terms;

  Sum(Constant constant, Constant[] coefficients, Expr[] terms) {
    super(
        print(constant, coefficients, terms), count(constant, coefficients, terms), degree(terms));
    this.constant = constant;
    this.coefficients = coefficients;
    this.terms = terms;
  }

  private static Fingerprint print(Constant constant, Constant[] coefficients, Expr[] terms) {
    Fingerprint f = new Fingerprint(4).add(constant);
    for (int i = 0; i < terms.length; i++) {
      f.add(coefficients[i]).add(terms[i]);
    }
    return f;
  }

  private static double count(Constant constant, Constant[] coefficients, Expr[] terms) {
    double n = constant.isZero() ? 1 : 2;
    for (int i = 0; i < terms.length; i++) {
      n += terms[i].treeSize + (coefficients[i].isOne() ? 0 : 1);
    }
    return n;
  }

  private static double degree(Expr[] terms) {
    double d = 0;
    for (Expr t : terms) {
      d = Math.max(d, t.degree);
    }
    return d;
  }

  @Override
  Expr[] children() {
    return terms;
  }

  @Override
  Expr rebuild(Expr[] terms) {
    Sums sums = new Sums();
    sums.add(constant);
    for (int i = 0; i < terms.length; i++) {
      sums.add(coefficients[i], terms[i]);
    }
    return sums.build();
  }
}
