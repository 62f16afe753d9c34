package org.jacana.linalg;

import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.View;

/**
 * Eigenvalues, and V^T, of symmetric matrices. Gradient: Giles (2008), section 3.1. The part of
 * vectors whose eigenvalues are equal is arbitrary, and is given no gradient.
 */
final class EighOp extends MatrixOp {
  private final boolean vectors;

  EighOp(boolean vectors) {
    super(vectors ? "eigh" : "eigvalsh");
    this.vectors = vectors;
  }

  @Override
  MatrixOp again() {
    return new EighOp(vectors);
  }

  @Override
  int[][] parts(Shape in) {
    int[] values = Compose.join(Compose.batch(in), in.dim(-1));
    return vectors ? new int[][] {values, in.dims()} : new int[][] {values};
  }

  @Override
  void run(Work work, View out, View[] in) {
    Shape s = in[0].shape();
    int n = s.dim(-1);
    int b = count(s);
    View w = Work.part(out, 0, b, n);
    View a = vectors ? Work.part(out, start(s, 1), b, n, n) : work.scratch(out.dtype(), b, n, n);
    work.copy(a, in[0]);
    work.requireFinite(a, s);
    work.requireSymmetric(a, s);
    work.require(work.lapack.syevd(a, w, vectors), s, "made the iteration fail (LAPACK code #)");
    if (vectors) {
      work.lapack.signs(a, null, n);
    }
  }

  @Override
  public boolean keepsOutput() {
    return vectors;
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    return new Tensor[] {
      Compose.on(g, () -> vectors ? both(in[0].shape(), out, g) : values(in[0], g))
    };
  }

  private static Tensor values(Tensor a, Tensor g) {
    Tensor v = Eigh.of(a).vectors();
    return v.mul(g.unsqueeze(-2)).matmul(Compose.t(v));
  }

  private Tensor both(Shape in, Tensor out, Tensor g) {
    Tensor[] values = unpack(in, out);
    Tensor[] gs = unpack(in, g);
    Tensor w = values[0];
    Tensor v = Compose.t(values[1]);
    Tensor gap = Compose.inverseOrZero(w.unsqueeze(-2).sub(w.unsqueeze(-1)));
    // Only the antisymmetric part of V^T dV counts, since V stays orthonormal.
    Tensor inner = values[1].matmul(Compose.t(gs[1])).mul(gap).add(gs[0].diagEmbed(0));
    return Compose.symmetric(v.matmul(inner).matmul(values[1]));
  }
}
