package org.jacana.calculus;

/** base to the power exponent, made by {@link Powers}. */
final class Power extends Expr {
  final Expr base;
  final Expr exponent;

  Power(Expr base, Expr exponent) {
    super(
        new Fingerprint(6).add(base).add(exponent),
        1 + base.treeSize + exponent.treeSize,
        degree(base, exponent));
    this.base = base;
    this.exponent = exponent;
  }

  private static double degree(Expr base, Expr exponent) {
    return exponent instanceof Constant c ? base.degree * c.value : 0;
  }

  @Override
  Expr[] children() {
    return new Expr[] {base, exponent};
  }

  @Override
  Expr rebuild(Expr[] c) {
    return Powers.of(c[0], c[1]);
  }
}
