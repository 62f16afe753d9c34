package org.jacana.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.Consumer;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Transforms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Textbook matrices, closed forms and identities, by both libraries. */
class LinalgTest {
  private static void on(String device, Runnable test) {
    try (Scope s = Scope.open(device.equals("cpu") ? Device.CPU : Device.REFERENCE)) {
      test.run();
    }
  }

  static Tensor matrix(int rows, double... values) {
    return Tensor.of(values, rows, values.length / rows);
  }

  static Tensor normal(long seed, int... shape) {
    Random random = new Random(seed);
    double[] v = new double[(int) Shape.of(shape).size()];
    for (int i = 0; i < v.length; i++) {
      v[i] = random.nextGaussian();
    }
    return Tensor.of(v, shape);
  }

  static Tensor t(Tensor a) {
    return a.transpose(-1, -2);
  }

  static void close(Tensor expected, Tensor actual, double tolerance) {
    assertEquals(expected.shape(), actual.shape());
    assertArrayEquals(expected.doubles(), actual.doubles(), tolerance);
  }

  static void close(double[] expected, Tensor actual, double tolerance) {
    assertArrayEquals(expected, actual.doubles(), tolerance);
  }

  private static Tensor hilbert(int n) {
    double[] v = new double[n * n];
    for (int i = 0; i < v.length; i++) {
      v[i] = 1.0 / (i / n + i % n + 1);
    }
    return Tensor.of(v, n, n);
  }

  private static void identity(Tensor q) {
    close(Tensor.eye(DType.F64, q.shape().dim(-1)), t(q).matmul(q), 1e-12);
  }

  private static final int[][] SHAPES = {{30, 30}, {50, 20}, {20, 50}, {1, 7}, {7, 1}, {64, 33}};

