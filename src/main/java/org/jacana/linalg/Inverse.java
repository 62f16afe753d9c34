package org.jacana.linalg;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.View;

/** A^-1 by LU; the gradient is -A^-T g A^-T. */
final class Inverse extends MatrixOp {
  private Inverse() {
    super("inv");
  }

  static Tensor of(Tensor a) {
    Check.square("linalg.inv", a);
    return apply(new Inverse(), a);
  }

  @Override
  MatrixOp again() {
    return new Inverse();
  }

  @Override
  int[][] parts(Shape in) {
    return new int[][] {in.dims()};
  }

  @Override
  void run(Work work, View out, View[] in) {
    Shape s = in[0].shape();
    int n = s.dim(-1);
    int b = count(s);
    // Column by column this is the transpose, whose inverse is the inverse's transpose.
    View a = Work.part(out, 0, b, n, n);
    work.copy(a, in[0]);
    work.requireFinite(a, s);
    View pivots = work.scratch(DType.I32, b, n);
    work.require(
        work.lapack.getrf(a, pivots),
        s,
        "is singular: pivot # of its LU decomposition is 0; use pinv for the pseudo-inverse");
    work.lapack.getri(a, pivots);
  }

  @Override
  public boolean keepsInput(int i) {
    return false;
  }

  @Override
  public boolean keepsOutput() {
    return true;
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    Tensor t = Compose.t(out);
    return new Tensor[] {Compose.on(g, () -> t.matmul(g).matmul(t).neg())};
  }
}
