package org.jacana.optim.minimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What theory says about the number and the size of steps. */
class RatesTest {
  /** x^T A x / 2 - b x with a full matrix of condition about 100, and b = A 1. */
  private static UnaryOperator<Tensor> quadratic(int n) {
    double[] a = new double[n * n];
    double[] b = new double[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        a[i * n + j] = (i == j ? 1 + i : 0) + 1.0 / (1 + i + j);
        b[i] += a[i * n + j];
      }
    }
    return x -> {
      Tensor m = Tensor.of(a, n, n);
      return x.mul(m.matmul(x)).sum().mul(0.5).sub(x.mul(Tensor.of(b)).sum());
    };
  }

  private static double[] ones(int n) {
    double[] x = new double[n];
    java.util.Arrays.fill(x, 1);
    return x;
  }

  @Test
  void newtonNeedsOneStepOnAQuadratic() {
    Minimum m = Minimize.of(quadratic(6)).method(Method.newton()).from(new double[6]);
    assertEquals(1, m.iterations(), m.toString());
    assertArrayEquals(ones(6), m.x(), 1e-12);
  }

  /** Hestenes and Stiefel 1952: at most n steps with exact line searches, for every formula. */
  @Test
  void conjugateGradientsEndAfterNSteps() {
    for (ConjugateDirection formula : ConjugateDirection.values()) {
      Minimum m =
          Minimize.of(quadratic(6))
              .method(Method.conjugateGradient(formula, LineSearch.exact()))
              .from(new double[6]);
      assertTrue(m.iterations() <= 6, formula + ": " + m);
      assertArrayEquals(ones(6), m.x(), 1e-8);
    }
  }

  /** With exact searches BFGS takes the same steps and ends with the inverse Hessian. */
  @Test
  void bfgsEndsAfterNStepsWithExactSearches() {
    Minimum m =
        Minimize.of(quadratic(6)).method(Method.bfgs(LineSearch.exact())).from(new double[6]);
    assertTrue(m.iterations() <= 7, m.toString());
    assertArrayEquals(ones(6), m.x(), 1e-8);
  }

  /** Nocedal and Wright 2006, theorem 3.3: the bound is attained from (k, 1). */
  @ParameterizedTest
  @ValueSource(doubles = {2, 10, 100})
  void gradientDescentContractsByTheCondition(double k) {
    TestFunctions bowl = TestFunctions.bowl(2, k);
    Minimum m =
        Minimize.of(bowl.f())
            .method(Method.gradientDescent(LineSearch.exact()))
            .maxIterations(20)
            .gradientTolerance(0)
            .recordPath()
            .from(bowl.start());
    double factor = (k - 1) / (k + 1);
    double[][] x = m.trajectory().points();
    double[] f = m.trajectory().values();
    for (int i = 1; i <= 20; i++) {
      assertEquals(factor, x[i][0] / x[i - 1][0], 1e-9 * factor);
      assertEquals(-factor, x[i][1] / x[i - 1][1], 1e-7 * factor);
      assertEquals(factor * factor, f[i] / f[i - 1], 1e-9);
    }
  }

  /**
   * The rate 2 / (1 + k) multiplies every component by 1 - c rate, at the ends by the same size.
   */
  @Test
  void fixedRatesMultiplyComponents() {
    TestFunctions bowl = TestFunctions.bowl(2, 9);
    Minimum m =
        Minimize.of(bowl.f())
            .method(Method.gradientDescent(LineSearch.fixed(0.2)))
            .maxIterations(3)
            .from(bowl.start());
    assertArrayEquals(new double[] {9 * 0.512, -0.512}, m.x(), 1e-12);
  }

  /** Two steps by hand on x^2 / 2: v1 = -r x0; v2 = b v1 - r g. */
  @Test
  void momentumFollowsItsDefinition() {
    UnaryOperator<Tensor> f = x -> x.square().sum().mul(0.5);
    Minimize two = Minimize.of(f).maxIterations(2);
    assertEquals(
        0.9 + 0.5 * -0.1 - 0.1 * 0.9, two.method(Method.momentum(0.1, 0.5)).from(1).x()[0], 1e-15);
    // g at 0.9 + 0.5 * -0.1 = 0.85
    assertEquals(
        0.9 + 0.5 * -0.1 - 0.1 * 0.85, two.method(Method.nesterov(0.1, 0.5)).from(1).x()[0], 1e-15);
  }

  /** Nesterov 1983: f - f* <= 2 L |x0 - x*|^2 / (k + 1)^2; with backtracking L is at most 2 L. */
  @Test
  void accelerationKeepsItsBound() {
    TestFunctions bowl = TestFunctions.bowl(30, 1e4);
    Minimum m =
        Minimize.of(bowl.f()).method(Method.accelerated()).maxIterations(300).from(bowl.start());
    double away = bowl.distance(bowl.start());
    double[] f = m.trajectory().values();
    for (int k = 1; k < f.length; k++) {
      assertTrue(f[k] <= 2 * 2e4 * away * away / ((k + 1.0) * (k + 1)), "step " + k);
    }
  }

  @Test
  void accelerationIsFasterThanDescent() {
    TestFunctions bowl = TestFunctions.bowl(30, 1e4);
    double[] end = new double[2];
    for (int k = 0; k < 2; k++) {
      Method m = k == 0 ? Method.ista() : Method.accelerated();
      end[k] = Minimize.of(bowl.f()).method(m).maxIterations(300).from(bowl.start()).value();
    }
    assertTrue(end[1] < end[0] / 100, end[0] + " and " + end[1]);
  }

  /** Polyak 1964: with the best rate and momentum errors fall by (sqrt k - 1) / (sqrt k + 1). */
  @Test
  void heavyBallReachesItsRate() {
    double root = Math.sqrt(100);
    double factor = (root - 1) / (root + 1);
    TestFunctions bowl = TestFunctions.bowl(2, 100);
    Minimum m =
        Minimize.of(bowl.f())
            .method(Method.momentum(4 / ((root + 1) * (root + 1)), factor * factor))
            .gradientTolerance(0)
            .maxIterations(120)
            .recordPath()
            .from(bowl.start());
    double[][] x = m.trajectory().points();
    double ratio = bowl.distance(x[120]) / bowl.distance(x[60]);
    // The double root of the recurrence adds a factor of k: 120 / 60.
    assertEquals(factor, Math.pow(ratio / 2, 1 / 60.0), 0.01 * factor);
  }

  /** The ratio |x+ - x*| / |x - x*| goes to 0 (Nocedal and Wright 2006, theorem 6.6). */
  @Test
  void bfgsIsSuperlinear() {
    TestFunctions f = TestFunctions.rosenbrock(2);
    Minimum m =
        Minimize.of(f.f())
            .method(Method.bfgs())
            .gradientTolerance(1e-12)
            .recordPath()
            .from(f.start());
    double[][] x = m.trajectory().points();
    int k = x.length - 1;
    while (f.distance(x[k]) < 1e-9) {
      k--;
    }
    double last = f.distance(x[k]) / f.distance(x[k - 1]);
    double early = f.distance(x[k - 4]) / f.distance(x[k - 5]);
    assertTrue(last < 0.05 && last < early / 5, early + " then " + last);
  }

  /** The error is squared in each step, up to a constant (theorem 3.5). */
  @Test
  void newtonIsQuadratic() {
    // x - log x: e+ = e^2 by hand, with e = 1 - x.
    Minimum m =
        Minimize.of(x -> x.sub(x.log()).sum())
            .method(Method.newton())
            .recordPath()
            .gradientTolerance(1e-13)
            .from(0.5);
    double e = 0.5;
    double[] x = m.trajectory().coordinate(0);
    assertEquals(6, m.iterations());
    for (int i = 1; i <= 6; i++) {
      e *= e;
      assertEquals(1 - e, x[i], 1e-15, "step " + i);
    }
  }
}
