package org.jacana.optim.minimize;

import static org.jacana.optim.minimize.MinimizeTest.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/**
 * Problems of Hock and Schittkowski, Test Examples for Nonlinear Programming Codes (1981), by their
 * numbers, with the published starts and solutions; and problems solved by hand.
 */
class ConstrainedTest {
  private static Tensor at(Tensor x, int i) {
    return x.select(0, i - 1);
  }

  private static double[] v(double... x) {
    return x;
  }

  private static void check(ConstrainedMinimum m, double value, double tolerance, double... x) {
    assertTrue(m.converged(), m.toString());
    assertEquals(value, m.value(), tolerance, m.toString());
    if (x.length > 0) {
      assertArrayEquals(x, m.x(), 10 * tolerance, Arrays.toString(m.x()));
    }
    assertTrue(m.kkt().largest() <= 1e-7, m.toString());
    for (double mu : m.inequality()) {
      assertTrue(mu >= -1e-8);
    }
  }

  @Test
  void hs6() {
    ConstrainedMinimum m =
        Constrained.of(x -> at(x, 1).rsub(1).square())
            .equality(x -> at(x, 2).sub(at(x, 1).square()).mul(10))
            .from(-1.2, 1);
    check(m, 0, 1e-10, 1, 1);
    assertEquals(0, m.equality()[0], 1e-8);
  }

  @Test
  void hs7() {
    ConstrainedMinimum m =
        Constrained.of(x -> at(x, 1).square().add(1).log().sub(at(x, 2)))
            .equality(x -> at(x, 1).square().add(1).square().add(at(x, 2).square()).sub(4))
            .from(2, 2);
    check(m, -Math.sqrt(3), 1e-10, 0, Math.sqrt(3));
    // By hand: -1 + lambda 2 x2 = 0.
    assertEquals(1 / (2 * Math.sqrt(3)), m.equality()[0], 1e-8);
  }

  @Test
  void hs28() {
    ConstrainedMinimum m =
        Constrained.of(x -> at(x, 1).add(at(x, 2)).square().add(at(x, 2).add(at(x, 3)).square()))
            .equality(x -> at(x, 1).add(at(x, 2).mul(2)).add(at(x, 3).mul(3)).sub(1))
            .from(-4, 1, 1);
    check(m, 0, 1e-12, 0.5, -0.5, 0.5);
    // A quadratic with a linear constraint: Newton's step is the solution.
    assertEquals(1, m.iterations());
  }

  @Test
  void hs35() {
    ConstrainedMinimum m =
        Constrained.of(
                x -> {
                  Tensor a = at(x, 1);
                  Tensor b = at(x, 2);
                  Tensor c = at(x, 3);
                  return a.mul(-8)
                      .sub(b.mul(6))
                      .sub(c.mul(4))
                      .add(9)
                      .add(a.square().mul(2))
                      .add(b.square().mul(2))
                      .add(c.square())
                      .add(a.mul(b).mul(2))
                      .add(a.mul(c).mul(2));
                })
            .inequality(x -> at(x, 1).add(at(x, 2)).add(at(x, 3).mul(2)).sub(3))
            .bounds(v(0), v(Double.POSITIVE_INFINITY))
            .from(0.5, 0.5, 0.5);
    check(m, 1.0 / 9, 1e-9, 4.0 / 3, 7.0 / 9, 4.0 / 9);
    // df/dx3 = -4 + 2 x3 + 2 x1 = -4/9 = -2 mu; bounds are slack.
    assertArrayEquals(v(2.0 / 9, 0, 0, 0), m.inequality(), 1e-7);
  }

