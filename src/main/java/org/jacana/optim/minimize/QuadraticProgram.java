package org.jacana.optim.minimize;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;
import org.jacana.linalg.Projections;

/** Quadratic programmes with equality constraints, in closed form. */
public final class QuadraticProgram {
  /**
   * A minimum.
   *
   * @param x [n]
   * @param value x H x / 2 + c x
   * @param multipliers lambda in L = f + lambda (A x - b), [m]
   */
  public record Solution(double[] x, double value, double[] multipliers) {}

  private QuadraticProgram() {}

  /**
   * The minimum of x H x / 2 + c x subject to A x = b, by the system of Karush, Kuhn and Tucker
   * [[H, A^T], [A, 0]] (Nocedal and Wright 2006, 16.4), in doubles.
   *
   * @param h [n, n], symmetric
   * @param c [n]
   * @param a [m, n] with independent rows
   * @param b [m]
   * @throws IllegalArgumentException if shapes do not fit, A's rows depend on each other, or H is
   *     not positive definite on A's null space, so that there is no single minimum
   */
  public static Solution solve(Tensor h, Tensor c, Tensor a, Tensor b) {
    int n = c.rank() == 1 ? c.shape().dim(0) : -1;
    int m = b.rank() == 1 ? b.shape().dim(0) : -1;
    boolean fits =
        n > 0
            && m > 0
            && h.rank() == 2
            && h.shape().dim(0) == n
            && h.shape().dim(1) == n
            && a.rank() == 2
            && a.shape().dim(0) == m
            && a.shape().dim(1) == n;
    if (!fits) {
      throw new IllegalArgumentException(
          "quadraticProgram: needs H [n, n], c [n], A [m, n] and b [m], got "
              + h.shape()
              + ", "
              + c.shape()
              + ", "
              + a.shape()
              + " and "
              + b.shape());
    }
    try (Scope scope = Scope.open(h.device())) {
      Tensor hh = h.detach().to(DType.F64);
      Tensor aa = a.detach().to(DType.F64);
      Tensor cc = c.detach().to(DType.F64);
      if (Linalg.matrixRank(aa).item() < m) {
        throw new IllegalArgumentException(
            "quadraticProgram: the rows of A "
                + a.shape()
                + " depend on each other; leave some"
                + " out");
      }
      Tensor z = Projections.nullSpace(aa);
      if (z.shape().dim(1) > 0) {
        Tensor reduced = z.transpose(0, 1).matmul(hh).matmul(z);
        Tensor symmetric = reduced.add(reduced.transpose(0, 1)).mul(0.5);
        if (!(Linalg.eigvalsh(symmetric).min().item() > 0)) {
          throw new IllegalArgumentException(
              "quadraticProgram: H is not positive definite where A x = 0, so there is no single"
                  + " minimum");
        }
      }
      Tensor top = Tensor.concat(1, hh, aa.transpose(0, 1));
      Tensor bottom = Tensor.concat(1, aa, Tensor.zeros(DType.F64, m, m));
      Tensor right = Tensor.concat(0, cc.neg(), b.detach().to(DType.F64));
      Tensor all = Linalg.solve(Tensor.concat(0, top, bottom), right);
      Tensor x = all.slice(0, 0, n);
      double value = x.mul(hh.matmul(x)).sum().mul(0.5).add(cc.mul(x).sum()).item();
      return new Solution(x.doubles(), value, all.slice(0, n, n + m).doubles());
    }
  }
}
