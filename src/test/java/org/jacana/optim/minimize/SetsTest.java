package org.jacana.optim.minimize;

import static org.jacana.optim.minimize.MinimizeTest.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/** Projections and proximal operators against closed forms and what defines them. */
class SetsTest {
  private static double[] v(double... x) {
    return x;
  }

  @Test
  void projectionsInClosedForm() {
    assertArrayEquals(v(0, 0.5, 1), Projection.box(0, 1).of(v(-3, 0.5, 7)));
    assertArrayEquals(v(2, 5), Projection.box(v(2, 4), v(3, 5)).of(v(-1, 9)));
    assertArrayEquals(v(0, 4), Projection.nonNegative().of(v(-1, 4)));
    assertArrayEquals(v(0.6, 0.8), Projection.ball(1).of(v(3, 4)), 1e-15);
    assertArrayEquals(v(1, 3), Projection.ball(v(1, 1), 2).of(v(1, 9)), 1e-15);
    assertArrayEquals(v(0.1, 0.2), Projection.ball(1).of(v(0.1, 0.2)));
    // Shift by (0.8 + 0.6 - 1) / 2 leaves the third below 0.
    assertArrayEquals(v(0.6, 0.4, 0), Projection.simplex(1).of(v(0.8, 0.6, -1)), 1e-15);
    assertArrayEquals(v(1, 1, 1), Projection.simplex(3).of(v(5, 5, 5)), 1e-15);
    assertArrayEquals(v(0.6, -0.4, 0), Projection.l1Ball(1).of(v(0.8, -0.6, 0.1)), 1e-15);
    assertArrayEquals(v(0.2, -0.3), Projection.l1Ball(1).of(v(0.2, -0.3)));
    assertArrayEquals(v(1, 1), Projection.halfSpace(v(1, 1), 2).of(v(2, 2)), 1e-15);
    try (Scope s = Scope.open()) {
      // The plane x + y + z = 3: move along (1, 1, 1).
      Projection plane =
          Projection.affine(Tensor.of(v(1, 1, 1, 2, 2, 2), 2, 3), Tensor.of(v(3, 6)));
      assertArrayEquals(v(2, 1, 0), plane.of(v(5, 4, 3)), 1e-12);
      refused(
          "the equations contradict each other",
          () -> Projection.affine(Tensor.of(v(1, 1, 1, 1), 2, 2), Tensor.of(v(1, 2))));
      refused("A must be [m, n]", () -> Projection.affine(Tensor.of(v(1, 1)), Tensor.of(v(1, 2))));
    }
  }

  /** (x - P x)(z - P x) <= 0 for every z of the set: the theorem that defines a projection. */
  @Test
  void projectionsAreNearest() {
    Random random = new Random(1);
    List<Projection> sets =
        List.of(
            Projection.box(-0.5, 0.3),
            Projection.ball(0.7),
            Projection.simplex(1),
            Projection.l1Ball(0.9),
            Projection.halfSpace(v(1, -2, 0.5, 3), 0.1));
    for (Projection set : sets) {
      for (int trial = 0; trial < 50; trial++) {
        double[] x = random.doubles(4, -2, 2).toArray();
        double[] p = set.of(x);
        assertTrue(set.contains(p, 1e-12), set.text());
        double[] z = set.of(random.doubles(4, -2, 2).toArray());
        double angle = Vectors.dot(Vectors.minus(x, p), Vectors.minus(z, p));
        assertTrue(angle <= 1e-12, set.text() + ": " + angle);
      }
    }
  }

  @Test
  void cornersAreLowest() {
    assertArrayEquals(v(0, 2, 0), Projection.simplex(2).corner(v(3, -1, 0)));
    assertArrayEquals(v(-1, 1), Projection.box(-1, 1).corner(v(2, -2)));
    assertArrayEquals(v(-0.6, -0.8), Projection.ball(1).corner(v(3, 4)), 1e-15);
    assertArrayEquals(v(0, 2), Projection.l1Ball(2).corner(v(1, -3)));
    refused("has no corners", () -> Projection.nonNegative().corner(v(-1)));
    refused("has no corners", () -> Projection.halfSpace(v(1), 1).corner(v(-1)));
  }

  @Test
  void proximalOperatorsInClosedForm() {
    assertArrayEquals(v(2, 0, -1), Prox.l1(1).apply(v(3, 0.5, -2), 1));
    assertArrayEquals(v(2.5, 0, -1.5), Prox.l1(1).apply(v(3, 0.5, -2), 0.5));
    assertArrayEquals(v(3, 0), Prox.l1(v(0, 1)).apply(v(3, 0.5), 1));
    assertArrayEquals(v(1.5), Prox.squaredL2(2).apply(v(3), 0.5));
    assertArrayEquals(v(1), Prox.elasticNet(1, 1).apply(v(3), 1));
    Prox groups = Prox.groupLasso(1, new int[] {0, 1}, new int[] {2, 3});
    assertArrayEquals(v(2.4, 3.2, 0, 0, 9), groups.apply(v(3, 4, 0.6, 0.7, 9), 1), 1e-15);
    assertEquals(5 + 1, groups.value(v(3, 4, 0.6, 0.8, 9)), 1e-15);
    // diag(3, 0.5) shrinks to diag(2, 0).
    assertArrayEquals(v(2, 0, 0, 0), Prox.nuclear(1, 2, 2).apply(v(3, 0, 0, 0.5), 1), 1e-14);
    assertEquals(3.5, Prox.nuclear(1, 2, 2).value(v(3, 0, 0, 0.5)), 1e-14);
    refused("in two groups", () -> Prox.groupLasso(1, new int[] {0, 1}, new int[] {1}));
    refused("outside x", () -> Prox.groupLasso(1, new int[] {5}).apply(v(1), 1));
    refused("must be finite and not negative", () -> Prox.l1(-1));
  }

