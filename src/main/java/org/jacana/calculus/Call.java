package org.jacana.calculus;

/** A function of arguments, made by {@link Calls}. */
final class Call extends Expr {
  final Fn fn;
  private final Expr[] arguments;

  Call(Fn fn, Expr... arguments) {
    super(print(fn, arguments), count(arguments), 0);
    this.fn = fn;
    this.arguments = arguments;
  }

  private static Fingerprint print(Fn fn, Expr[] arguments) {
    Fingerprint f = new Fingerprint(7).add(fn.ordinal());
    for (Expr x : arguments) {
      f.add(x);
    }
    return f;
  }

  private static double count(Expr[] arguments) {
    double n = 1;
    for (Expr x : arguments) {
      n += x.treeSize;
    }
    return n;
  }

  Expr argument(int i) {
    return arguments[i];
  }

  @Override
  Expr[] children() {
    return arguments;
  }

  @Override
  Expr rebuild(Expr[] c) {
    return Calls.of(fn, c);
  }
}
