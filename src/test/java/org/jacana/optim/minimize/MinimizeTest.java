package org.jacana.optim.minimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every method on functions whose minima are known, and every way to end. */
class MinimizeTest {
  static final List<Method> METHODS =
      List.of(
          Method.gradientDescent(),
          Method.gradientDescent(LineSearch.strongWolfe()),
          Method.gradientDescent(LineSearch.exact()),
          Method.accelerated(),
          Method.conjugateGradient(),
          Method.conjugateGradient(
              ConjugateDirection.FLETCHER_REEVES, LineSearch.strongWolfe(1e-4, 0.1)),
          Method.conjugateGradient(
              ConjugateDirection.HESTENES_STIEFEL, LineSearch.strongWolfe(1e-4, 0.1)),
          Method.bfgs(),
          Method.lbfgs(),
          Method.newton(),
          Method.trustRegion(),
          Method.newtonCg(),
          Method.nelderMead());

  private static DynamicTest finds(Method method, TestFunctions f, double away) {
    return DynamicTest.dynamicTest(
        method.name() + ", " + f.name(),
        () -> {
          Minimum m = Minimize.of(f.f()).method(method).maxIterations(40_000).from(f.start());
          assertTrue(m.converged(), m.toString());
          assertTrue(f.distance(m.x()) < away, m + " at " + f.distance(m.x()));
          assertEquals(f.value(), m.value(), away);
          assertTrue(m.iterations() > 0 && m.evaluations().functions() > 0);
        });
  }

