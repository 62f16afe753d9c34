package org.jacana.calculus;

/** A named unknown. */
final class Variable extends Expr {
  final String name;

  Variable(String name) {
    super(new Fingerprint(3).add(name), 1, 1);
    this.name = name;
  }
}
