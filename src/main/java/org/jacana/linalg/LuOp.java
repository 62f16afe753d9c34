package org.jacana.linalg;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.View;

/** L and U, transposed; singular matrices have them too. */
final class LuOp extends MatrixOp {
  private double[] pivots;

  LuOp() {
    super("lu");
  }

  private static int rank(Shape in) {
    return Math.min(in.dim(-2), in.dim(-1));
  }

  @Override
  int[][] parts(Shape in) {
    int[] b = Compose.batch(in);
    return new int[][] {
      Compose.join(b, rank(in), in.dim(-2)), Compose.join(b, in.dim(-1), rank(in))
    };
  }

  @Override
  void run(Work work, View out, View[] in) {
    Shape s = in[0].shape();
    int b = count(s);
    int m = s.dim(-2);
    int n = s.dim(-1);
    int k = rank(s);
    View a = work.columns(in[0]);
    View exchanged = work.scratch(DType.I32, b, k);
    work.lapack.getrf(a, exchanged);
    pivots = work.read(exchanged);
    work.lapack.triangles(a, Work.part(out, 0, b, k, m), Work.part(out, start(s, 1), b, n, k));
  }

  /** P of what was run, [..., m, m]. */
  Tensor permutation(Tensor a) {
    Shape s = a.shape();
    int m = s.dim(-2);
    int k = rank(s);
    Tensor p = Tensor.zeros(a.dtype(), count(s), m, m);
    for (int i = 0; i < count(s); i++) {
      int[] order = Lu.order(pivots, i * k, k, m);
      for (int r = 0; r < m; r++) {
        p.backend().fill(Work.part(p.view(), ((long) i * m + order[r]) * m + r, 1), 1);
      }
    }
    return p.reshape(Compose.join(Compose.batch(s), m, m));
  }

  @Override
  public boolean keepsOutput() {
    return true;
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    Tensor a = in[0];
    Shape s = a.shape();
    int k = rank(s);
    return new Tensor[] {
      Compose.on(
          a,
          () -> {
            Tensor[] values = unpack(s, out);
            Tensor[] gs = unpack(s, g);
            Tensor l = Compose.t(values[0]);
            Tensor u = Compose.t(values[1]);
            Tensor dl = Compose.t(gs[0]);
            Tensor du = Compose.t(gs[1]);
            Tensor whole = s.dim(-2) > k ? tall(l, u, dl, du, k) : wide(l, u, dl, du, k);
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
  private static Tensor tall(Tensor l, Tensor u, Tensor dl, Tensor du, int k) {
    int m = l.shape().dim(-2);
    Tensor below = Compose.t(TriangularOp.of(u, Compose.t(dl.slice(-2, k, m)), true, false, false));
    Tensor rest = du.triu(0).sub(Compose.t(l.slice(-2, k, m)).matmul(below));
    Tensor above = corner(l.slice(-2, 0, k), u, dl.slice(-2, 0, k).tril(-1), rest);
    return Tensor.concat(-2, above, below);
  }

  /** To the right: A2 = L U2. */
  private static Tensor wide(Tensor l, Tensor u, Tensor dl, Tensor du, int k) {
    int n = u.shape().dim(-1);
    if (n == k) {
      return corner(l, u, dl.tril(-1), du.triu(0));
    }
    Tensor right = TriangularOp.of(l, du.slice(-1, k, n), false, true, true);
    Tensor rest = dl.tril(-1).sub(right.matmul(Compose.t(u.slice(-1, k, n))));
    Tensor left = corner(l, u.slice(-1, 0, k), rest, du.slice(-1, 0, k).triu(0));
    return Tensor.concat(-1, left, right);
  }
}
