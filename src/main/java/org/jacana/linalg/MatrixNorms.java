package org.jacana.linalg;

import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** Norms of matrices, condition numbers and ranks. */
final class MatrixNorms {
  private MatrixNorms() {}

  static Tensor vector(Tensor x, double p, int[] axes) {
    Check.real("linalg.vectorNorm", x);
    return x.norm(p, x.shape().axes("linalg.vectorNorm", axes), false);
  }

  static Tensor frobenius(Tensor a) {
    Check.matrices("linalg.matrixNorm", a);
    return a.norm(-2, -1);
  }

  static Tensor nuclear(Tensor a) {
    Check.matrices("linalg.matrixNorm", a);
    return Compose.on(a, () -> Svd.values(a).sum(-1));
  }

  static Tensor norm(Tensor a, double p) {
    Check.matrices("linalg.matrixNorm", a);
    double size = Math.abs(p);
    boolean largest = p > 0;
    return Compose.on(
        a,
        () -> {
          if (size == 2) {
            Tensor s = Svd.values(a);
            return s.select(-1, largest ? 0 : s.shape().dim(-1) - 1);
          }
          if (size == 1 || Double.isInfinite(size)) {
            Tensor sums = a.abs().sum(size == 1 ? -2 : -1);
            return largest ? sums.max(-1) : sums.min(-1);
          }
          throw new IllegalArgumentException(
              "linalg.matrixNorm: p must be 1, 2, infinity or the negative of one, got "
                  + p
                  + "; for the Frobenius norm use matrixNorm(a), for others vectorNorm");
        });
  }

  static Tensor cond(Tensor a, double p) {
    if (Math.abs(p) == 2) {
      Check.matrices("linalg.cond", a);
      return Compose.on(
          a,
          () -> {
            Tensor s = Svd.values(a);
            Tensor first = s.select(-1, 0);
            Tensor last = s.select(-1, s.shape().dim(-1) - 1);
            return p > 0 ? first.div(last) : last.div(first);
          });
    }
    Check.square("linalg.cond", a);
    return Compose.on(a, () -> norm(a, p).mul(norm(Inverse.of(a), p)));
  }

  static Tensor rank(Tensor a, double rcond) {
    Check.matrices("linalg.matrixRank", a);
    double limit =
        rcond == rcond
            ? rcond
            : Math.max(a.shape().dim(-2), a.shape().dim(-1)) * Compose.epsilon(a.dtype());
    return Autograd.noGrad(
        () ->
            Compose.on(
                a,
                () -> {
                  Tensor s = Svd.values(a.detach());
                  return s.gt(s.slice(-1, 0, 1).mul(limit)).sum(-1);
                }));
  }
}
