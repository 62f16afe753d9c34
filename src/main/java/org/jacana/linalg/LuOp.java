package org.jacana.linalg;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.View;

/** L below the diagonal and U on and above it, transposed; singular matrices have one too. */
final class LuOp extends MatrixOp {
  private double[] pivots;

  LuOp() {
    super("lu");
  }

  @Override
  int[][] parts(Shape in) {
    return new int[][] {Compose.join(Compose.batch(in), in.dim(-1), in.dim(-2))};
  }

  @Override
  void run(Work work, View out, View[] in) {
    Shape s = in[0].shape();
    int b = count(s);
    int m = s.dim(-2);
    int n = s.dim(-1);
    View a = Work.part(out, 0, b, n, m);
    work.copy(a, Work.turned(in[0]));
    work.requireFinite(a, s);
    View exchanged = work.scratch(DType.I32, b, Math.min(m, n));
    work.lapack.getrf(a, exchanged);
    pivots = work.read(exchanged);
  }

  /** P of what was run, [..., m, m]. */
  Tensor permutation(Tensor a) {
    Shape s = a.shape();
    int b = count(s);
    int m = s.dim(-2);
    int k = Math.min(m, s.dim(-1));
    double[] p = new double[b * m * m];
    for (int i = 0; i < b; i++) {
      int[] order = Lu.order(pivots, i * k, k, m);
      for (int r = 0; r < m; r++) {
        p[(i * m + order[r]) * m + r] = 1;
      }
    }
    return Tensor.of(p, p.length).to(a.dtype()).reshape(Compose.join(Compose.batch(s), m, m));
  }

  @Override
  public boolean keepsOutput() {
    return true;
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    Tensor a = in[0];
    int k = Math.min(a.shape().dim(-2), a.shape().dim(-1));
    return new Tensor[] {
      Compose.on(
          a,
          () -> {
            Tensor lu = Compose.t(out);
            Tensor d = Compose.t(g);
            Tensor square = lu.slice(-2, 0, k).slice(-1, 0, k);
            Tensor l = square.tril(-1).add(Tensor.eye(a.dtype(), k));
            Tensor u = square.triu(0);
            Tensor corner = d.slice(-2, 0, k).slice(-1, 0, k);
            Tensor whole =
                a.shape().dim(-2) > k ? tall(lu, d, l, u, corner, k) : wide(lu, d, l, u, corner, k);
            return permutation(a).matmul(whole);
          })
    };
  }

  /** A1 = L U with gradients of both: L^-T (lower(L^T dL) + upper(dU U^T)) U^-T. */
  private static Tensor corner(Tensor l, Tensor u, Tensor dl, Tensor du) {
    Tensor inner = Compose.t(l).matmul(dl).tril(-1).add(du.matmul(Compose.t(u)).triu(0));
    Tensor left = TriangularOp.of(l, inner, false, true, true);
    return Compose.t(TriangularOp.of(u, Compose.t(left), true, false, false));
  }

  /** Below: A2 = L2 U. */
  private static Tensor tall(Tensor lu, Tensor d, Tensor l, Tensor u, Tensor corner, int k) {
    int m = lu.shape().dim(-2);
    Tensor l2 = lu.slice(-2, k, m);
    Tensor below = Compose.t(TriangularOp.of(u, Compose.t(d.slice(-2, k, m)), true, false, false));
    Tensor du = corner.triu(0).sub(Compose.t(l2).matmul(below));
    return Tensor.concat(-2, corner(l, u, corner.tril(-1), du), below);
  }

  /** To the right: A2 = L U2. */
  private static Tensor wide(Tensor lu, Tensor d, Tensor l, Tensor u, Tensor corner, int k) {
    int n = lu.shape().dim(-1);
    if (n == k) {
      return corner(l, u, corner.tril(-1), corner.triu(0));
    }
    Tensor u2 = lu.slice(-1, k, n);
    Tensor right = TriangularOp.of(l, d.slice(-1, k, n), false, true, true);
    Tensor dl = corner.tril(-1).sub(right.matmul(Compose.t(u2)));
    return Tensor.concat(-1, corner(l, u, dl, corner.triu(0)), right);
  }
}
