package org.jacana.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Transforms;
import org.junit.jupiter.api.Test;

/** Iterations that only multiply. */
class OperatorsTest {
  /** -1, 2, -1: eigenvalues 2 - 2 cos(k pi / (n + 1)). */
  private static LinearOperator secondDifference(int n) {
    return LinearOperator.of(
        n,
        DType.F64,
        x -> {
          Tensor wide = x.pad(0, 1, 1);
          return x.mul(2).sub(wide.slice(0, 0, n)).sub(wide.slice(0, 2, n + 2));
        });
  }

  private static double wave(int k, int n) {
    return 2 - 2 * Math.cos(k * Math.PI / (n + 1));
  }

  @Test
  void powerIterationFindsTheLargest() {
    try (Scope s = Scope.open()) {
      Tensor a = LinalgTest.matrix(2, 2, 1, 1, 2);
      PowerIteration p = PowerIteration.of(LinearOperator.of(a), 200, 1e-12, new Generator(1));
      assertEquals(3, p.value(), 1e-12);
      assertEquals(Math.sqrt(0.5), Math.abs(p.vector().at(0).item()), 1e-10);
      assertTrue(p.residual() < 1e-11 && p.iterations() < 60, p.toString());
      assertEquals(wave(20, 20), PowerIteration.of(secondDifference(20)).value(), 1e-5);
    }
  }

  @Test
  void lanczosGivesAllEigenvaluesInTheEnd() {
    try (Scope s = Scope.open()) {
      int n = 30;
      Lanczos l = Lanczos.of(secondDifference(n), n, new Generator(2));
      double[] values = l.values();
      assertEquals(n, values.length);
      for (int k = 1; k <= n; k++) {
        assertEquals(wave(k, n), values[k - 1], 1e-10);
      }
      Tensor q = l.basis();
      LinalgTest.close(Tensor.eye(DType.F64, n), q.matmul(q.transpose(0, 1)), 1e-13);
      Tensor v = l.vectors();
      Tensor av = secondDifference(n).apply(v.select(1, n - 1).contiguous());
      LinalgTest.close(v.select(1, n - 1).mul(values[n - 1]), av, 1e-9);
    }
  }

  @Test
  void lanczosFindsTheEndsEarlyAndStopsInInvariantSpaces() {
    try (Scope s = Scope.open()) {
      double[] d = new double[1000];
      for (int i = 0; i < 1000; i++) {
        d[i] = i < 990 ? i / 990.0 : 10 + i - 990;
      }
      Tensor diagonal = Tensor.of(d);
      LinearOperator a = LinearOperator.of(1000, DType.F64, x -> x.mul(diagonal));
      double[] top = Lanczos.largest(a, 3, 40, new Generator(3));
      assertArrayEquals(new double[] {19, 18, 17}, top, 1e-6);
      LinearOperator three =
          LinearOperator.of(
              100,
              DType.F64,
              x -> x.mul(Tensor.arange(100).fmod(Tensor.of(new int[] {3})).to(DType.F64)));
      Lanczos l = Lanczos.of(three, 50, new Generator(3));
      assertArrayEquals(new double[] {0, 1, 2}, l.values(), 1e-12);
      assertEquals(3, l.basis().shape().dim(0));
    }
  }

  @Test
  void conjugateGradientsSolveInAsManyStepsAsEigenvalues() {
    try (Scope s = Scope.open()) {
      int n = 40;
      Tensor x = LinalgTest.normal(4, n);
      LinearOperator a = secondDifference(n);
      ConjugateGradient c = ConjugateGradient.solve(a, a.apply(x));
      LinalgTest.close(x, c.x(), 1e-7);
      assertTrue(c.iterations() <= n + 1, "" + c.iterations());
      Tensor d = Tensor.linspace(1, 1000, n).to(DType.F64);
      LinearOperator scaled = LinearOperator.of(n, DType.F64, v -> v.mul(d));
      LinearOperator inverse = LinearOperator.of(n, DType.F64, v -> v.div(d));
      ConjugateGradient one = ConjugateGradient.solve(scaled, d, 1e-10, 100, inverse);
      assertEquals(1, one.iterations());
      LinalgTest.close(d.onesLike(), one.x(), 1e-12);
      assertEquals(0, ConjugateGradient.solve(a, x.mul(0)).iterations());
      assertTrue(
          assertThrows(
                  IllegalArgumentException.class, () -> ConjugateGradient.solve(a.shifted(-5), x))
              .getMessage()
              .startsWith("conjugateGradient: the operator is not positive definite"));
    }
  }