  /** h(z) + |z - x|^2 / (2t) is nowhere lower than at the operator's value. */
  @Test
  void proximalOperatorsMinimise() {
    Random random = new Random(2);
    List<Prox> all =
        List.of(
            Prox.l1(0.7),
            Prox.l1(v(0, 1, 2, 3)),
            Prox.squaredL2(1.5),
            Prox.elasticNet(0.5, 2),
            Prox.groupLasso(0.9, new int[] {0, 2}, new int[] {1, 3}),
            Prox.nuclear(0.6, 2, 2),
            Prox.none());
    for (Prox h : all) {
      for (int trial = 0; trial < 20; trial++) {
        double[] x = random.doubles(4, -2, 2).toArray();
        double t = random.nextDouble() + 0.1;
        double[] p = h.apply(x, t);
        double best = h.value(p) + squared(Vectors.minus(p, x)) / (2 * t);
        for (int near = 0; near < 20; near++) {
          double size = near < 10 ? 1e-3 : 1;
          double[] z = Vectors.along(p, size, random.doubles(4, -1, 1).toArray());
          double there = h.value(z) + squared(Vectors.minus(z, x)) / (2 * t);
          assertTrue(there >= best - 1e-12);
        }
      }
    }
  }

  private static double squared(double[] x) {
    return Vectors.dot(x, x);
  }

  /** |x - c|^2 over a set is the projection of c. */
  @Test
  void projectedGradientFindsProjections() {
    double[] c = v(0.9, 0.8, -0.4, 0.1);
    UnaryOperator<Tensor> f =
        x -> {
          Tensor weights = Tensor.of(v(1, 2, 3, 4));
          return x.sub(Tensor.of(c)).square().mul(weights).sum();
        };
    // On the box the weights do not matter.
    Minimum box = Minimize.of(f).within(Projection.box(0, 0.5)).from(0, 0, 0, 0);
    assertArrayEquals(v(0.5, 0.5, 0, 0.1), box.x(), 1e-8);
    assertTrue(box.converged(), box.toString());
    // On the simplex w_i (x_i - c_i) = shift where x > 0; 1/w sums 1 + 1/2 + 1/4 when x_3 = 0:
    // 1.8 + shift 1.75 = 1
    Minimum simplex = Minimize.of(f).within(Projection.simplex(1)).from(0.25, 0.25, 0.25, 0.25);
    double shift = -0.8 / 1.75;
    // x_4 = 0.1 + shift / 4 < 0, so it is 0 as well: 1.7 + shift 1.5 = 1
    assertTrue(0.1 + shift / 4 < 0);
    double s = -0.7 / 1.5;
    assertArrayEquals(v(0.9 + s, 0.8 + s / 2, 0, 0), simplex.x(), 1e-8);
    for (Method m : List.of(Method.fista(), Method.ista())) {
      Minimum same =
          Minimize.of(f).within(Projection.simplex(1)).method(m).from(0.25, 0.25, 0.25, 0.25);
      assertArrayEquals(simplex.x(), same.x(), 1e-7, m.name());
    }
  }

  /** Jaggi 2013, theorem 1: f - f* <= 2 C / (k + 2), C = 2 L = 2 here; and the gap bounds it. */
  @Test
  void frankWolfeKeepsItsBound() {
    double[] c = v(0.5, 0.3, 0.2);
    UnaryOperator<Tensor> f = x -> x.sub(Tensor.of(c)).square().sum().mul(0.5);
    Minimum m =
        Minimize.of(f)
            .within(Projection.simplex(1))
            .method(Method.frankWolfe())
            .maxIterations(200)
            .from(1, 0, 0);
    double[] values = m.trajectory().values();
    for (int k = 1; k < values.length; k++) {
      assertTrue(values[k] <= 2 * 2.0 / (k + 2), k + ": " + values[k]);
    }
    assertTrue(m.gradientNorm() >= m.value());
    Minimum loose =
        Minimize.of(f)
            .within(Projection.simplex(1))
            .method(Method.frankWolfe())
            .gradientTolerance(0.01)
            .from(1, 0, 0);
    assertEquals(StopReason.GAP, loose.reason());
    assertTrue(loose.value() <= 0.01);
  }

  /** The l1 term with A = I is soft thresholding; the nuclear norm completes by shrinking. */
  @Test
  void fistaWithOneStepOfAnswers() {
    double[] b = v(3, -0.2, 1.5, 0);
    UnaryOperator<Tensor> f = x -> x.sub(Tensor.of(b)).square().sum().mul(0.5);
    Minimum m = Minimize.of(f).plus(Prox.l1(1)).from(1, 1, 1, 1);
    assertArrayEquals(v(2, 0, 0.5, 0), m.x(), 1e-9);
    assertEquals(0, m.x()[1]);
    assertEquals(0.5 + 0.02 + 0.5 + 2.5, m.value(), 1e-9);
    Minimum low = Minimize.of(f).plus(Prox.nuclear(1, 2, 2)).from(new double[4]);
    double[] shrunk = Prox.nuclear(1, 2, 2).apply(b, 1);
    assertArrayEquals(shrunk, low.x(), 1e-8);
    assertTrue(Arrays.stream(low.x()).anyMatch(z -> z != 0));
  }
}
