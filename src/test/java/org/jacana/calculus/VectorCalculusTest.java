package org.jacana.calculus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Transforms;
import org.junit.jupiter.api.Test;

/** Operators on fields whose values are known. */
class VectorCalculusTest {
  /** (y z, x^2, x y z). */
  private static Tensor field(Tensor p) {
    Tensor x = p.at(0);
    Tensor y = p.at(1);
    Tensor z = p.at(2);
    return Tensor.stack(0, y.mul(z), x.square(), x.mul(y).mul(z));
  }

  @Test
  void operatorsInSpace() {
    try (Scope s = Scope.open()) {
      Tensor p = Tensor.of(new double[] {2, 3, 5});
      assertEquals(6, VectorCalculus.divergence(VectorCalculusTest::field, p).item(), 1e-12);
      // (xz, y - yz, 2x - z)
      assertArrayEquals(
          new double[] {10, -12, -1},
          VectorCalculus.curl(VectorCalculusTest::field, p).doubles(),
          1e-12);
      UnaryOperator<Tensor> norm = x -> x.square().sum().sqrt();
      assertEquals(2 / Math.sqrt(38), VectorCalculus.laplacian(norm, p).item(), 1e-12);
      Tensor v = Tensor.of(new double[] {1, 0, -1});
      assertEquals((2 - 5) / Math.sqrt(38), VectorCalculus.directional(norm, p, v).item(), 1e-12);
    }
  }

  @Test
  void identitiesHoldAndDifferentiateAgain() {
    try (Scope s = Scope.open()) {
      Tensor p = Tensor.of(new double[] {0.4, -0.3, 0.8});
      UnaryOperator<Tensor> f = x -> x.at(0).sin().mul(x.at(1).exp()).mul(x.at(2));
      assertArrayEquals(
          new double[3], VectorCalculus.curl(Transforms.grad(f), p).doubles(), 1e-12, "curl grad");
      UnaryOperator<Tensor> curl = x -> VectorCalculus.curl(VectorCalculusTest::field, x);
      assertEquals(0, VectorCalculus.divergence(curl, p).item(), 1e-12, "div curl");
      assertEquals(
          VectorCalculus.laplacian(f, p).item(),
          VectorCalculus.divergence(Transforms.grad(f), p).item(),
          1e-12,
          "div grad");
    }
  }

  @Test
  void criticalPoints() {
    try (Scope s = Scope.open()) {
      Tensor zero = Tensor.of(new double[] {0, 0});
      assertEquals(CriticalPoint.Kind.MINIMUM, kind(x -> x.square().sum(), zero));
      assertEquals(CriticalPoint.Kind.MAXIMUM, kind(x -> x.square().sum().neg(), zero));
      assertEquals(
          CriticalPoint.Kind.SADDLE, kind(x -> x.at(0).square().sub(x.at(1).square()), zero));
      assertEquals(
          CriticalPoint.Kind.DEGENERATE, kind(x -> x.at(0).square().add(x.at(1).pow(3)), zero));
      assertEquals(CriticalPoint.Kind.NOT_CRITICAL, kind(x -> x.sum(), zero));
      CriticalPoint c = CriticalPoint.classify(x -> x.at(0).mul(x.at(1)), zero);
      assertArrayEquals(new double[] {-1, 1}, c.eigenvalues(), 1e-12);
    }
  }

  private static CriticalPoint.Kind kind(UnaryOperator<Tensor> f, Tensor x) {
    return CriticalPoint.classify(f, x).kind();
  }

  @Test
  void refusesOtherShapes() {
    try (Scope s = Scope.open()) {
      Tensor p = Tensor.of(new double[] {1, 2});
      assertThrows(IllegalArgumentException.class, () -> VectorCalculus.curl(x -> x, p));
      assertThrows(
          IllegalArgumentException.class, () -> VectorCalculus.divergence(x -> x.sum(), p));
      assertThrows(
          IllegalArgumentException.class,
          () -> CriticalPoint.classify(Tensor::sum, p.reshape(1, 2)));
    }
  }
}
