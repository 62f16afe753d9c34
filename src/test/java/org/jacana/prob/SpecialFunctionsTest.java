package org.jacana.prob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/** Incomplete gamma and beta functions against SciPy, quantiles against printed tables. */
class SpecialFunctionsTest {
  private static void near(double expected, double actual, double relative) {
    assertEquals(expected, actual, relative * Math.abs(expected));
  }

  @Test
  void incompleteGamma() {
    double[][] rows = {
      {0.1, 1e-5, 0.3323984050405032, 0.6676015949594968},
      {0.5, 0.3, 0.5614219739190003, 0.4385780260809997},
      {5, 10, 0.9707473119230389, 0.029252688076961124},
      {100, 80, 0.0171083130351331, 0.9828916869648668},
      {1e6, 1.001e6, 0.8413447863683402, 0.15865521363165971},
      {1e-3, 2, 0.999951023082169, 4.8976917830981356e-05},
    };
    for (double[] r : rows) {
      near(r[2], SpecialFunctions.gammaP(r[0], r[1]), 1e-11);
      near(r[3], SpecialFunctions.gammaQ(r[0], r[1]), 1e-11);
      near(r[1], Quantiles.gamma(r[0], r[2]), r[0] < 0.01 ? 1e-8 : 1e-10);
    }
    // SciPy: gammaincc(1e10, 1e10 + 2e5) and gammaincc(1e8, 9.999e7).
    near(0.022750671855144743, SpecialFunctions.gammaQ(1e10, 1e10 + 2e5), 1e-8);
    near(0.8413447464718561, SpecialFunctions.gammaQ(1e8, 9.999e7), 1e-11);
    // P(1, x) = 1 - e^-x and P(1/2, x) = erf(sqrt(x)).
    near(-Math.expm1(-0.7), SpecialFunctions.gammaP(1, 0.7), 1e-14);
    assertEquals(0, SpecialFunctions.gammaP(2, 0));
    assertEquals(1, SpecialFunctions.gammaP(2, Double.POSITIVE_INFINITY));
    assertTrue(Double.isNaN(SpecialFunctions.gammaP(-1, 2)));
    assertTrue(Double.isNaN(SpecialFunctions.gammaQ(1, Double.NaN)));
    assertTrue(Double.isNaN(Quantiles.gamma(2, 1.5)));
  }

  @Test
  void incompleteBeta() {
    double[][] rows = {
      {0.5, 0.5, 0.3, 0.36901011956554536},
      {2, 30, 0.01, 0.03838951459523544},
      {1e5, 2e5, 0.335, 0.9735241700254668},
      {0.01, 5, 1e-8, 0.8492138284624131},
      {300, 0.2, 0.999, 0.1835789227069536},
    };
    for (double[] r : rows) {
      near(r[3], SpecialFunctions.betaI(r[0], r[1], r[2]), 1e-10);
      near(r[2], Quantiles.beta(r[0], r[1], r[3]), 1e-9);
    }
    // I_x(a, b) = 1 - I_(1-x)(b, a).
    double sum = SpecialFunctions.betaI(3, 7, 0.2) + SpecialFunctions.betaI(7, 3, 0.8);
    assertEquals(1, sum, 1e-14);
    assertTrue(Double.isNaN(SpecialFunctions.betaI(0, 1, 0.5)));
  }

  /** Chi-square with n degrees of freedom is Gamma(n/2, 1/2); upper 5 and 1 percent points. */
  @Test
  void printedTables() {
    double[][] chiSquare = {
      {1, 3.841, 6.635},
      {2, 5.991, 9.210},
      {5, 11.070, 15.086},
      {10, 18.307, 23.209},
      {30, 43.773, 50.892},
      {100, 124.342, 135.807}
    };
    double[][] student = {
      {1, 12.706, 63.657}, {2, 4.303, 9.925}, {5, 2.571, 4.032}, {30, 2.042, 2.750}
    };
    try (Scope s = Scope.open()) {
      Tensor p = Tensor.of(new double[] {0.95, 0.99});
      for (double[] row : chiSquare) {
        double[] q = Gamma.of(row[0] / 2, 0.5).icdf(p).doubles();
        assertEquals(row[1], q[0], 5.01e-4);
        assertEquals(row[2], q[1], 5.01e-4);
      }
      Tensor twoSided = Tensor.of(new double[] {0.975, 0.995});
      for (double[] row : student) {
        double[] q = StudentT.of(row[0], 0, 1).icdf(twoSided).doubles();
        assertEquals(row[1], q[0], 5.01e-4);
        assertEquals(row[2], q[1], 5.01e-4);
      }
      double[] z =
          Normal.of(0, 1).icdf(Tensor.of(new double[] {0.9, 0.95, 0.975, 0.995})).doubles();
      double[] expected = {
        1.2815515655446004, 1.6448536269514722, 1.959963984540054, 2.5758293035489
      };
      for (int i = 0; i < z.length; i++) {
        assertEquals(expected[i], z[i], 1e-13);
      }
      double[] ends = Normal.of(0, 1).icdf(Tensor.of(new double[] {0, 1, 2, 1e-300})).doubles();
      assertEquals(Double.NEGATIVE_INFINITY, ends[0]);
      assertEquals(Double.POSITIVE_INFINITY, ends[1]);
      assertTrue(Double.isNaN(ends[2]));
      assertEquals(-37.0471, ends[3], 1e-4);
    }
  }
}
