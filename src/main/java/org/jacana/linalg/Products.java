package org.jacana.linalg;

import java.util.Arrays;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Products of vectors and matrices beyond matmul. */
final class Products {
  private Products() {}

  static Tensor vecdot(Tensor x, Tensor y) {
    Check.real("linalg.vecdot", x, y);
    if (x.rank() == 0 || y.rank() == 0 || x.shape().dim(-1) != y.shape().dim(-1)) {
      throw new IllegalArgumentException(
          "linalg.vecdot: last axes must be equal, got " + x.shape() + " and " + y.shape());
    }
    return Compose.on(x, () -> x.mul(y).sum(-1));
  }

  static Tensor outer(Tensor x, Tensor y) {
    Check.real("linalg.outer", x, y);
    if (x.rank() == 0 || y.rank() == 0) {
      throw new IllegalArgumentException(
          "linalg.outer: needs vectors [..., n] and [..., m], got "
              + x.shape()
              + " and "
              + y.shape());
    }
    return Compose.on(x, () -> x.unsqueeze(-1).mul(y.unsqueeze(-2)));
  }

  static Tensor matvec(Tensor a, Tensor x) {
    Check.real("linalg.matvec", a, x);
    if (a.rank() < 2 || x.rank() < 1 || a.shape().dim(-1) != x.shape().dim(-1)) {
      throw new IllegalArgumentException(
          "linalg.matvec: needs matrices [..., m, n] and vectors [..., n], got "
              + a.shape()
              + " and "
              + x.shape());
    }
    return Compose.on(a, () -> a.matmul(x.unsqueeze(-1)).squeeze(-1));
  }

  static Tensor trace(Tensor a) {
    Check.real("linalg.trace", a);
    if (a.rank() < 2) {
      throw new IllegalArgumentException(
          "linalg.trace: needs matrices [..., m, n], got " + a.shape());
    }
    return Compose.on(a, () -> a.diagonal(0, -2, -1).sum(-1));
  }

  static Tensor kron(Tensor a, Tensor b) {
    Check.real("linalg.kron", a, b);
    int rank = Math.max(a.rank(), b.rank());
    int[] p = new int[2 * rank];
    int[] q = new int[2 * rank];
    int[] out = new int[rank];
    Arrays.fill(p, 1);
    Arrays.fill(q, 1);
    for (int i = 0; i < rank; i++) {
      p[2 * i] = extent(a, i, rank);
      q[2 * i + 1] = extent(b, i, rank);
      out[i] = Math.multiplyExact(p[2 * i], q[2 * i + 1]);
    }
    return Compose.on(
        a, () -> a.reshape(Shape.of(p)).mul(b.reshape(Shape.of(q))).reshape(Shape.of(out)));
  }

  private static int extent(Tensor t, int axis, int rank) {
    int a = axis - (rank - t.rank());
    return a < 0 ? 1 : t.shape().dim(a);
  }

  static Tensor power(Tensor a, int n) {
    Check.square("linalg.matrixPower", a);
    return Compose.on(
        a,
        () -> {
          Tensor base = n < 0 ? Inverse.of(a) : a;
          Tensor result = null;
          for (int left = Math.abs(n); left > 0; left >>= 1) {
            if ((left & 1) == 1) {
              result = result == null ? base : result.matmul(base);
            }
            base = left > 1 ? base.matmul(base) : base;
          }
          return result == null
              ? Tensor.eye(a.dtype(), a.shape().dim(-1)).expand(a.shape())
              : result.reshape(a.shape());
        });
  }
}
