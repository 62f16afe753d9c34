package org.jacana.linalg;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** Projections, orthonormal bases and the four subspaces of a matrix; differentiable. */
public final class Projections {
  private Projections() {}

  /**
   * The part of x [..., n] along v [n]: (x v / v v) v.
   *
   * @throws IllegalArgumentException if v is 0
   */
  public static Tensor ontoVector(Tensor x, Tensor v) {
    Check.vector("projections.ontoVector", v);
    Check.real("projections.ontoVector", x, v);
    if (Autograd.noGrad(() -> v.detach().ne(0).any()).item() == 0) {
      throw new IllegalArgumentException(
          "projections.ontoVector: v is 0, which names no direction");
    }
    return Compose.on(x, () -> Products.vecdot(x, v).unsqueeze(-1).mul(v).div(v.square().sum()));
  }

  /** The nearest point to x [n], or columns [n, k], in the span of the basis's columns [n, m]. */
  public static Tensor ontoSubspace(Tensor x, Tensor basis) {
    Check.matrix("projections.ontoSubspace", basis);
    Check.real("projections.ontoSubspace", x, basis);
    return Compose.on(x, () -> basis.matmul(Linalg.lstsq(basis, x)));
  }

  /** The symmetric matrix P = P^2 [n, n] that projects onto the columns' span. */
  public static Tensor projector(Tensor basis) {
    Check.matrix("projections.projector", basis);
    return Compose.on(basis, () -> basis.matmul(Linalg.pinv(basis)));
  }

  /**
   * The columns [n, m] made orthonormal one after the other, each turned towards its own column, by
   * Gram and Schmidt's process in its modified form (Golub and Van Loan, section 5.2.8).
   *
   * @throws IllegalArgumentException if a column depends on those before it
   */
  public static Tensor gramSchmidt(Tensor a) {
    Check.matrix("projections.gramSchmidt", a);
    int m = a.shape().dim(1);
    double limit = 10 * a.shape().dim(0) * Compose.epsilon(a.dtype());
    return Compose.on(
        a,
        () -> {
          Tensor[] q = new Tensor[m];
          for (int j = 0; j < m; j++) {
            Tensor column = a.select(1, j);
            Tensor v = column;
            for (int i = 0; i < j; i++) {
              v = v.sub(q[i].mul(q[i].dot(v)));
            }
            Tensor norm = v.norm();
            if (!(norm.item() > limit * column.norm().item())) {
              throw new IllegalArgumentException(
                  "projections.gramSchmidt: column "
                      + j
                      + " of "
                      + a.shape()
                      + " depends on those before it (or holds NaN); use columnSpace");
            }
            q[j] = v.div(norm);
          }
          return Tensor.stack(1, q);
        });
  }

  /** Whether the columns are orthonormal: |Q^T Q - I| at most the tolerance everywhere. */
  public static boolean isOrthonormal(Tensor q, double tolerance) {
    return deviation(q) <= tolerance;
  }

  /** Whether Q is square and its columns are orthonormal. */
  public static boolean isOrthogonal(Tensor q, double tolerance) {
    Shape s = q.shape();
    return s.rank() >= 2 && s.dim(-1) == s.dim(-2) && isOrthonormal(q, tolerance);
  }

  private static double deviation(Tensor q) {
    Check.matrices("projections.isOrthonormal", q);
    return Autograd.noGrad(
            () ->
                Compose.on(
                    q,
                    () -> {
                      Tensor d = q.detach().to(DType.F64);
                      Tensor one = Tensor.eye(DType.F64, q.shape().dim(-1));
                      return Compose.t(d).matmul(d).sub(one).abs().max();
                    }))
        .item();
  }

  private static int rank(Tensor a) {
    return (int) MatrixNorms.rank(a, Double.NaN).item();
  }

  /** An orthonormal basis of all A x, [m, rank]. */
  public static Tensor columnSpace(Tensor a) {
    Check.matrix("projections.columnSpace", a);
    return Compose.on(a, () -> Svd.of(a, false).u().slice(1, 0, rank(a)));
  }

  /** An orthonormal basis of all A^T y, [n, rank]. */
  public static Tensor rowSpace(Tensor a) {
    return Compose.on(a, () -> columnSpace(Compose.t(a)));
  }

  /** An orthonormal basis of all x with A x = 0, [n, n - rank]. */
  public static Tensor nullSpace(Tensor a) {
    Check.matrix("projections.nullSpace", a);
    return Compose.on(a, () -> Compose.t(Svd.of(a, true).vh().slice(0, rank(a), a.shape().dim(1))));
  }
}