  @Test
  void hs43() {
    ConstrainedMinimum m =
        Constrained.of(
                x -> {
                  Tensor squares = x.square().mul(Tensor.of(v(1, 1, 2, 1))).sum();
                  return squares.add(x.mul(Tensor.of(v(-5, -5, -21, 7))).sum());
                })
            .inequality(
                x -> {
                  Tensor q = x.square();
                  Tensor one = q.sum().add(x.mul(Tensor.of(v(1, -1, 1, -1))).sum()).sub(8);
                  Tensor two =
                      q.mul(Tensor.of(v(1, 2, 1, 2))).sum().sub(at(x, 1)).sub(at(x, 4)).sub(10);
                  Tensor three =
                      q.mul(Tensor.of(v(2, 1, 1, 0)))
                          .sum()
                          .add(x.mul(Tensor.of(v(2, -1, 0, -1))).sum())
                          .sub(5);
                  return Tensor.stack(0, one, two, three);
                })
            .from(0, 0, 0, 0);
    check(m, -44, 1e-8, 0, 1, 2, -1);
    // Rosen and Suzuki made the problem from these multipliers.
    assertArrayEquals(v(1, 0, 2), m.inequality(), 1e-6);
  }

  @Test
  void hs71() {
    ConstrainedMinimum m =
        Constrained.of(
                x -> at(x, 1).mul(at(x, 4)).mul(at(x, 1).add(at(x, 2)).add(at(x, 3))).add(at(x, 3)))
            .inequality(x -> x.prod().rsub(25))
            .equality(x -> x.square().sum().sub(40))
            .bounds(v(1), v(5))
            .from(1, 5, 5, 1);
    check(m, 17.0140173, 1e-7);
    assertArrayEquals(v(1, 4.74299964, 3.82114998, 1.37940829), m.x(), 1e-8);
    // As published with the solvers that use this problem as their example.
    assertEquals(0.5522937, m.inequality()[0], 1e-6);
    assertEquals(0.1614686, m.equality()[0], 1e-6);
    assertEquals(1.0878712, m.inequality()[1], 1e-6);
  }

  /** The largest box on a sphere: xyz with x^2 + y^2 + z^2 = 3; 3D gradients by hand. */
  @Test
  void textbookMultiplier() {
    ConstrainedMinimum m =
        Constrained.of(x -> x.prod().neg()).equality(x -> x.square().sum().sub(3)).from(0.5, 1, 2);
    check(m, -1, 1e-9, 1, 1, 1);
    // -yz + 2 lambda x = 0
    assertEquals(0.5, m.equality()[0], 1e-8);
  }

  /** The multiplier is minus the derivative of the least value by the constraint's level. */
  @Test
  void multipliersAreRates() {
    double[] least = new double[2];
    double lambda = 0;
    for (int i = 0; i < 2; i++) {
      double level = 2 + (i == 0 ? -1e-4 : 1e-4);
      ConstrainedMinimum m =
          Constrained.of(x -> x.exp().sum())
              .equality(x -> x.mul(Tensor.of(v(1, 3))).sum().sub(level))
              .tolerance(1e-11)
              .from(0, 0);
      least[i] = m.value();
      lambda += m.equality()[0] / 2;
    }
    assertEquals(-(least[1] - least[0]) / 2e-4, lambda, 1e-6);
  }

  @Test
  void whatCannotBeDoneIsReported() {
    ConstrainedMinimum never =
        Constrained.of(x -> x.square().sum()).equality(x -> x.square().sum().add(1)).from(1, 2);
    assertFalse(never.converged());
    assertEquals(StopReason.INFEASIBLE, never.reason(), never.toString());
    ConstrainedMinimum both =
        Constrained.of(x -> x.square().sum())
            .inequality(x -> Tensor.concat(0, x.rsub(1), x.add(1)))
            .from(0.3);
    assertEquals(StopReason.INFEASIBLE, both.reason(), both.toString());
    ConstrainedMinimum few =
        Constrained.of(x -> x.square().sum())
            .equality(x -> x.pow(3).sum().sub(5))
            .maxIterations(1)
            .from(10, -3);
    assertEquals(StopReason.ITERATIONS, few.reason());
    refused("there are no constraints", () -> Constrained.of(x -> x.sum()).from(1));
    refused(
        "is not finite at the start",
        () -> Constrained.of(x -> x.sum()).equality(x -> x.log()).from(-1));
    refused(
        "2 bounds for x of 3",
        () -> Constrained.of(x -> x.sum()).bounds(v(0, 0), v(1, 1)).from(1, 1, 1));
    refused("bound 0 is empty", () -> Constrained.of(x -> x.sum()).bounds(v(1), v(0)));
  }

