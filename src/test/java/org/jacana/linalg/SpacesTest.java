package org.jacana.linalg;

import static org.jacana.linalg.LinalgTest.close;
import static org.jacana.linalg.LinalgTest.matrix;
import static org.jacana.linalg.LinalgTest.normal;
import static org.jacana.linalg.LinalgTest.t;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.GradientCheck;
import org.junit.jupiter.api.Test;

/** Projections, quadratic forms, low rank and Toeplitz matrices. */
class SpacesTest {
  @Test
  void projections() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1, 2, 3});
      close(new double[] {2, 2, 2}, Projections.ontoVector(x, x.onesLike()), 1e-15);
      // Strang: b = (6, 0, 0) onto the columns (1, 1, 1) and (0, 1, 2) is (5, 2, -1).
      Tensor plane = matrix(3, 1, 0, 1, 1, 1, 2);
      Tensor b = Tensor.of(new double[] {6, 0, 0});
      close(new double[] {5, 2, -1}, Projections.ontoSubspace(b, plane), 1e-14);
      Tensor p = Projections.projector(plane);
      close(
          new double[] {5. / 6, 2. / 6, -1. / 6, 2. / 6, 2. / 6, 2. / 6, -1. / 6, 2. / 6, 5. / 6},
          p,
          1e-15);
      close(p, p.matmul(p), 1e-15);
      assertThrows(IllegalArgumentException.class, () -> Projections.ontoVector(x, x.mul(0)));
      GradientCheck.check(v -> Projections.ontoSubspace(v[0], v[1]), normal(1, 4), normal(2, 4, 2));
      GradientCheck.check(v -> Projections.ontoVector(v[0], v[1]), normal(1, 2, 4), normal(2, 4));
    }
  }

  @Test
  void gramSchmidt() {
    try (Scope s = Scope.open()) {
      // Strang: (1, 1, 0), (1, 0, 1), (0, 1, 1).
      Tensor a = matrix(3, 1, 1, 0, 1, 0, 1, 0, 1, 1);
      Tensor q = Projections.gramSchmidt(a);
      double r2 = Math.sqrt(2);
      double r6 = Math.sqrt(6);
      double r3 = Math.sqrt(3);
      close(
          new double[] {1 / r2, 1 / r6, -1 / r3, 1 / r2, -1 / r6, 1 / r3, 0, 2 / r6, 1 / r3},
          q,
          1e-15);
      assertTrue(Projections.isOrthogonal(q, 1e-14));
      assertFalse(Projections.isOrthonormal(a, 1e-3));
      assertFalse(Projections.isOrthogonal(q.slice(1, 0, 2), 1e-14));
      assertTrue(Projections.isOrthonormal(q.slice(1, 0, 2), 1e-14));
      assertThrows(
          IllegalArgumentException.class,
          () -> Projections.gramSchmidt(matrix(3, 1, 2, 1, 2, 1, 2)));
      GradientCheck.check(v -> Projections.gramSchmidt(v[0]), normal(3, 4, 3));
    }
  }

  @Test
  void fourSubspaces() {
    try (Scope s = Scope.open()) {
      Tensor a = matrix(3, 1, 2, 3, 4, 2, 4, 6, 8, 1, 1, 1, 1);
      assertEquals(2, Projections.columnSpace(a).shape().dim(1));
      assertEquals(2, Projections.rowSpace(a).shape().dim(1));
      Tensor n = Projections.nullSpace(a);
      assertEquals(2, n.shape().dim(1));
      assertTrue(Projections.isOrthonormal(n, 1e-14));
      assertEquals(0, a.matmul(n).abs().max().item(), 1e-14);
    }
  }

  @Test
  void quadraticForms() {
    try (Scope s = Scope.open()) {
      assertEquals(Definiteness.POSITIVE_DEFINITE, QuadraticForm.of(matrix(2, 2, -1, -1, 2)));
      assertEquals(Definiteness.POSITIVE_SEMIDEFINITE, QuadraticForm.of(matrix(2, 1, 2, 2, 4)));
      assertEquals(Definiteness.NEGATIVE_DEFINITE, QuadraticForm.of(matrix(2, -2, 1, 1, -2)));
      assertEquals(Definiteness.NEGATIVE_SEMIDEFINITE, QuadraticForm.of(matrix(2, -1, -2, -2, -4)));
      assertEquals(Definiteness.INDEFINITE, QuadraticForm.of(matrix(2, 0, 1, 1, 0)));
      assertEquals(Definiteness.POSITIVE_SEMIDEFINITE, QuadraticForm.of(matrix(2, 0, 0, 0, 0)));
      assertTrue(QuadraticForm.isPositiveDefinite(matrix(2, 2, -1, -1, 2)));
      assertFalse(QuadraticForm.isPositiveDefinite(matrix(2, 1, 2, 2, 1)));
      assertThrows(
          IllegalArgumentException.class,
          () -> QuadraticForm.isPositiveDefinite(matrix(2, 1, 2, 3, 1)));
      assertTrue(QuadraticForm.isConvex(matrix(2, 1, 2, 2, 4)));
      assertFalse(QuadraticForm.isConvex(matrix(2, 1, 2, 2, 1)));
      Tensor x = Tensor.of(new double[] {1, 2});
      assertEquals(6, QuadraticForm.value(matrix(2, 2, -1, -1, 2), x).item());
      // Rosenbrock's minimum, the monkey's neighbour x^2 - y^2, and x^4 at 0.
      Tensor one = Tensor.ones(DType.F64, 2);
      assertEquals(
          Definiteness.POSITIVE_DEFINITE,
          QuadraticForm.curvature(
              p -> p.at(0).rsub(1).square().add(p.at(1).sub(p.at(0).square()).square().mul(100)),
              one));
      assertEquals(
          Definiteness.INDEFINITE,
          QuadraticForm.curvature(p -> p.at(0).square().sub(p.at(1).square()), one));
      assertEquals(
          Definiteness.POSITIVE_SEMIDEFINITE,
          QuadraticForm.curvature(p -> p.pow(4).sum(), one.mul(0)));
      GradientCheck.check(v -> QuadraticForm.value(v[0], v[1]), normal(3, 3, 3), normal(4, 2, 3));
    }
  }

  @Test
  void eckartAndYoung() {
    try (Scope s = Scope.open()) {
      Tensor a = normal(9, 12, 8);
      double[] v = Linalg.svdvals(a).doubles();
      for (int k : new int[] {1, 3, 8}) {
        Tensor d = a.sub(LowRank.approximate(a, k));
        double rest = 0;
        for (int i = k; i < 8; i++) {
          rest += v[i] * v[i];
        }
        assertEquals(k < 8 ? v[k] : 0, Linalg.matrixNorm(d, 2).item(), 1e-12);
        assertEquals(Math.sqrt(rest), Linalg.matrixNorm(d).item(), 1e-12);
      }
      assertThrows(IllegalArgumentException.class, () -> LowRank.approximate(a, 9));
      assertThrows(IllegalArgumentException.class, () -> LowRank.truncatedSvd(a, 0));
    }
  }

  @Test
  void randomisedDecompositionOfAFallingSpectrum() {
    try (Scope s = Scope.open()) {
      Tensor u = Linalg.qr(normal(1, 100, 60)).q();
      Tensor v = Linalg.qr(normal(2, 80, 60)).q();
      double[] fall = new double[60];
      for (int i = 0; i < 60; i++) {
        fall[i] = Math.pow(0.7, i);
      }
      Tensor a = u.mul(Tensor.of(fall)).matmul(t(v));
      Svd r = LowRank.randomizedSvd(a, 8, new Generator(5));
      for (int i = 0; i < 8; i++) {
        assertEquals(fall[i], r.s().at(i).item(), 1e-8);
      }
      assertTrue(Projections.isOrthonormal(r.u(), 1e-12));
      double error = Linalg.matrixNorm(a.sub(LowRank.multiply(r)), 2).item();
      assertEquals(fall[8], error, 1e-4);
      Svd rough = LowRank.randomizedSvd(a, 60, 20, 0, new Generator(6));
      assertEquals(0, Linalg.matrixNorm(a.sub(LowRank.multiply(rough))).item(), 1e-12);
    }
  }

  @Test
  void convolutionsAreToeplitzProducts() {
    try (Scope s = Scope.open()) {
      close(
          new double[] {1, 5, 6, 2, 1, 5, 3, 2, 1},
          Toeplitz.of(Tensor.of(new double[] {1, 2, 3}), Tensor.of(new double[] {9, 5, 6})),
          0);
      Tensor kernel = Tensor.of(new double[] {1, 2, 3});
      Tensor x = Tensor.of(new double[] {0, 1, 0.5});
      // numpy.convolve's example.
      close(new double[] {0, 1, 2.5, 4, 1.5}, Toeplitz.convolution(kernel, 3).matmul(x), 1e-15);
      Tensor image = normal(3, 5, 4);
      Tensor k = normal(4, 3, 2);
      Tensor product = Toeplitz.convolution2d(k, 5, 4).matmul(image.reshape(20));
      // Cross-correlation with the flipped kernel, padded by its size less one.
      Tensor padded = image.pad(0, 2, 2, 1, 1).reshape(1, 9, 6, 1);
      Tensor w = k.flip(0).flip(1).reshape(1, 3, 2, 1);
      close(padded.conv2d(w, 1, 0).reshape(35), product, 1e-13);
      GradientCheck.check(
          v -> Toeplitz.convolution(v[0], 4).matmul(v[1]), normal(5, 3), normal(6, 4));
      GradientCheck.check(v -> Toeplitz.convolution2d(v[0], 3, 3), normal(5, 2, 2));
    }
  }
}
