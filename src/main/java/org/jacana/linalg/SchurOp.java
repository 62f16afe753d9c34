package org.jacana.linalg;

import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.View;

/** T and Q of the real Schur form, transposed. */
final class SchurOp extends MatrixOp {
  SchurOp() {
    super("schur");
  }

  @Override
  MatrixOp again() {
    return new SchurOp();
  }

  @Override
  int[][] parts(Shape in) {
    return new int[][] {in.dims(), in.dims()};
  }

  @Override
  void run(Work work, View out, View[] in) {
    Shape s = in[0].shape();
    int n = s.dim(-1);
    int b = count(s);
    View t = Work.part(out, 0, b, n, n);
    View q = Work.part(out, start(s, 1), b, n, n);
    work.copy(t, Work.turned(in[0]));
    work.requireFinite(t, s);
    View re = work.scratch(out.dtype(), b, n);
    View im = work.scratch(out.dtype(), b, n);
    work.require(work.lapack.gees(t, re, im, q), s, "made the iteration fail (LAPACK code #)");
  }

  @Override
  public boolean keepsInput(int i) {
    return false;
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    throw new IllegalStateException(
        "linalg.schur: has no gradient here; use eig or eigvals for derivatives of eigenvalues");
  }
}
