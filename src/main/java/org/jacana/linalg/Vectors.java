package org.jacana.linalg;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;

/** What iterations with vectors have in common. */
final class Vectors {
  private Vectors() {}

  static void requireFinite(String op, double... values) {
    for (double v : values) {
      if (!Double.isFinite(v)) {
        throw new ArithmeticException(
            op + ": a product with the operator holds NaN or an infinity; check its function");
      }
    }
  }

  /** Independent signs. */
  static Tensor rademacher(Generator generator, DType type, int n) {
    return Scope.tidy(
        () -> {
          Tensor u = generator.uniform(type, n);
          return Tensor.where(u.lt(0.5), u.onesLike(), u.onesLike().neg());
        });
  }
}
