package org.jacana.linalg;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.CustomOp;
import org.jacana.backend.View;

/** Determinants from the diagonal of LU: the value, or its sign and the logarithm of its size. */
final class Determinant extends MatrixOp {
  private static final int VALUE = 0;
  private static final int SIGN = 1;
  private static final int LOG = 2;

  /** det A A^-T where A is singular: from A = U S V^T, det U det V times the others' products. */
  private static final CustomOp COFACTORS =
      CustomOp.of("linalg.det at a singular matrix", x -> cofactors(x[0]))
          .gradientOnce(
              (x, y, g) -> {
                throw new IllegalStateException(
                    "linalg.det: the second derivative at a singular matrix is not available;"
                        + " expand the determinant by hand there");
              });

  private Determinant(String name) {
    super(name);
  }

  static Tensor det(Tensor a) {
    return parts("det", a)[VALUE];
  }

  static SlogDet slogdet(Tensor a) {
    Tensor[] parts = parts("slogdet", a);
    return new SlogDet(parts[SIGN], parts[LOG]);
  }

  private static Tensor[] parts(String name, Tensor a) {
    Check.square("linalg." + name, a);
    return Compose.all(
        a,
        () -> {
          Determinant op = new Determinant(name);
          return op.unpack(a.shape(), apply(op, a));
        });
  }

  @Override
  MatrixOp again() {
    return new Determinant(name().substring(name().indexOf('.') + 1));
  }

  @Override
  int[][] parts(Shape in) {
    int[] b = Compose.batch(in);
    return new int[][] {b, b, b};
  }

  @Override
  void run(Work work, View out, View[] in) {
    Shape s = in[0].shape();
    int n = s.dim(-1);
    int b = count(s);
    View a = work.scratch(out.dtype(), b, n, n);
    work.copy(a, in[0]);
    work.requireFinite(a, s);
    View pivots = work.scratch(DType.I32, b, n);
    work.lapack.getrf(a, pivots);
    View diagonal = work.scratch(out.dtype(), b, n);
    View from = a.with(a.layout().reshape(Shape.of(b, n * n)).slice(1, 0, n, n + 1));
    work.copy(diagonal, from);
    double[] d = work.read(diagonal);
    double[] p = work.read(pivots);
    double[] results = new double[3 * b];
    for (int i = 0; i < b; i++) {
      double value = 1;
      double sign = 1;
      double log = 0;
      for (int k = 0; k < n; k++) {
        double x = p[i * n + k] == k + 1 ? d[i * n + k] : -d[i * n + k];
        value *= x;
        sign *= Math.signum(x);
        log += Math.log(Math.abs(x));
      }
      // A product of 0 may be -0.
      results[VALUE * b + i] = value + 0.0;
      results[SIGN * b + i] = sign + 0.0;
      results[LOG * b + i] = log;
    }
    work.write(out, results);
  }

  @Override
  public boolean keepsOutput() {
    return true;
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    Tensor a = in[0];
    return Compose.all(
        a,
        () -> {
          Tensor[] values = unpack(a.shape(), out);
          Tensor[] gs = unpack(a.shape(), g);
          if (name().endsWith(".slogdet")) {
            Tensor scale = gs[LOG].unsqueeze(-1).unsqueeze(-1);
            return new Tensor[] {Compose.t(Inverse.of(a)).mul(scale)};
          }
          boolean regular = values[SIGN].detach().ne(0).all().item() != 0;
          Tensor cofactors =
              regular
                  ? Compose.t(Inverse.of(a)).mul(values[VALUE].unsqueeze(-1).unsqueeze(-1))
                  : COFACTORS.apply(a);
          return new Tensor[] {cofactors.mul(gs[VALUE].unsqueeze(-1).unsqueeze(-1))};
        });
  }

  private static Tensor cofactors(Tensor a) {
    try (Scope s = Scope.open(a.device())) {
      Svd svd = Svd.of(a, false);
      int k = a.shape().dim(-1);
      Tensor[] products = new Tensor[k];
      for (int i = 0; i < k; i++) {
        Tensor others = Tensor.ones(a.dtype(), svd.s().shape().without(-1).dims());
        for (int j = 0; j < k; j++) {
          others = j == i ? others : others.mul(svd.s().select(-1, j));
        }
        products[i] = others;
      }
      Tensor sign = det(svd.u()).mul(det(svd.vh())).unsqueeze(-1).unsqueeze(-1);
      Tensor middle = Tensor.stack(-1, products).unsqueeze(-2);
      return s.keep(svd.u().mul(middle).matmul(svd.vh()).mul(sign));
    }
  }
}
