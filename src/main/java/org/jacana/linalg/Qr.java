package org.jacana.linalg;

import org.jacana.Tensor;

/** A = Q R with orthonormal columns in Q and R upper triangular. */
public record Qr(Tensor q, Tensor r) {
  static Qr of(Tensor a, boolean full) {
    Check.matrices("linalg.qr", a);
    Tensor[] parts =
        Compose.all(
            a,
            () -> {
              QrOp op = new QrOp(full);
              Tensor[] turned = op.unpack(a.shape(), QrOp.apply(op, a));
              return new Tensor[] {Compose.t(turned[0]), Compose.t(turned[1])};
            });
    return new Qr(parts[0], parts[1]);
  }
}
