package org.jacana.linalg;

import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.View;

/** The transpose of the solution of A X = B (or A^T X = B) for one triangle of A. */
final class TriangularOp extends MatrixOp {
  private final boolean upper;
  private final boolean transposed;
  private final boolean unit;

  private TriangularOp(boolean upper, boolean transposed, boolean unit) {
    super("solveTriangular");
    this.upper = upper;
    this.transposed = transposed;
    this.unit = unit;
  }

  /** For matrices with equal leading axes. */
  static Tensor of(Tensor a, Tensor b, boolean upper, boolean transposed, boolean unit) {
    return Compose.on(a, () -> Compose.t(apply(new TriangularOp(upper, transposed, unit), b, a)));
  }

  @Override
  MatrixOp again() {
    return new TriangularOp(upper, transposed, unit);
  }

  @Override
  int[][] parts(Shape b) {
    return new int[][] {Compose.join(Compose.batch(b), b.dim(-1), b.dim(-2))};
  }

  @Override
  void run(Work work, View out, View[] in) {
    Shape s = in[1].shape();
    View a = work.rows(in[1]);
    View x = Work.part(out, 0, count(s), out.shape().dim(-2), s.dim(-1));
    work.copy(x, Work.turned(in[0]));
    work.requireFinite(x, in[0].shape());
    // Column by column the triangle is the other one, of the transpose.
    work.require(
        work.lapack.trtrs(!upper, !transposed, unit, a, x),
        s,
        "is singular: element # of its diagonal, from 1, is 0");
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
          Tensor db = of(in[1], Compose.t(g), upper, !transposed, unit);
          if (!needs[1]) {
            return new Tensor[] {db, null};
          }
          Tensor full = transposed ? Compose.t(db.matmul(out)) : db.matmul(out);
          int k = unit ? 1 : 0;
          return new Tensor[] {db, (upper ? full.triu(k) : full.tril(-k)).neg()};
        });
  }
}
