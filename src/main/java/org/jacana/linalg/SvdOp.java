package org.jacana.linalg;

import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.View;

/**
 * U, s and Vh, or s alone. Gradient: Townsend (2016), equations 21 to 23. The part of vectors whose
 * singular values are equal, or 0, is arbitrary, and is given no gradient.
 */
final class SvdOp extends MatrixOp {
  private final boolean vectors;
  private final boolean full;

  SvdOp(boolean vectors, boolean full) {
    super(vectors ? "svd" : "svdvals");
    this.vectors = vectors;
    this.full = full;
  }

  private static int rank(Shape in) {
    return Math.min(in.dim(-2), in.dim(-1));
  }

  @Override
  MatrixOp again() {
    return new SvdOp(vectors, full);
  }

  @Override
  int[][] parts(Shape in) {
    int[] b = Compose.batch(in);
    int m = in.dim(-2);
    int n = in.dim(-1);
    int k = rank(in);
    int[] values = Compose.join(b, k);
    return vectors
        ? new int[][] {Compose.join(b, m, full ? m : k), values, Compose.join(b, full ? n : k, n)}
        : new int[][] {values};
  }

  @Override
  void run(Work work, View out, View[] in) {
    Shape shape = in[0].shape();
    int b = count(shape);
    int m = shape.dim(-2);
    int n = shape.dim(-1);
    int k = rank(shape);
    // Column by column this is A^T = V S U^T, so U and Vh change places and come out row by row.
    View a = work.scratch(out.dtype(), b, m, n);
    work.copy(a, in[0]);
    work.requireFinite(a, shape);
    View u = vectors ? Work.part(out, 0, b, m, full ? m : k) : null;
    View s = Work.part(out, vectors ? start(shape, 1) : 0, b, k);
    View vh = vectors ? Work.part(out, start(shape, 2), b, full ? n : k, n) : null;
    work.require(work.lapack.gesdd(a, s, vh, u), shape, "made the iteration fail (LAPACK code #)");
    if (vectors) {
      work.lapack.signs(vh, u, k);
    }
  }

  @Override
  public boolean keepsOutput() {
    return vectors;
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    Shape shape = in[0].shape();
    if (full && vectors && shape.dim(-1) != shape.dim(-2)) {
      throw new IllegalStateException(
          "linalg.svd: the full decomposition of "
              + shape
              + " has no gradient, since its last vectors are arbitrary; use the thin one");
    }
    return new Tensor[] {
      Compose.on(g, () -> vectors ? all(unpack(shape, out), unpack(shape, g)) : values(in[0], g))
    };
  }

  private static Tensor values(Tensor a, Tensor g) {
    Svd svd = Svd.of(a, false);
    return svd.u().mul(g.unsqueeze(-2)).matmul(svd.vh());
  }

  private static Tensor all(Tensor[] values, Tensor[] gs) {
    Tensor u = values[0];
    Tensor s = values[1];
    Tensor vh = values[2];
    Tensor v = Compose.t(vh);
    Tensor dv = Compose.t(gs[2]);
    Tensor squares = s.square();
    Tensor gap = Compose.inverseOrZero(squares.unsqueeze(-2).sub(squares.unsqueeze(-1)));
    Tensor row = s.unsqueeze(-2);
    Tensor column = s.unsqueeze(-1);
    Tensor fromU = skew(Compose.t(u).matmul(gs[0])).mul(gap).mul(row);
    Tensor fromV = skew(vh.matmul(dv)).mul(gap).mul(column);
    Tensor inner = fromU.add(fromV).add(gs[1].diagEmbed(0));
    Tensor da = u.matmul(inner).matmul(vh);
    Tensor inverse = Compose.inverseOrZero(s).unsqueeze(-2);
    int k = s.shape().dim(-1);
    if (u.shape().dim(-2) > k) {
      Tensor scaled = gs[0].mul(inverse);
      Tensor outside = scaled.sub(u.matmul(Compose.t(u).matmul(scaled)));
      da = da.add(outside.matmul(vh));
    }
    if (v.shape().dim(-2) > k) {
      Tensor scaled = dv.mul(inverse);
      Tensor outside = scaled.sub(v.matmul(vh.matmul(scaled)));
      da = da.add(u.matmul(Compose.t(outside)));
    }
    return da;
  }

  private static Tensor skew(Tensor a) {
    return a.sub(Compose.t(a));
  }
}
