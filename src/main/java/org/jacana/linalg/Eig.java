package org.jacana.linalg;

import org.jacana.Tensor;

/**
 * A v = lambda v with complex numbers as pairs: values [..., n], vectors in columns [..., n, n]. By
 * descending real part, then descending imaginary part; each vector has length 1 and its largest
 * component is real and positive.
 */
public record Eig(Tensor real, Tensor imag, Tensor vectorsReal, Tensor vectorsImag) {
  static Eig of(Tensor a) {
    Check.square("linalg.eig", a);
    Tensor[] parts =
        Compose.all(
            a,
            () -> {
              EigOp op = new EigOp(true);
              Tensor[] turned = op.unpack(a.shape(), EigOp.apply(op, a));
              return new Tensor[] {
                turned[0], turned[1], Compose.t(turned[2]), Compose.t(turned[3])
              };
            });
    return new Eig(parts[0], parts[1], parts[2], parts[3]);
  }

  static Complex values(Tensor a) {
    Check.square("linalg.eigvals", a);
    Tensor[] parts =
        Compose.all(
            a,
            () -> {
              EigOp op = new EigOp(false);
              return op.unpack(a.shape(), EigOp.apply(op, a));
            });
    return new Complex(parts[0], parts[1]);
  }
}