  /** The projected gradient over A x = b, Newton's method and the closed form agree. */
  @Test
  void threeWaysToAQuadraticProgramme() {
    try (Scope s = Scope.open()) {
      Tensor h = Tensor.of(v(6, 2, 1, 2, 5, 2, 1, 2, 4), 3, 3);
      Tensor c = Tensor.of(v(-8, -3, -3));
      Tensor a = Tensor.of(v(1, 0, 1, 0, 1, 1), 2, 3);
      Tensor b = Tensor.of(v(3, 0));
      UnaryOperator<Tensor> f = x -> x.mul(h.matmul(x)).sum().mul(0.5).add(c.mul(x).sum());
      Minimum m = Minimize.of(f).within(Projection.affine(a, b)).from(3, 0, 0);
      assertTrue(m.converged(), m.toString());
      assertArrayEquals(v(2, -1, 1), m.x(), 1e-7);
      ConstrainedMinimum k = Constrained.of(f).equality(x -> a.matmul(x).sub(b)).from(0, 0, 0);
      assertEquals(1, k.iterations());
      assertArrayEquals(v(2, -1, 1), k.x(), 1e-12);
      assertArrayEquals(v(-3, 2), k.equality(), 1e-12);
    }
  }

  /** min x^2 + y^2 + z^2 with x + y + z = 3 and x = 2: (2, 1/2, 1/2). */
  @Test
  void quadraticProgramInClosedForm() {
    try (Scope s = Scope.open()) {
      Tensor h = Tensor.of(v(2, 0, 0, 0, 2, 0, 0, 0, 2), 3, 3);
      Tensor a = Tensor.of(v(1, 1, 1, 1, 0, 0), 2, 3);
      QuadraticProgram.Solution q =
          QuadraticProgram.solve(h, Tensor.of(v(0, 0, 0)), a, Tensor.of(v(3, 2)));
      assertArrayEquals(v(2, 0.5, 0.5), q.x(), 1e-14);
      assertEquals(4.5, q.value(), 1e-13);
      // 2 y + lambda1 = 0 and 2 x + lambda1 + lambda2 = 0
      assertArrayEquals(v(-1, -3), q.multipliers(), 1e-13);
      // Nocedal and Wright 2006, example 16.2: x = (2, -1, 1), lambda = (3, -2) for A^T lambda.
      QuadraticProgram.Solution book =
          QuadraticProgram.solve(
              Tensor.of(v(6, 2, 1, 2, 5, 2, 1, 2, 4), 3, 3),
              Tensor.of(v(-8, -3, -3)),
              Tensor.of(v(1, 0, 1, 0, 1, 1), 2, 3),
              Tensor.of(v(3, 0)));
      assertArrayEquals(v(2, -1, 1), book.x(), 1e-13);
      assertArrayEquals(v(-3, 2), book.multipliers(), 1e-13);
      Tensor twice = Tensor.of(v(1, 1, 1, 2, 2, 2), 2, 3);
      Tensor b = Tensor.of(v(1, 2));
      Tensor c = Tensor.of(v(0, 0, 0));
      refused("depend on each other", () -> QuadraticProgram.solve(h, c, twice, b));
      refused("not positive definite where", () -> QuadraticProgram.solve(h.neg(), c, a, b));
      refused("needs H [n, n]", () -> QuadraticProgram.solve(h, c, a, c));
    }
  }
}
