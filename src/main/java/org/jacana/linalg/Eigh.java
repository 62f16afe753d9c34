package org.jacana.linalg;

import org.jacana.Tensor;

/**
 * A = V diag(values) V^T: values ascending [..., n], orthonormal vectors in columns [..., n, n].
 */
public record Eigh(Tensor values, Tensor vectors) {
  static Eigh of(Tensor a) {
    Check.square("linalg.eigh", a);
    Tensor[] parts =
        Compose.all(
            a,
            () -> {
              EighOp op = new EighOp(true);
              Tensor[] turned = op.unpack(a.shape(), EighOp.apply(op, a));
              return new Tensor[] {turned[0], Compose.t(turned[1])};
            });
    return new Eigh(parts[0], parts[1]);
  }

  static Tensor values(Tensor a) {
    Check.square("linalg.eigvalsh", a);
    return EighOp.apply(new EighOp(false), a);
  }
}