  @Test
  void hessiansOfFunctionsAndOfParameters() {
    try (Scope s = Scope.open()) {
      UnaryOperator<Tensor> f = x -> x.square().sum().square().add(x.pow(3).sum());
      Tensor x = LinalgTest.normal(5, 2, 3);
      Tensor h = Transforms.hessian(f, x).reshape(6, 6);
      LinalgTest.close(h, LinearOperator.hessian(f, x).dense(), 1e-12);

      Tensor a = LinalgTest.normal(6, 2, 2).requiresGrad(true);
      Tensor b = LinalgTest.normal(7, 2).requiresGrad(true);
      Tensor c = LinalgTest.normal(8, 1).requiresGrad(true);
      LinearOperator both =
          LinearOperator.hessian(() -> a.matmul(b).square().sum().add(c.sum()), List.of(a, b, c));
      assertEquals(7, both.size());
      Tensor joined = Tensor.concat(0, a.detach().reshape(4), b.detach(), c.detach());
      Tensor expected =
          Transforms.hessian(
              p -> p.slice(0, 0, 4).reshape(2, 2).matmul(p.slice(0, 4, 6)).square().sum(), joined);
      LinalgTest.close(expected, both.dense(), 1e-12);
      LinalgTest.close(
          expected.mul(0.5),
          LinearOperator.mean(List.of(both, LinearOperator.of(7, DType.F64, v -> v.mul(0))))
              .dense(),
          1e-12);
      assertThrows(
          IllegalArgumentException.class,
          () -> LinearOperator.hessian(() -> c.sum(), List.of(c.detach())));
    }
  }

  @Test
  void iterationsRunWhereTheMatrixIs() {
    try (Scope s = Scope.open(Device.CPU)) {
      Tensor a = LinalgTest.matrix(2, 2, 1, 1, 2).to(Device.REFERENCE);
      LinearOperator here = LinearOperator.of(a);
      assertEquals(Device.REFERENCE, PowerIteration.of(here).vector().device());
      assertArrayEquals(new double[] {3}, Lanczos.largest(here, 1, 2, new Generator(1)), 1e-12);
      assertEquals(4, Hutchinson.trace(here, 50, new Generator(1)).mean(), 2);
      assertEquals(4, SpectralDensity.of(here, 30, 2, new Generator(1)).sum(x -> x), 2);
      Csr c = Csr.ofDense(a);
      LinalgTest.close(new double[] {2, 1, 1, 2}, c.operator().dense(), 0);
      LinalgTest.close(a.doubles(), here.dense(), 0);
    }
  }

  @Test
  void nanIsReported() {
    try (Scope s = Scope.open()) {
      LinearOperator bad = LinearOperator.of(3, DType.F64, x -> x.mul(Double.NaN));
      assertThrows(ArithmeticException.class, () -> PowerIteration.of(bad));
      assertThrows(ArithmeticException.class, () -> Lanczos.of(bad, 2, new Generator(0)));
      Tensor b = Tensor.ones(DType.F64, 3);
      assertThrows(ArithmeticException.class, () -> ConjugateGradient.solve(bad, b));
      assertThrows(IllegalArgumentException.class, () -> bad.apply(Tensor.ones(3)));
      assertThrows(IllegalArgumentException.class, () -> Lanczos.of(bad, 2, b.mul(0)));
    }
  }
}
