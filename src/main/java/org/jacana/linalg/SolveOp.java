package org.jacana.linalg;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.View;

/** The transpose of A^-1 B, by LU: column by column LAPACK writes X, which is X^T row by row. */
final class SolveOp extends MatrixOp {
  private SolveOp() {
    super("solve");
  }

  /** A X = B for matrices with equal leading axes. */
  static Tensor of(Tensor a, Tensor b) {
    return Compose.on(a, () -> Compose.t(apply(new SolveOp(), b, a)));
  }

  @Override
  MatrixOp again() {
    return new SolveOp();
  }

  @Override
  int[][] parts(Shape b) {
    return new int[][] {Compose.join(Compose.batch(b), b.dim(-1), b.dim(-2))};
  }

  @Override
  void run(Work work, View out, View[] in) {
    Shape s = in[1].shape();
    int n = s.dim(-1);
    int b = count(s);
    View a = work.scratch(out.dtype(), b, n, n);
    work.copy(a, in[1]);
    work.requireFinite(a, s);
    View x = Work.part(out, 0, b, out.shape().dim(-2), n);
    work.copy(x, Work.turned(in[0]));
    work.requireFinite(x, in[0].shape());
    View pivots = work.scratch(DType.I32, b, n);
    work.require(
        work.lapack.getrf(a, pivots),
        s,
        "is singular: pivot # of its LU decomposition is 0; use lstsq for a least-squares"
            + " solution");
    work.lapack.getrs(true, a, pivots, x);
  }

  @Override
  public boolean keepsInput(int i) {
    return i == 1;
  }

  @Override
  public boolean keepsOutput() {
    return true;
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    return Compose.all(
        g,
        () -> {
          Tensor db = of(Compose.t(in[1]), Compose.t(g));
          return new Tensor[] {db, needs[1] ? db.matmul(out).neg() : null};
        });
  }
}
