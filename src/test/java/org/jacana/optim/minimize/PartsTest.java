package org.jacana.optim.minimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/** The solvers inside the methods. */
class PartsTest {
  private static final double[][] A = {{4, 1, 0}, {1, 3, 1}, {0, 1, 2}};

  private static UnaryOperator<double[]> times(double[][] a) {
    return v -> Dense.times(a, v);
  }

  @Test
  void conjugateGradientsSolveStopAndStay() {
    double[] b = {5, 5, 3};
    double[] ones = {1, 1, 1};
    assertArrayEquals(ones, ConjugateGradients.solve(times(A), b, 1e-13, 10), 1e-13);
    double[] border = ConjugateGradients.solve(times(A), b, 1e-13, 10, 0.5);
    assertEquals(0.5, Vectors.norm(border), 1e-14);
    // The first direction is b; the border is reached along it.
    assertArrayEquals(Vectors.scaled(0.5 / Vectors.norm(b), b), border, 1e-14);
    double[][] saddle = {{1, 0}, {0, -3}};
    assertArrayEquals(
        new double[] {1, 1}, ConjugateGradients.solve(times(saddle), new double[] {1, 1}, 0, 9));
    double[] out = ConjugateGradients.solve(times(saddle), new double[] {1, 1}, 0, 9, 10);
    assertEquals(10, Vectors.norm(out), 1e-13);
  }

  @Test
  void modifiedCholeskyShiftsUntilPositive() {
    double[] b = {5, 5, 3};
    assertArrayEquals(new double[] {1, 1, 1}, ModifiedCholesky.solve(A, 0, b), 1e-14);
    assertArrayEquals(new double[] {1, 1, 1}, ModifiedCholesky.solve(A, b), 1e-14);
    double[][] saddle = {{1, 2}, {2, 1}};
    assertNull(ModifiedCholesky.solve(saddle, 0, new double[] {1, 0}));
    double[] x = ModifiedCholesky.solve(saddle, new double[] {1, 0});
    // (H + s I) x = b: s from the second row is the same as from the first.
    double s = -(2 * x[0] + x[1]) / x[1];
    assertTrue(s > 1, "shift " + s);
    assertEquals(1, (1 + s) * x[0] + 2 * x[1], 1e-12);
  }

  /** The step is no worse than any other in the ball, for definite, indefinite and hard cases. */
  @Test
  void trustRegionStepsAreMinimaInTheBall() {
    Random r = new Random(4);
    double[][][] hessians = {
      A, {{1, 2, 0}, {2, -3, 1}, {0, 1, 0.5}}, {{-2, 0, 0}, {0, 1, 0}, {0, 0, 3}}
    };
    double[][] gradients = {{1, -2, 0.5}, {0.1, 0.2, 0.3}, {0, 1, 1}, {0, 0, 0.01}};
    for (double[][] h : hessians) {
      for (double[] g : gradients) {
        for (double radius : new double[] {0.05, 1, 20}) {
          QuadraticModel m = new QuadraticModel(h, g);
          double[] p = m.minimum(radius);
          assertTrue(Vectors.norm(p) <= radius * (1 + 1e-9));
          double best = m.change(p);
          double direct = Vectors.dot(g, p) + Vectors.dot(p, Dense.times(h, p)) / 2;
          assertEquals(direct, best, 1e-10 * Math.max(1, Math.abs(best)));
          for (int k = 0; k < 200; k++) {
            double[] q = r.doubles(3, -1, 1).toArray();
            double size = radius * (k % 2 == 0 ? 1 : r.nextDouble()) / Vectors.norm(q);
            double there = m.change(Vectors.scaled(size, q));
            assertTrue(best <= there + 1e-9 * Math.max(1, Math.abs(there)));
          }
        }
      }
    }
  }

  /** H y = s for the last pair: the secant equation, and L-BFGS's likewise. */
  @Test
  void secantEquations() {
    Random r = new Random(5);
    Bfgs bfgs = new Bfgs(3);
    LimitedMemory memory = new LimitedMemory();
    for (int k = 0; k < 5; k++) {
      double[] s = r.doubles(3, -1, 1).toArray();
      double[] y = Dense.times(A, s);
      bfgs.moved(s, y, s, y);
      assertTrue(memory.add(s, y, 0, 3));
      assertArrayEquals(Vectors.scaled(-1, s), bfgs.next(y), 1e-12);
      assertArrayEquals(Vectors.scaled(-1, s), memory.direction(y), 1e-12);
    }
    assertEquals(3, memory.pairs().size());
  }

  @Test
  void aFunctionThatThrowsLeavesNothingBehind() {
    int[] calls = {0};
    UnaryOperator<Tensor> f =
        x -> {
          Tensor y = x.square().sum();
          if (++calls[0] == 3) {
            throw new IllegalStateException("enough");
          }
          return y;
        };
    for (Method m : new Method[] {Method.bfgs(), Method.newton(), Method.newtonCg()}) {
      calls[0] = 0;
      assertThrows(IllegalStateException.class, () -> Minimize.of(f).method(m).from(9, 9));
      assertNull(Scope.current());
    }
  }

  /** Without second derivatives Newton's methods still go down. */
  @Test
  void linearFunctionsHaveNoMinimum() {
    for (Method m : new Method[] {Method.newton(), Method.trustRegion(), Method.newtonCg()}) {
      Minimum end = Minimize.of(x -> x.sum()).method(m).maxIterations(20).from(1, 2);
      assertTrue(!end.converged() && end.value() < -10, m + ": " + end);
    }
  }

  @Test
  void singlePrecision() {
    try (Scope s = Scope.open()) {
      TestFunctions f = TestFunctions.beale();
      Tensor start = f.startTensor().to(DType.F32);
      // The slow ones, of many evaluations, add nothing here.
      for (Method m : MinimizeTest.METHODS.subList(3, MinimizeTest.METHODS.size())) {
        Minimum end = Minimize.of(f.f()).method(m).from(start);
        assertTrue(f.distance(end.x()) < 5e-3, m + ": " + end);
        assertTrue(end.converged(), m + ": " + end);
      }
      ConstrainedMinimum c =
          Constrained.of(x -> x.prod().neg())
              .equality(x -> x.square().sum().sub(3))
              .bounds(new double[] {0}, new double[] {9})
              .from(Tensor.of(new float[] {0.5f, 1, 2}));
      assertTrue(c.converged(), c.toString());
      assertEquals(-1, c.value(), 1e-4);
      assertEquals(DType.F32, c.tensor().dtype());
    }
  }
}
