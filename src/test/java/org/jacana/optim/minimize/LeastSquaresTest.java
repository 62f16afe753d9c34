package org.jacana.optim.minimize;

import static org.jacana.optim.minimize.MinimizeTest.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jacana.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Nonlinear regression against the certified values of NIST's Statistical Reference Datasets
 * (public domain), from both of their starts.
 */
class LeastSquaresTest {
  private record Problem(
      String name,
      BinaryOperator<Tensor> model,
      double[] x,
      double[] y,
      double[][] starts,
      double[] certified,
      double[] deviations,
      double sumOfSquares) {}

  private static Tensor polynomial(Tensor b, Tensor x, int from, int to) {
    Tensor sum = b.select(0, to);
    for (int k = to - 1; k >= from; k--) {
      sum = sum.mul(x).add(b.select(0, k));
    }
    return sum;
  }

  private static final Problem MISRA_1A =
      new Problem(
          "Misra1a",
          (b, x) -> b.select(0, 1).neg().mul(x).expm1().neg().mul(b.select(0, 0)),
          new double[] {
            77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1,
            689.1, 760.0
          },
          new double[] {
            10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40,
            75.47, 81.78
          },
          new double[][] {{500, 1e-4}, {250, 5e-4}},
          new double[] {2.3894212918E+02, 5.5015643181E-04},
          new double[] {2.7070075241E+00, 7.2668688436E-06},
          1.2455138894E-01);

  private static final Problem THURBER =
      new Problem(
          "Thurber",
          (b, x) -> polynomial(b, x, 0, 3).div(polynomial(b, x, 4, 6).mul(x).add(1)),
          new double[] {
            -3.067, -2.981, -2.921, -2.912, -2.840, -2.797, -2.702, -2.699, -2.633, -2.481, -2.363,
            -2.322, -1.501, -1.460, -1.274, -1.212, -1.100, -1.046, -0.915, -0.714, -0.566, -0.545,
            -0.400, -0.309, -0.109, -0.103, 0.010, 0.119, 0.377, 0.790, 0.963, 1.006, 1.115, 1.572,
            1.841, 2.047, 2.200
          },
          new double[] {
            80.574, 84.248, 87.264, 87.195, 89.076, 89.608, 89.868, 90.101, 92.405, 95.854, 100.696,
            101.060, 401.672, 390.724, 567.534, 635.316, 733.054, 759.087, 894.206, 990.785,
            1090.109, 1080.914, 1122.643, 1178.351, 1260.531, 1273.514, 1288.339, 1327.543,
            1353.863, 1414.509, 1425.208, 1421.384, 1442.962, 1464.350, 1468.705, 1447.894, 1457.628
          },
          new double[][] {
            {1000, 1000, 400, 40, 0.7, 0.3, 0.03}, {1300, 1500, 500, 75, 1, 0.4, 0.05}
          },
          new double[] {
            1.2881396800E+03,
            1.4910792535E+03,
            5.8323836877E+02,
            7.5416644291E+01,
            9.6629502864E-01,
            3.9797285797E-01,
            4.9727297349E-02
          },
          new double[] {
            4.6647963344E+00,
            3.9571156086E+01,
            2.8698696102E+01,
            5.5675370270E+00,
            3.1333340687E-02,
            1.4984928198E-02,
            6.5842344623E-03
          },
          5.6427082397E+03);

  private static final Problem MGH_09 =
      new Problem(
          "MGH09",
          (b, x) ->
              x.mul(x.add(b.select(0, 1)))
                  .mul(b.select(0, 0))
                  .div(x.mul(x.add(b.select(0, 2))).add(b.select(0, 3))),
          new double[] {4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625},
          new double[] {
            0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246
          },
          new double[][] {{25, 39, 41.5, 39}, {0.25, 0.39, 0.415, 0.39}},
          new double[] {1.9280693458E-01, 1.9128232873E-01, 1.2305650693E-01, 1.3606233068E-01},
          new double[] {1.1435312227E-02, 1.9633220911E-01, 8.0842031232E-02, 9.0025542308E-02},
          3.0750560385E-04);

