package org.jacana.linalg;

import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.View;

/** L^T of A = L L^T; the gradient is that of Murray (2016), equation 10, made symmetric. */
final class CholeskyOp extends MatrixOp {
  private CholeskyOp() {
    super("cholesky");
  }

  static Tensor of(Tensor a) {
    Check.square("linalg.cholesky", a);
    return Compose.on(a, () -> Compose.t(apply(new CholeskyOp(), a)));
  }

  /** Whether the decomposition exists; other faults throw. */
  static boolean isPositiveDefinite(Tensor a) {
    try {
      of(a).close();
      return true;
    } catch (NotPositiveDefinite e) {
      return false;
    }
  }

  /** What {@link #of} throws for that reason alone. */
  private static final class NotPositiveDefinite extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    NotPositiveDefinite(String message) {
      super(message);
    }
  }

  @Override
  MatrixOp again() {
    return new CholeskyOp();
  }

  @Override
  int[][] parts(Shape in) {
    return new int[][] {in.dims()};
  }

  @Override
  void run(Work work, View out, View[] in) {
    Shape s = in[0].shape();
    int n = s.dim(-1);
    View a = Work.part(out, 0, count(s), n, n);
    work.copy(a, in[0]);
    work.requireFinite(a, s);
    work.requireSymmetric(a, s);
    int[] info = work.lapack.potrf(a);
    for (int i = 0; i < info.length; i++) {
      if (info[i] != 0) {
        throw new NotPositiveDefinite(
            "linalg.cholesky: "
                + Check.which(s, i)
                + " is not positive definite: leading minor "
                + info[i]
                + " is not positive; add a multiple of the identity, or use eigh");
      }
    }
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
    return new Tensor[] {
      Compose.on(
          g,
          () -> {
            // out is U = L^T, g its gradient: phi takes the lower triangle, with half a diagonal.
            Tensor m = out.matmul(Compose.t(g));
            Tensor phi = m.tril(0).sub(m.diagonal(0, -2, -1).mul(0.5).diagEmbed(0));
            Tensor left = TriangularOp.of(out, phi, true, false, false);
            Tensor p = Compose.t(TriangularOp.of(out, Compose.t(left), true, false, false));
            return Compose.symmetric(p);
          })
    };
  }
}
