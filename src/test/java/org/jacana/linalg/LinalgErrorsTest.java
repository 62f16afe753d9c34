package org.jacana.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Transforms;
import org.junit.jupiter.api.Test;

/** What decompositions say about matrices that they cannot take. */
class LinalgErrorsTest {
  private static void says(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }

  private static Tensor square(double... v) {
    int n = (int) Math.sqrt(v.length);
    return Tensor.of(v, n, n);
  }

  @Test
  void singular() {
    for (Device device : List.of(Device.CPU, Device.REFERENCE)) {
      try (Scope s = Scope.open(device)) {
        Tensor a = square(1, 2, 2, 4);
        says(
            "linalg.inv: the matrix is singular: pivot 2 of its LU decomposition is 0; use pinv for"
                + " the pseudo-inverse",
            () -> Linalg.inv(a));
        says(
            "linalg.solve: the matrix is singular: pivot 2 of its LU decomposition is 0; use lstsq"
                + " for a least-squares solution",
            () -> Linalg.solve(a, a));
        says(
            "linalg.solveTriangular: the matrix is singular: element 1 of its diagonal, from 1, is"
                + " 0",
            () -> Linalg.solveTriangular(square(0, 1, 1, 1), a, true));
      }
    }
  }

  @Test
  void notPositiveDefinite() {
    for (Device device : List.of(Device.CPU, Device.REFERENCE)) {
      try (Scope s = Scope.open(device)) {
        Tensor good = square(2, 1, 1, 2);
        Tensor bad = square(1, 2, 2, 1);
        says(
            "linalg.cholesky: matrix 3 of the batch is not positive definite: leading minor 2 is"
                + " not positive; add a multiple of the identity, or use eigh",
            () -> Linalg.cholesky(Tensor.stack(0, good, good, good, bad)));
        Tensor rows = Tensor.stack(0, Tensor.stack(0, good, good), Tensor.stack(0, good, bad));
        assertTrue(
            assertThrows(IllegalArgumentException.class, () -> Linalg.cholesky(rows))
                .getMessage()
                .startsWith("linalg.cholesky: matrix [1, 1] of the batch is not positive"));
      }
    }
  }

  @Test
  void notSymmetric() {
    for (Device device : List.of(Device.CPU, Device.REFERENCE)) {
      try (Scope s = Scope.open(device)) {
        Tensor a = square(1, 2, 2.1, 4);
        String rest =
            ": the matrix is not symmetric: its elements [0, 1] and [1, 0] differ; use (A +"
                + " A^T)/2, or a decomposition for general matrices";
        says("linalg.eigh" + rest, () -> Linalg.eigh(a));
        says("linalg.eigvalsh" + rest, () -> Linalg.eigvalsh(a));
        says("linalg.cholesky" + rest, () -> Linalg.cholesky(a));
        double[] big = new double[100 * 100];
        for (int i = 0; i < 100; i++) {
          big[i * 101] = 1;
        }
        big[70 * 100 + 3] = 1e-3;
        assertTrue(
            assertThrows(IllegalArgumentException.class, () -> Linalg.eigh(square(big)))
                .getMessage()
                .contains("elements [3, 70] and [70, 3] differ"));
      }
    }
  }

  @Test
  void notFinite() {
    List<UnaryOperator<Tensor>> all =
        List.of(
            Linalg::inv,
            Linalg::det,
            x -> Linalg.slogdet(x).sign(),
            Linalg::cholesky,
            x -> Linalg.lu(x).l(),
            x -> Linalg.qr(x).q(),
            x -> Linalg.eigh(x).values(),
            Linalg::eigvalsh,
            x -> Linalg.eig(x).real(),
            x -> Linalg.eigvals(x).real(),
            x -> Linalg.svd(x).s(),
            Linalg::svdvals,
            x -> Linalg.schur(x).t(),
            Linalg::pinv,
            Linalg::matrixRank,
            Linalg::cond,
            x -> Linalg.solve(x, x),
            x -> Linalg.solve(Tensor.eye(DType.F64, 2), x),
            x -> Linalg.solveTriangular(x, x, true),
            x -> Linalg.lstsq(x, x));
    for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
      try (Scope s = Scope.open()) {
        Tensor a = square(1, bad, bad, 1);
        for (UnaryOperator<Tensor> f : all) {
          String message =
              assertThrows(IllegalArgumentException.class, () -> f.apply(a)).getMessage();
          assertTrue(message.endsWith("the matrix holds NaN or an infinity"), message);
        }
        Tensor many = Tensor.stack(0, Tensor.eye(DType.F64, 2), a);
        says("linalg.inv: matrix 1 of the batch holds NaN or an infinity", () -> Linalg.inv(many));
      }
    }
  }

  @Test
  void shapesAndTypes() {
    try (Scope s = Scope.open()) {
      says(
          "linalg.det: needs square matrices [..., n, n], got [2, 3]",
          () -> Linalg.det(Tensor.zeros(2, 3)));
      says(
          "linalg.qr: needs matrices with at least one row and column, got [2, 0]",
          () -> Linalg.qr(Tensor.zeros(2, 0)));
      says("linalg.svd: needs matrices [..., m, n], got [3]", () -> Linalg.svd(Tensor.zeros(3)));
      says(
          "linalg.inv: needs F32 or F64, got I32; cast with to(DType.F32)",
          () -> Linalg.inv(Tensor.of(new int[] {1}, 1, 1)));
      says(
          "linalg.solve: needs one element type, got F32 and F64; cast one with to(...)",
          () -> Linalg.solve(Tensor.eye(2), Tensor.eye(DType.F64, 2)));
      says(
          "linalg.solve: the right side must have as many rows as the matrix, got [3, 1] for [2,"
              + " 2]",
          () -> Linalg.solve(Tensor.eye(2), Tensor.zeros(3, 1)));
      says(
          "linalg.matrixNorm: p must be 1, 2, infinity or the negative of one, got 3.0; for the"
              + " Frobenius norm use matrixNorm(a), for others vectorNorm",
          () -> Linalg.matrixNorm(Tensor.eye(2), 3));
    }
  }

  @Test
  void whatHasNoGradientSaysSo() {
    try (Scope s = Scope.open()) {
      Tensor a = Tensor.of(new double[] {1, 2, 3, 4, 5, 7}, 3, 2);
      for (UnaryOperator<Tensor> f :
          List.<UnaryOperator<Tensor>>of(
              x -> Linalg.qrComplete(x).q().sum(),
              x -> Linalg.svdFull(x).u().sum(),
              x -> Linalg.schur(x.slice(0, 0, 2)).t().sum(),
              x -> Transforms.grad(Linalg::det).apply(x.slice(0, 0, 2).mul(0).add(1)).sum())) {
        IllegalStateException e =
            assertThrows(IllegalStateException.class, () -> Transforms.grad(f).apply(a));
        assertTrue(e.getMessage().startsWith("linalg."), e.getMessage());
      }
    }
  }
}
