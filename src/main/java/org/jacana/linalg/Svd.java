package org.jacana.linalg;

import org.jacana.Tensor;

/**
 * A = U diag(s) Vh: s descending [..., k] with k = min(m, n); U [..., m, k] and Vh [..., k, n] with
 * orthonormal columns and rows, or square ones.
 */
public record Svd(Tensor u, Tensor s, Tensor vh) {
  static Svd of(Tensor a, boolean full) {
    Check.matrices("linalg.svd", a);
    Tensor[] parts =
        Compose.all(
            a,
            () -> {
              SvdOp op = new SvdOp(true, full);
              return op.unpack(a.shape(), SvdOp.apply(op, a));
            });
    return new Svd(parts[0], parts[1], parts[2]);
  }

  static Tensor values(Tensor a) {
    Check.matrices("linalg.svdvals", a);
    return SvdOp.apply(new SvdOp(false, false), a);
  }
}
