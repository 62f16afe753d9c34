package org.jacana.calculus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Transforms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Differences against closed forms. */
class NumericDerivativeTest {
  private static double rosenbrock(double[] p) {
    return Math.pow(1 - p[0], 2) + 100 * Math.pow(p[1] - p[0] * p[0], 2);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-20, -1, 0, 1e-3, 0.7, 3, 100})
  void slopesOfElementaryFunctions(double x) {
    near(Math.cos(x), NumericDerivative.derivative(Math::sin, x));
    near(1 / (1 + x * x), NumericDerivative.derivative(Math::atan, x));
    near(3 * x * x, NumericDerivative.derivative(t -> t * t * t, x));
    if (x > 0) {
      near(1 / x, NumericDerivative.derivative(Math::log, x));
    }
  }

  private static void near(double expected, Estimate e) {
    assertEquals(expected, e.value(), 1e-9 * Math.max(1, Math.abs(expected)));
    double miss = Math.abs(e.value() - expected);
    assertTrue(miss <= 30 * e.error(), miss + " was estimated as " + e.error());
  }

  @ParameterizedTest
  @CsvSource({"1, 1e-12", "2, 1e-11", "3, 1e-10", "4, 1e-9", "5, 1e-8", "6, 1e-7", "7, 1e-6"})
  void higherOrders(int order, double tolerance) {
    assertEquals(Math.E, NumericDerivative.derivative(Math::exp, 1, order).value(), tolerance * 10);
    DoubleUnaryOperator[] cycle = {Math::sin, Math::cos, t -> -Math.sin(t), t -> -Math.cos(t)};
    assertEquals(
        cycle[order % 4].applyAsDouble(0.5),
        NumericDerivative.derivative(Math::sin, 0.5, order).value(),
        tolerance * 10);
  }

  @Test
  void gradientAndHessianOfRosenbrock() {
    double[] p = {-1.2, 1};
    assertArrayEquals(
        new double[] {-215.6, -88},
        NumericDerivative.gradient(NumericDerivativeTest::rosenbrock, p),
        1e-8);
    double[][] h = NumericDerivative.hessian(NumericDerivativeTest::rosenbrock, p);
    assertArrayEquals(new double[] {1330, 480}, h[0], 1e-6);
    assertArrayEquals(new double[] {480, 200}, h[1], 1e-6);
    assertEquals(
        -215.6 + 2 * -88,
        NumericDerivative.directional(NumericDerivativeTest::rosenbrock, p, new double[] {1, 2})
            .value(),
        1e-7);
    assertArrayEquals(new double[] {-1.2, 1}, p, "the point is left as it was");
  }

  @Test
  void jacobianOfPolarCoordinates() {
    double[][] j =
        NumericDerivative.jacobian(
            q -> new double[] {q[0] * Math.cos(q[1]), q[0] * Math.sin(q[1])},
            new double[] {2, Math.PI / 6});
    assertArrayEquals(new double[] {Math.sqrt(3) / 2, -1}, j[0], 1e-11);
    assertArrayEquals(new double[] {0.5, Math.sqrt(3)}, j[1], 1e-11);
  }

  @Test
  void tensorFunctionsAgreeWithAutograd() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {0.3, -0.4, 0.5, 1.1}, 2, 2);
      UnaryOperator<Tensor> f = t -> t.matmul(t).sin().mul(t).sum();
      UnaryOperator<Tensor> field = t -> t.matmul(t).exp().sum(0);
      Tensor g = NumericDerivative.gradient(f, x);
      assertEquals(Shape.of(2, 2), g.shape());
      assertArrayEquals(Transforms.grad(f).apply(x).doubles(), g.doubles(), 1e-9);
      Tensor v = Tensor.of(new double[] {1, 0, -2, 0.5}, 2, 2);
      assertEquals(
          Transforms.jvp(f, x, v).tangent().item(),
          NumericDerivative.directional(f, x, v).value(),
          1e-9);
      Tensor j = NumericDerivative.jacobian(field, x);
      assertEquals(Shape.of(2, 2, 2), j.shape());
      assertArrayEquals(Transforms.jacobian(field, x).doubles(), j.doubles(), 1e-8);
      Tensor h = NumericDerivative.hessian(f, x);
      assertEquals(Shape.of(2, 2, 2, 2), h.shape());
      assertArrayEquals(Transforms.hessian(f, x).doubles(), h.doubles(), 1e-6);
    }
  }

  @Test
  void refusesWhatCannotWork() {
    assertThrows(IllegalArgumentException.class, () -> NumericDerivative.derivative(Math::log, -1));
    assertThrows(
        IllegalArgumentException.class, () -> NumericDerivative.derivative(Math::sin, 0, 9));
    assertThrows(
        IllegalArgumentException.class,
        () -> NumericDerivative.partial(NumericDerivativeTest::rosenbrock, new double[2], 2));
    try (Scope s = Scope.open()) {
      Tensor single = Tensor.ones(2);
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> NumericDerivative.gradient(t -> t.sum(), single));
      assertTrue(e.getMessage().contains("F64"), e.getMessage());
    }
  }
}