  @TestFactory
  List<DynamicTest> everyMethodFindsKnownMinima() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Method m : METHODS) {
      for (TestFunctions f :
          List.of(
              TestFunctions.himmelblau(),
              TestFunctions.booth(),
              TestFunctions.bowl(5, 20),
              TestFunctions.rastrigin(3))) {
        tests.add(finds(m, f, 1e-6));
      }
      // Methods of the first order need thousands of steps here.
      if (METHODS.indexOf(m) > 3) {
        tests.add(finds(m, TestFunctions.rosenbrock(2), 1e-5));
        tests.add(finds(m, TestFunctions.beale(), 1e-6));
      }
    }
    for (Method m : List.of(Method.bfgs(), Method.lbfgs(), Method.newtonCg())) {
      tests.add(finds(m, TestFunctions.rosenbrock(10), 1e-6));
    }
    tests.add(finds(Method.momentum(0.01, 0.8), TestFunctions.bowl(3, 50), 1e-6));
    tests.add(finds(Method.nesterov(0.01, 0.8), TestFunctions.bowl(3, 50), 1e-6));
    return tests;
  }

  @Test
  void himmelblauHasFourMinima() {
    TestFunctions f = TestFunctions.himmelblau();
    double[][] starts = {{4, 3}, {-3, 3}, {-4, -4}, {4, -2}};
    for (int i = 0; i < 4; i++) {
      Minimum m = Minimize.of(f.f()).from(starts[i]);
      assertTrue(m.distance(f.minima()[i]) < 1e-8, i + ": " + m);
    }
  }

  @Test
  void newtonLeavesAMaximumAndTrustRegionASaddle() {
    UnaryOperator<Tensor> f = x -> x.square().sub(1).square().sum();
    assertEquals(1, Math.abs(Minimize.of(f).method(Method.newton()).from(0.1).x()[0]), 1e-9);
    // y^4/4 - y^2/2 + x^2: a saddle at 0, where y = 0 is invariant under the gradient.
    UnaryOperator<Tensor> g =
        v -> {
          Tensor y = v.select(0, 1).square();
          return v.select(0, 0).square().add(y.square().div(4)).sub(y.div(2));
        };
    Minimum stuck = Minimize.of(g).method(Method.bfgs()).from(1, 0);
    assertEquals(0, stuck.value(), 1e-12);
    Minimum m = Minimize.of(g).method(Method.trustRegion()).from(1, 0);
    assertEquals(-0.25, m.value(), 1e-12, m.toString());
    assertEquals(1, Math.abs(m.x()[1]), 1e-8);
  }

  @Test
  void thePathIsRecordedWhenAskedFor() {
    Minimize booth = Minimize.of(TestFunctions.booth().f());
    Minimum m = booth.recordPath().from(0, 0);
    assertEquals(m.iterations() + 1, m.trajectory().points().length);
    assertEquals(m.iterations() + 1, m.trajectory().values().length);
    assertArrayEquals(new double[] {0, 0}, m.trajectory().points()[0]);
    assertArrayEquals(m.x(), m.trajectory().points()[m.iterations()]);
    assertEquals(74, m.trajectory().values()[0]);
    assertEquals(0, m.trajectory().coordinate(1)[0]);
    Minimum without = Minimize.of(TestFunctions.booth().f()).from(0, 0);
    assertThrows(IllegalArgumentException.class, () -> without.trajectory().coordinate(0));
  }

  @Test
  void shapeTypeAndDerivativesOfTheUser() {
    try (Scope s = Scope.open()) {
      Tensor start = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
      Minimum m = Minimize.of(x -> x.sub(0.5).square().sum()).from(start);
      assertTrue(m.converged(), m.toString());
      Tensor x = m.tensor();
      assertEquals(start.shape(), x.shape());
      assertEquals(DType.F32, x.dtype());
      assertArrayEquals(new double[] {0.5, 0.5, 0.5, 0.5}, x.doubles(), 1e-4);
      assertArrayEquals(new float[] {1, 2, 3, 4}, start.floats());
      for (Method method : List.of(Method.bfgs(), Method.newton(), Method.newtonCg())) {
        // abs and sign: Autograd's gradient is not asked for.
        Minimum given =
            Minimize.of(v -> v.detach().square().sum())
                .gradient(v -> v.mul(2))
                .method(method)
                .from(3, -4);
        assertEquals(0, given.distance(0, 0), 1e-8, method.name());
      }
      Minimum newton =
          Minimize.of(v -> v.square().sum())
              .hessian(v -> Tensor.eye(DType.F64, 2).mul(2))
              .method(Method.newton())
              .from(3, -4);
      assertEquals(1, newton.iterations());
      assertEquals(1, newton.evaluations().hessians());
      double[] inNoGrad = Autograd.noGrad(() -> Minimize.of(v -> v.square().sum()).from(1, 1)).x();
      assertArrayEquals(new double[2], inNoGrad, 1e-8);
    }
  }

  @Test
  void everyEndSaysWhy() {
    TestFunctions f = TestFunctions.rosenbrock(2);
    Minimum few = Minimize.of(f.f()).maxIterations(3).from(f.start());
    assertEquals(StopReason.ITERATIONS, few.reason());
    assertEquals(3, few.iterations());
    assertFalse(few.converged());
    assertTrue(few.toString().contains("limit of iterations"), few.toString());
    Minimum cheap = Minimize.of(f.f()).maxEvaluations(10).from(f.start());
    assertEquals(StopReason.EVALUATIONS, cheap.reason());
    Minimum diverged =
        Minimize.of(f.f()).method(Method.gradientDescent(LineSearch.fixed(1))).from(f.start());
    assertEquals(StopReason.NOT_FINITE, diverged.reason());
    Minimum wrong = Minimize.of(x -> x.square().sum()).gradient(x -> x.neg()).from(1, 2);
    assertEquals(StopReason.LINE_SEARCH, wrong.reason());
    assertArrayEquals(new double[] {1, 2}, wrong.x());
    Minimum flat = Minimize.of(f.f()).valueTolerance(1e-3).from(f.start());
    assertEquals(StopReason.VALUE, flat.reason());
    Minimum slow =
        Minimize.of(f.f()).method(Method.gradientDescent()).stepTolerance(1e-3).from(f.start());
    assertEquals(StopReason.STEP, slow.reason());
    Minimum there = Minimize.of(f.f()).from(1, 1);
    assertEquals(StopReason.GRADIENT, there.reason());
    assertEquals(0, there.iterations());
    Minimum below = Minimize.of(x -> x.sum()).maxIterations(200).from(0, 0);
    assertFalse(below.converged(), below.toString());
  }

  @Test
  void badInputIsRefusedInWords() {
    refused("must give one element, got [2]", () -> Minimize.of(x -> x).from(1, 2));
    refused("at the start is NaN", () -> Minimize.of(x -> x.log().sum()).from(-1));
    refused("at the start is Infinity", () -> Minimize.of(x -> x.log().neg().sum()).from(0));
    refused("its gradient is not finite", () -> Minimize.of(x -> x.sqrt().sum()).from(0));
    refused(
        "operations that have a gradient",
        () -> Minimize.of(x -> Tensor.of(new double[] {1})).from(1, 2));
    refused("holds NaN", () -> Minimize.of(x -> x.sum()).from(Double.NaN));
    refused("has no elements", () -> Minimize.of(x -> x.sum()).from());
    refused(
        "is not in the box [0.0, 1.0]",
        () -> Minimize.of(x -> x.sum()).within(Projection.box(0, 1)).from(2, 0));
    refused(
        "takes neither a constraint nor",
        () -> Minimize.of(x -> x.sum()).plus(Prox.l1(1)).method(Method.bfgs()).from(1));
    refused(
        "needs a constraint", () -> Minimize.of(x -> x.sum()).method(Method.frankWolfe()).from(1));
    refused("must be at least 1, got 0", () -> Minimize.of(x -> x.sum()).maxIterations(0));
    refused(
        "must be finite and not negative",
        () -> Minimize.of(x -> x.sum()).gradientTolerance(Double.NaN));
    refused(
        "gradient given must be [2]",
        () -> Minimize.of(x -> x.sum()).gradient(x -> x.slice(0, 0, 1)).from(1, 2));
    refused("must be below c2", () -> LineSearch.strongWolfe(0.5, 0.4));
    refused("must be above 0", () -> LineSearch.fixed(0));
    try (Scope s = Scope.open()) {
      Tensor whole = Tensor.of(new int[] {1});
      refused("must be F64 or F32, got I32", () -> Minimize.of(x -> x.sum()).from(whole));
    }
  }

  static void refused(String words, org.junit.jupiter.api.function.Executable call) {
    String m = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(m.contains(words), m);
  }
}