  private static void check(Problem p, double[] start) {
    LeastSquaresFit fit =
        LeastSquares.of(b -> p.model.apply(b, Tensor.of(p.x)).sub(Tensor.of(p.y))).from(start);
    assertTrue(fit.converged(), fit.toString());
    double[] errors = fit.standardErrors();
    for (int k = 0; k < start.length; k++) {
      assertEquals(p.certified[k], fit.x()[k], 1e-8 * Math.abs(p.certified[k]), fit.toString());
      assertEquals(p.deviations[k], errors[k], 1e-7 * p.deviations[k]);
    }
    assertEquals(p.sumOfSquares, fit.sumOfSquares(), 1e-9 * p.sumOfSquares);
    assertEquals(p.x.length - start.length, fit.degreesOfFreedom());
  }

  @TestFactory
  List<DynamicTest> certifiedValues() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Problem p : List.of(MISRA_1A, THURBER, MGH_09)) {
      for (int i = 0; i < 2; i++) {
        double[] start = p.starts[i];
        tests.add(
            DynamicTest.dynamicTest(p.name + " from start " + (i + 1), () -> check(p, start)));
      }
    }
    return tests;
  }

  /** A straight line through (0, 1), (1, 3), (2, 5), (3, 8): sums by hand. */
  @Test
  void aLineWithItsCovariance() {
    double[] x = {0, 1, 2, 3};
    double[] y = {1, 3, 5, 8};
    LeastSquaresFit fit =
        LeastSquares.of(b -> Tensor.of(x).mul(b.select(0, 1)).add(b.select(0, 0)).sub(Tensor.of(y)))
            .recordPath()
            .from(0, 0);
    // slope 11.5 / 5 = 2.3, intercept 4.25 - 1.5 * 2.3 = 0.8, residuals -0.2 0.1 0.4 -0.3
    assertArrayEquals(new double[] {0.8, 2.3}, fit.x(), 1e-10);
    assertEquals(0.3, fit.sumOfSquares(), 1e-12);
    // s^2 = 0.15; var(slope) = 0.15 / 5; var(intercept) = 0.15 (1/4 + 1.5^2 / 5)
    double[][] c = fit.covariance();
    assertEquals(0.03, c[1][1], 1e-12);
    assertEquals(0.105, c[0][0], 1e-12);
    assertEquals(-1.5 * 0.03, c[0][1], 1e-12);
    assertArrayEquals(new double[] {0, 0}, fit.trajectory().points()[0]);
    assertEquals(99, fit.trajectory().values()[0], 1e-12);
  }

  /** Rosenbrock's valley as residuals: sum of squares 0 at (1, 1). */
  @Test
  void zeroResiduals() {
    LeastSquaresFit fit =
        LeastSquares.of(
                b -> {
                  Tensor x = b.select(0, 0);
                  Tensor y = b.select(0, 1);
                  return Tensor.stack(0, y.sub(x.square()).mul(10), x.rsub(1));
                })
            .from(-1.2, 1);
    assertTrue(fit.converged(), fit.toString());
    assertArrayEquals(new double[] {1, 1}, fit.x(), 1e-12);
    refused("leave no degree of freedom", fit::covariance);
  }

  @Test
  void theUsersJacobianAndTheLimit() {
    LeastSquares given =
        LeastSquares.of(b -> b.detach().sub(3)).jacobian(b -> Tensor.eye(org.jacana.DType.F64, 2));
    assertArrayEquals(new double[] {3, 3}, given.from(0, 1).x(), 1e-12);
    LeastSquaresFit few = LeastSquares.of(b -> b.exp().sub(5)).maxIterations(1).from(-4);
    assertEquals(StopReason.ITERATIONS, few.reason());
  }

  @Test
  void badInputIsRefusedInWords() {
    refused("not finite at the start", () -> LeastSquares.of(b -> b.log()).from(-1));
    refused("holds NaN", () -> LeastSquares.of(b -> b).from(Double.NaN));
    refused(
        "Jacobian given must be [2, 2]", () -> LeastSquares.of(b -> b).jacobian(b -> b).from(1, 2));
    LeastSquaresFit twice =
        LeastSquares.of(b -> b.sum().mul(Tensor.of(new double[] {1, 2, 3})).sub(1)).from(0, 0);
    refused("not all 2 parameters are determined", twice::covariance);
  }
}
