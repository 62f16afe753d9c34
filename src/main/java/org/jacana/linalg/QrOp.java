package org.jacana.linalg;

import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.View;

/**
 * Q^T and R^T by Householder reflections. Gradient: Seeger et al. (2017), section 4, and for wide
 * matrices Roberts and Roberts (2020), section 2.
 */
final class QrOp extends MatrixOp {
  private final boolean full;

  QrOp(boolean full) {
    super("qr");
    this.full = full;
  }

  private int columns(Shape in) {
    return full ? in.dim(-2) : Math.min(in.dim(-2), in.dim(-1));
  }

  @Override
  MatrixOp again() {
    return new QrOp(full);
  }

  @Override
  int[][] parts(Shape in) {
    int[] b = Compose.batch(in);
    int c = columns(in);
    return new int[][] {Compose.join(b, c, in.dim(-2)), Compose.join(b, in.dim(-1), c)};
  }

  @Override
  void run(Work work, View out, View[] in) {
    Shape s = in[0].shape();
    int b = count(s);
    View q = Work.part(out, 0, b, columns(s), s.dim(-2));
    View r = Work.part(out, start(s, 1), b, s.dim(-1), columns(s));
    work.lapack.geqrf(work.columns(in[0]), q, r);
  }

  @Override
  public boolean keepsOutput() {
    return true;
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    Tensor a = in[0];
    int m = a.shape().dim(-2);
    int n = a.shape().dim(-1);
    if (full && m > n) {
      throw new IllegalStateException(
          "linalg.qr: the full decomposition of "
              + a.shape()
              + " has no gradient, since its last columns are arbitrary; use the reduced one");
    }
    return new Tensor[] {
      Compose.on(
          a,
          () -> {
            Tensor[] values = unpack(a.shape(), out);
            Tensor[] gs = unpack(a.shape(), g);
            Tensor q = Compose.t(values[0]);
            Tensor r = Compose.t(values[1]);
            Tensor dq = Compose.t(gs[0]);
            Tensor dr = Compose.t(gs[1]);
            if (m >= n) {
              return tall(q, r, dq, dr);
            }
            Tensor rest = dr.slice(-1, m, n);
            Tensor more = dq.add(a.slice(-1, m, n).matmul(Compose.t(rest)));
            Tensor left = tall(q, r.slice(-1, 0, m), more, dr.slice(-1, 0, m));
            return Tensor.concat(-1, left, q.matmul(rest));
          })
    };
  }

  private static Tensor tall(Tensor q, Tensor r, Tensor dq, Tensor dr) {
    Tensor m = r.matmul(Compose.t(dr)).sub(Compose.t(dq).matmul(q));
    Tensor mirrored = m.tril(0).add(Compose.t(m.tril(-1)));
    Tensor sum = dq.add(q.matmul(mirrored));
    return Compose.t(TriangularOp.of(r, Compose.t(sum), true, false, false));
  }
}
