package org.jacana.linalg;

import java.util.Arrays;
import java.util.Comparator;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.View;

/**
 * Eigenvalues, and vectors transposed, of general matrices. Gradient: Boeddeker et al. (2017),
 * equations 4.60 and 4.77, for functions that depend on neither length nor phase of the vectors.
 */
final class EigOp extends MatrixOp {
  private final boolean vectors;

  EigOp(boolean vectors) {
    super(vectors ? "eig" : "eigvals");
    this.vectors = vectors;
  }

  @Override
  MatrixOp again() {
    return new EigOp(vectors);
  }

  @Override
  int[][] parts(Shape in) {
    int[] values = Compose.join(Compose.batch(in), in.dim(-1));
    return vectors
        ? new int[][] {values, values, in.dims(), in.dims()}
        : new int[][] {values, values};
  }

  @Override
  void run(Work work, View out, View[] in) {
    Shape s = in[0].shape();
    int n = s.dim(-1);
    int b = count(s);
    View re = work.scratch(out.dtype(), b, n);
    View im = work.scratch(out.dtype(), b, n);
    View v = vectors ? work.scratch(out.dtype(), b, n, n) : null;
    int[] info = work.lapack.geev(work.columns(in[0]), re, im, v);
    work.require(info, s, "made the iteration fail (LAPACK code #)");
    double[] x = work.read(re);
    double[] y = work.read(im);
    double[] both = vectors ? work.read(v) : null;
    int width = vectors ? 2 + 2 * n : 2;
    double[] result = new double[b * n * width];
    for (int i = 0; i < b; i++) {
      arrange(i, b, n, x, y, both, result);
    }
    work.write(out, result);
  }

  private static void arrange(
      int i, int b, int n, double[] x, double[] y, double[] v, double[] out) {
    Integer[] order = new Integer[n];
    Arrays.setAll(order, k -> i * n + k);
    Arrays.sort(
        order, Comparator.comparingDouble((Integer k) -> -x[k]).thenComparingDouble(k -> -y[k]));
    for (int k = 0; k < n; k++) {
      int from = order[k];
      int to = i * n + k;
      out[to] = x[from];
      out[b * n + to] = y[from];
      if (v != null) {
        // LAPACK keeps a pair as real part, then imaginary part of the first.
        int column = y[from] < 0 ? from - 1 : from;
        double[] re = Arrays.copyOfRange(v, column * n, (column + 1) * n);
        double[] im = new double[n];
        for (int r = 0; y[from] != 0 && r < n; r++) {
          im[r] = Math.signum(y[from]) * v[(column + 1) * n + r];
        }
        normalise(re, im);
        System.arraycopy(re, 0, out, 2 * b * n + to * n, n);
        System.arraycopy(im, 0, out, 2 * b * n + b * n * n + to * n, n);
      }
    }
  }

  private static void normalise(double[] re, double[] im) {
    double largest = 0;
    double norm = 0;
    for (int r = 0; r < re.length; r++) {
      double size = Math.hypot(re[r], im[r]);
      largest = Math.max(largest, size);
      norm = Math.hypot(norm, size);
    }
    int at = 0;
    while (Math.hypot(re[at], im[at]) < (1 - 1e-5) * largest) {
      at++;
    }
    double size = Math.hypot(re[at], im[at]);
    double c = re[at] / size / norm;
    double s = -im[at] / size / norm;
    for (int r = 0; r < re.length; r++) {
      double x = re[r] * c - im[r] * s;
      im[r] = re[r] * s + im[r] * c;
      re[r] = x;
    }
    im[at] = 0;
  }

  @Override
  public boolean keepsOutput() {
    return vectors;
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    Shape s = in[0].shape();
    return new Tensor[] {
      Compose.on(
          g,
          () -> {
            Tensor[] gs = unpack(s, g);
            if (vectors) {
              Tensor[] values = unpack(s, out);
              return all(values, gs, Compose.t(values[2]), Compose.t(values[3]));
            }
            Eig eig = Eig.of(in[0]);
            return back(
                eig.vectorsReal(), eig.vectorsImag(), gs[0].diagEmbed(0), gs[1].diagEmbed(0));
          })
    };
  }

  private static Tensor all(Tensor[] values, Tensor[] gs, Tensor x, Tensor y) {
    Tensor dx = Compose.t(gs[2]);
    Tensor dy = Compose.t(gs[3]);
    Tensor xt = Compose.t(x);
    Tensor yt = Compose.t(y);
    // V^H dV, less what would change lengths.
    Tensor re = xt.matmul(dx).add(yt.matmul(dy));
    Tensor im = xt.matmul(dy).sub(yt.matmul(dx));
    Tensor length = re.diagonal(0, -2, -1).unsqueeze(-2);
    re = re.sub(xt.matmul(x).add(yt.matmul(y)).mul(length));
    im = im.sub(xt.matmul(y).sub(yt.matmul(x)).mul(length));
    // Divided by the conjugates of lambda_j - lambda_i, off the diagonal.
    Tensor p = values[0].unsqueeze(-2).sub(values[0].unsqueeze(-1));
    Tensor q = values[1].unsqueeze(-2).sub(values[1].unsqueeze(-1));
    Tensor size = Compose.inverseOrZero(p.square().add(q.square()));
    Tensor wr = re.mul(p).sub(im.mul(q)).mul(size).add(gs[0].diagEmbed(0));
    Tensor wi = re.mul(q).add(im.mul(p)).mul(size).add(gs[1].diagEmbed(0));
    return back(x, y, wr, wi);
  }

  /** The real part of V^-H W V^H, complex matrices written as real ones of twice the size. */
  private static Tensor back(Tensor x, Tensor y, Tensor wr, Tensor wi) {
    int n = x.shape().dim(-1);
    Tensor xt = Compose.t(x);
    Tensor yt = Compose.t(y);
    Tensor adjoint = Tensor.concat(-2, Tensor.concat(-1, xt, yt), Tensor.concat(-1, yt.neg(), xt));
    Tensor solved = SolveOp.of(adjoint, Tensor.concat(-2, wr, wi));
    return solved.slice(-2, 0, n).matmul(xt).add(solved.slice(-2, n, 2 * n).matmul(yt));
  }
}
