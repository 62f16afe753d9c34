package org.jacana.calculus;

/**
 * coefficient factor[0] factor[1] ...: factors in order, no base twice, none a number or a product.
 * Made by {@link Products}.
 */
final class Product extends Expr {
  final Constant coefficient;
  private final Expr[] factors;

  Product(Constant coefficient, Expr[] factors) {
    super(print(coefficient, factors), count(coefficient, factors), degree(factors));
    this.coefficient = coefficient;
    this.factors = factors;
  }

  private static Fingerprint print(Constant coefficient, Expr[] factors) {
    Fingerprint f = new Fingerprint(5).add(coefficient);
    for (Expr x : factors) {
      f.add(x);
    }
    return f;
  }

  private static double count(Constant coefficient, Expr[] factors) {
    double n = coefficient.isOne() ? 1 : 2;
    for (Expr f : factors) {
      n += f.treeSize;
    }
    return n;
  }

  private static double degree(Expr[] factors) {
    double d = 0;
    for (Expr f : factors) {
      d += f.degree;
    }
    return d;
  }

  /** The product without its coefficient. */
  Expr monic() {
    return coefficient.isOne()
        ? this
        : factors.length == 1 ? factors[0] : new Product(Constant.ONE, factors);
  }

  @Override
  Expr[] children() {
    return factors;
  }

  @Override
  Expr rebuild(Expr[] factors) {
    Products p = new Products();
    p.mul(coefficient);
    for (Expr f : factors) {
      p.mul(f);
    }
    return p.build();
  }
}
