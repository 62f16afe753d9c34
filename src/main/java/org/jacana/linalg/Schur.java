package org.jacana.linalg;

import org.jacana.Tensor;

/**
 * The real Schur form A = Q T Q^T: T is upper triangular but for a block of two rows for each
 * complex pair of eigenvalues, Q is orthogonal. Not differentiable.
 */
public record Schur(Tensor t, Tensor q) {
  static Schur of(Tensor a) {
    Check.square("linalg.schur", a);
    Tensor[] parts =
        Compose.all(
            a,
            () -> {
              SchurOp op = new SchurOp();
              Tensor[] turned = op.unpack(a.shape(), SchurOp.apply(op, a));
              return new Tensor[] {Compose.t(turned[0]), Compose.t(turned[1])};
            });
    return new Schur(parts[0], parts[1]);
  }
}