  private static void forShapes(Consumer<Tensor> test) {
    for (int[] s : SHAPES) {
      test.accept(normal(s[0] * 100 + s[1], s));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void decompositionsMultiplyBack(String device) {
    on(
        device,
        () ->
            forShapes(
                a -> {
                  Lu lu = Linalg.lu(a);
                  close(a, lu.p().matmul(lu.l()).matmul(lu.u()), 1e-12);
                  assertTrue(lu.l().abs().max().item() <= 1);
                  Qr qr = Linalg.qr(a);
                  close(a, qr.q().matmul(qr.r()), 1e-12);
                  identity(qr.q());
                  Qr full = Linalg.qrComplete(a);
                  close(a, full.q().matmul(full.r()), 1e-12);
                  identity(full.q());
                  assertEquals(a.shape().dim(0), full.q().shape().dim(1));
                  Svd svd = Linalg.svd(a);
                  close(a, svd.u().mul(svd.s()).matmul(svd.vh()), 1e-12);
                  identity(svd.u());
                  identity(t(svd.vh()));
                  close(svd.s(), Linalg.svdvals(a), 1e-12);
                  close(svd.s(), svd.s().sort(0, true), 0);
                  Svd square = Linalg.svdFull(a);
                  identity(square.u());
                  identity(square.vh());
                  int k = Math.min(a.shape().dim(0), a.shape().dim(1));
                  Tensor thin =
                      square.u().slice(1, 0, k).mul(square.s()).matmul(square.vh().slice(0, 0, k));
                  close(a, thin, 1e-12);
                  Tensor p = Linalg.pinv(a);
                  close(a, a.matmul(p).matmul(a), 1e-11);
                  close(p, p.matmul(a).matmul(p), 1e-11);
                  close(a.matmul(p), t(a.matmul(p)), 1e-11);
                  close(p.matmul(a), t(p.matmul(a)), 1e-11);
                }));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void squareOnesToo(String device) {
    on(
        device,
        () -> {
          for (int n : new int[] {1, 2, 3, 10, 41}) {
            Tensor a = normal(n, n, n);
            Tensor s = a.add(t(a));
            Eigh e = Linalg.eigh(s);
            close(s, e.vectors().mul(e.values()).matmul(t(e.vectors())), 1e-12);
            identity(e.vectors());
            close(e.values(), Linalg.eigvalsh(s), 1e-12);
            Tensor spd = a.matmul(t(a)).add(Tensor.eye(DType.F64, n));
            Tensor l = Linalg.cholesky(spd);
            close(spd, l.matmul(t(l)), 1e-12);
            assertEquals(0, l.triu(1).abs().sum().item());
            Eig g = Linalg.eig(a);
            Tensor x = g.vectorsReal();
            Tensor y = g.vectorsImag();
            close(a.matmul(x), x.mul(g.real()).sub(y.mul(g.imag())), 1e-11);
            close(a.matmul(y), x.mul(g.imag()).add(y.mul(g.real())), 1e-11);
            Tensor lengths = x.square().add(y.square()).sum(0);
            close(lengths.onesLike(), lengths, 1e-12);
            close(g.real(), Linalg.eigvals(a).real(), 1e-10);
            close(g.imag(), Linalg.eigvals(a).imag(), 1e-10);
            assertEquals(Linalg.trace(a).item(), g.real().sum().item(), 1e-11);
            assertEquals(0, g.imag().sum().item(), 1e-12);
            Schur schur = Linalg.schur(a);
            identity(schur.q());
            close(a, schur.q().matmul(schur.t()).matmul(t(schur.q())), 1e-11);
            assertEquals(0, schur.t().tril(-2).abs().sum().item());
            close(Tensor.eye(DType.F64, n), a.matmul(Linalg.inv(a)), 1e-11);
            Tensor b = normal(n + 1, n, 3);
            close(b, a.matmul(Linalg.solve(a, b)), 1e-11);
            close(b, spd.matmul(Linalg.choleskySolve(l, b)), 1e-11);
            SlogDet d = Linalg.slogdet(a);
            double det = Linalg.det(a).item();
            assertEquals(
                det, d.sign().item() * Math.exp(d.logabsdet().item()), 1e-9 * Math.abs(det));
            double size = Linalg.svdvals(a).log().sum().item();
            assertEquals(size, d.logabsdet().item(), 1e-11);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void hilbertMatrices(String device) {
    // Determinants: OEIS A005249; condition numbers: Higham (2002), table 28.1 and MATLAB's cond.
    on(
        device,
        () -> {
          double[] inverseDeterminants = {1, 12, 2160, 6048000, 266716800000.0};
          for (int n = 1; n <= 5; n++) {
            double d = 1 / inverseDeterminants[n - 1];
            assertEquals(d, Linalg.det(hilbert(n)).item(), 1e-9 * d);
          }
          assertEquals(19.28147, Linalg.cond(hilbert(2)).item(), 1e-5);
          assertEquals(524.0568, Linalg.cond(hilbert(3)).item(), 1e-4);
          assertEquals(15513.7387, Linalg.cond(hilbert(4)).item(), 1e-3);
          assertEquals(476607.2502, Linalg.cond(hilbert(5)).item(), 1e-1);
          assertEquals(28375, Linalg.cond(hilbert(4), 1).item(), 1e-5);
          assertEquals(943656, Linalg.cond(hilbert(5), 1).item(), 1e-2);
          close(
              new double[] {9, -36, 30, -36, 192, -180, 30, -180, 180},
              Linalg.inv(hilbert(3)),
              1e-10);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void textbookMatrices(String device) {
    on(
        device,
        () -> {
          // Cholesky: Wikipedia's classic; QR: columns (12, 6, -4), (-51, 167, 24), (4, -68, -41).
          close(
              new double[] {2, 0, 0, 6, 1, 0, -8, 5, 3},
              Linalg.cholesky(matrix(3, 4, 12, -16, 12, 37, -43, -16, -43, 98)),
              1e-14);
          Qr qr = Linalg.qr(matrix(3, 12, -51, 4, 6, 167, -68, -4, 24, -41));
          close(new double[] {-14, -21, 14, 0, -175, 70, 0, 0, 35}, signs(qr), 1e-12);
          Eigh e = Linalg.eigh(matrix(2, 2, 1, 1, 2));
          double h = Math.sqrt(0.5);
          close(new double[] {1, 3}, e.values(), 1e-15);
          close(new double[] {h, h, -h, h}, e.vectors(), 1e-15);
          // The second difference: 2 - 2 cos(k pi / (n + 1)).
          Tensor second = matrix(4, 2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2);
          double[] waves = new double[4];
          for (int k = 1; k <= 4; k++) {
            waves[k - 1] = 2 - 2 * Math.cos(k * Math.PI / 5);
          }
          close(waves, Linalg.eigvalsh(second), 1e-14);
          assertEquals(5, Linalg.det(second).item(), 1e-13);
          // A rotation turns by 30 degrees: cos +- i sin, vectors (1, -+i) / sqrt 2.
          double c = Math.cos(Math.PI / 6);
          Eig r = Linalg.eig(matrix(2, c, -0.5, 0.5, c));
          close(new double[] {c, c}, r.real(), 1e-15);
          close(new double[] {0.5, -0.5}, r.imag(), 1e-15);
          close(new double[] {h, h, 0, 0}, r.vectorsReal(), 1e-15);
          close(new double[] {0, 0, -h, h}, r.vectorsImag(), 1e-15);
          // The companion matrix of (x - 1)(x - 2)(x - 3).
          close(
              new double[] {3, 2, 1},
              Linalg.eigvals(matrix(3, 6, -11, 6, 1, 0, 0, 0, 1, 0)).real(),
              1e-12);
          close(
              new double[] {Math.sqrt(45), Math.sqrt(5)},
              Linalg.svdvals(matrix(2, 3, 0, 4, 5)),
              1e-14);
          close(
              new double[] {-1, 2},
              Linalg.solve(matrix(2, 1, 2, 3, 5), Tensor.of(new double[] {3, 7})),
              1e-13);
          close(
              new double[] {2.0 / 3, 0.5},
              Linalg.lstsq(matrix(3, 1, 1, 1, 2, 1, 3), Tensor.of(new double[] {1, 2, 2})),
              1e-14);
        });
  }

  /** R with a negative diagonal but for the last, as Wikipedia's with signs turned. */
  private static Tensor signs(Qr qr) {
    double[] want = {-1, -1, 1};
    Tensor d = qr.r().diagonal().sign().mul(Tensor.of(want));
    close(new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, qr.q().matmul(t(qr.q())), 1e-14);
    return qr.r().mul(d.unsqueeze(1));
  }

  @Test
  void normsOfAKnownMatrix() {
    try (Scope s = Scope.open()) {
      Tensor a = matrix(2, 1, -7, -2, -3);
      assertEquals(10, Linalg.matrixNorm(a, 1).item());
      assertEquals(3, Linalg.matrixNorm(a, -1).item());
      assertEquals(8, Linalg.matrixNorm(a, Double.POSITIVE_INFINITY).item());
      assertEquals(5, Linalg.matrixNorm(a, Double.NEGATIVE_INFINITY).item());
      assertEquals(Math.sqrt(63), Linalg.matrixNorm(a).item(), 1e-14);
      // s1 s2 = |det| = 17 and s1^2 + s2^2 = 63.
      double sum = Math.sqrt(63 + 34);
      double difference = Math.sqrt(63 - 34);
      assertEquals(sum, Linalg.nuclearNorm(a).item(), 1e-13);
      assertEquals((sum + difference) / 2, Linalg.matrixNorm(a, 2).item(), 1e-13);
      assertEquals((sum - difference) / 2, Linalg.matrixNorm(a, -2).item(), 1e-13);
      assertEquals((sum + difference) / (sum - difference), Linalg.cond(a).item(), 1e-13);
      Tensor x = Tensor.of(new double[] {3, -4, 0});
      assertEquals(7, Linalg.vectorNorm(x, 1).item());
      assertEquals(5, Linalg.vectorNorm(x, 2).item());
      assertEquals(4, Linalg.vectorNorm(x, Double.POSITIVE_INFINITY).item());
      assertEquals(2, Linalg.vectorNorm(x, 0).item());
    }
  }

  @Test
  void products() {
    try (Scope s = Scope.open()) {
      Tensor a = matrix(2, 1, 2, 3, 4);
      close(
          new double[] {0, 5, 0, 10, 6, 7, 12, 14, 0, 15, 0, 20, 18, 21, 24, 28},
          Linalg.kron(a, matrix(2, 0, 5, 6, 7)),
          0);
      close(new double[] {37, 54, 81, 118}, Linalg.matrixPower(a, 3), 0);
      close(new double[] {1, 0, 0, 1}, Linalg.matrixPower(a, 0), 0);
      close(new double[] {5.5, -2.5, -3.75, 1.75}, Linalg.matrixPower(a, -2), 1e-13);
      assertEquals(5, Linalg.trace(a).item());
      Tensor x = Tensor.of(new double[] {1, 2});
      close(new double[] {5, 11}, Linalg.matvec(a, x), 0);
      close(new double[] {1, 2, 2, 4}, Linalg.outer(x, x), 0);
      assertEquals(5, Linalg.vecdot(x, x).item());
      assertEquals(0.8, Linalg.cosineSimilarity(x, Tensor.of(new double[] {2, 1})).item(), 1e-15);
      close(new double[] {0, 0}, Linalg.normalize(x.mul(0)), 0);
    }
  }

  @Test
  void ranksAndDeficientSystems() {
    try (Scope s = Scope.open()) {
      Tensor magic = matrix(4, 16, 2, 3, 13, 5, 11, 10, 8, 9, 7, 6, 12, 4, 14, 15, 1);
      assertEquals(3, Linalg.matrixRank(magic).item());
      assertEquals(0, Linalg.matrixRank(magic.mul(0)).item());
      Tensor b = Tensor.of(new double[] {34, 34, 34, 34});
      // Of all solutions (1, 1, 1, 1) is the shortest: the null vector is (1, 3, -3, -1).
      close(new double[] {1, 1, 1, 1}, Linalg.lstsq(magic, b), 1e-12);
      Tensor wide = matrix(1, 3, 4);
      close(new double[] {0.12, 0.16}, Linalg.pinv(wide), 1e-15);
      close(new double[] {0, 0, 0, 0}, Linalg.pinv(matrix(2, 0, 0, 0, 0)), 0);
    }
  }

  @Test
  void singularDeterminantsHaveGradients() {
    try (Scope s = Scope.open()) {
      // The gradient of a determinant is the matrix of cofactors.
      Tensor a = matrix(3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      Tensor exact = matrix(2, 1, 2, 2, 4);
      assertEquals(0, Linalg.det(exact).item());
      close(new double[] {4, -2, -2, 1}, Transforms.grad(Linalg::det).apply(exact), 1e-14);
      close(
          new double[] {-3, 6, -3, 6, -12, 6, -3, 6, -3},
          Transforms.grad(Linalg::det).apply(a),
          1e-6);
      close(
          new double[] {-3, 6, -3, 6, -12, 6, -3, 6, -3, 4, 0, 0, 0, 4, 0, 0, 0, 4},
          Transforms.grad(x -> Linalg.det(x).sum())
              .apply(Tensor.stack(0, a, Tensor.eye(DType.F64, 3).mul(2))),
          1e-6);
      assertEquals(Double.NEGATIVE_INFINITY, Linalg.slogdet(exact).logabsdet().item());
      assertEquals(0, Linalg.slogdet(exact).sign().item());
    }
  }

  @Test
  void repeatedValuesHaveFiniteGradients() {
    try (Scope s = Scope.open()) {
      Tensor one = Tensor.eye(DType.F64, 3);
      // sum of cubes of eigenvalues = trace A^3, whose gradient is 3 A^2.
      close(one.mul(3), Transforms.grad(x -> Linalg.eigvalsh(x).pow(3).sum()).apply(one), 1e-14);
      close(
          one.mul(3), Transforms.grad(x -> Linalg.eigh(x).values().pow(3).sum()).apply(one), 1e-14);
      close(one, Transforms.grad(x -> Linalg.nuclearNorm(x)).apply(one), 1e-14);
      // V diag(w) V^T does not tell vectors of equal values apart.
      Tensor g =
          Transforms.grad(
                  x -> {
                    Eigh e = Linalg.eigh(x);
                    return e.vectors().mul(e.values()).matmul(t(e.vectors())).square().sum();
                  })
              .apply(one);
      close(one.mul(2), g, 1e-14);
    }
  }

  @Test
  void emptyBatchesGiveNothing() {
    try (Scope s = Scope.open()) {
      Tensor none = Tensor.zeros(DType.F64, 0, 3, 3);
      assertEquals(Shape.of(0), Linalg.det(none).shape());
      assertEquals(Shape.of(0, 3, 3), Linalg.inv(none).shape());
      assertEquals(Shape.of(0, 3, 3), Linalg.svd(none).u().shape());
      assertEquals(Shape.of(0, 3), Linalg.eigh(none).values().shape());
      assertEquals(Shape.of(0, 3, 3), Linalg.lu(none).p().shape());
      assertEquals(Shape.of(0, 3, 3), Linalg.qr(none).r().shape());
      assertEquals(
          Shape.of(3, 0),
          Linalg.solve(Tensor.eye(DType.F64, 3), Tensor.zeros(DType.F64, 3, 0)).shape());
    }
  }
}
