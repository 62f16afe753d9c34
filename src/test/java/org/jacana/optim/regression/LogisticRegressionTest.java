package org.jacana.optim.regression;

import static org.jacana.optim.regression.LinearRegressionTest.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.optim.minimize.Method;
import org.junit.jupiter.api.Test;

/** Against published fits, saturated models in closed form, and the conditions of a minimum. */
class LogisticRegressionTest {
  /**
   * Field joints with distress on the shuttle's flights before Challenger, by temperature in
   * Fahrenheit (Dalal, Fowlkes and Hoadley 1989): 15.0429 - 0.2322 t, errors 7.3786 and 0.1082.
   */
  @Test
  void challenger() {
    double[] t = {
      66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78, 67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58
    };
    int[] y = {0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1};
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(t, 23, 1);
      LogisticFit fit = new LogisticRegression().fit(x, Tensor.of(y));
      assertEquals(15.0429, fit.intercepts()[0], 5e-5);
      assertEquals(-0.2322, fit.coefficients()[0][0], 5e-5);
      assertEquals(7.3786, fit.interceptErrors()[0], 5e-5);
      assertEquals(0.1082, fit.standardErrors()[0][0], 5e-5);
      // Residual deviance 20.315
      assertEquals(20.315, -2 * fit.logLikelihood(), 5e-4);
    }
  }

  /** Hours of study and passing, Wikipedia's example: -4.0777 + 1.5046 h, errors 1.7610, 0.6287. */
  @Test
  void hoursOfStudy() {
    double[] h = {
      0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5,
      5.5
    };
    int[] y = {0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1};
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(h, 20, 1);
      for (Method m : new Method[] {null, Method.lbfgs(), Method.bfgs(), Method.trustRegion()}) {
        LogisticFit fit = new LogisticRegression().method(m).fit(x, Tensor.of(y));
        assertEquals(-4.0777, fit.intercepts()[0], 5e-5);
        assertEquals(1.5046, fit.coefficients()[0][0], 5e-5);
        assertEquals(1.7610, fit.interceptErrors()[0], 5e-5);
        assertEquals(0.6287, fit.standardErrors()[0][0], 5e-5);
      }
      LogisticFit fit = new LogisticRegression().fit(x, Tensor.of(y));
      Tensor two = Tensor.of(new double[] {2, 4}, 2, 1);
      double[] p = fit.probabilities(two).doubles();
      assertEquals(0.2557, p[1], 5e-5);
      assertEquals(0.8744, p[3], 5e-5);
      assertEquals(1, p[0] + p[1], 1e-15);
      assertArrayEquals(new int[] {0, 1}, fit.predict(two).ints());
    }
  }

  /** A column of zeros and ones with these counts of each class for each value. */
  private static Tensor column(int[]... counts) {
    return Tensor.of(spread(counts, true)).to(org.jacana.DType.F64).unsqueeze(1);
  }

  private static int[] spread(int[][] counts, boolean value) {
    java.util.stream.IntStream.Builder out = java.util.stream.IntStream.builder();
    for (int v = 0; v < counts.length; v++) {
      for (int c = 0; c < counts[v].length; c++) {
        for (int k = 0; k < counts[v][c]; k++) {
          out.add(value ? v : c);
        }
      }
    }
    return out.build().toArray();
  }

  /** One yes-or-no column: logs of odds, and Woolf's error sqrt(1/a + 1/b + 1/c + 1/d). */
  @Test
  void oddsRatio() {
    int[][] counts = {{7, 3}, {4, 12}};
    try (Scope s = Scope.open()) {
      LogisticFit fit =
          new LogisticRegression().fit(column(counts), Tensor.of(spread(counts, false)));
      assertEquals(Math.log(3 / 7.0), fit.intercepts()[0], 1e-9);
      assertEquals(Math.log(12 * 7 / (4 * 3.0)), fit.coefficients()[0][0], 1e-9);
      assertEquals(Math.sqrt(1 / 7.0 + 1 / 3.0), fit.interceptErrors()[0], 1e-8);
      assertEquals(
          Math.sqrt(1 / 7.0 + 1 / 3.0 + 1 / 4.0 + 1 / 12.0), fit.standardErrors()[0][0], 1e-8);
    }
  }

  /** Three classes with one yes-or-no column: probabilities are the parts, by group. */
  @Test
  void multinomialInClosedForm() {
    int[][] counts = {{5, 3, 2}, {2, 6, 4}};
    try (Scope s = Scope.open()) {
      LogisticFit fit =
          new LogisticRegression().fit(column(counts), Tensor.of(spread(counts, false)));
      assertArrayEquals(
          new double[] {0, Math.log(3 / 5.0), Math.log(2 / 5.0)}, fit.intercepts(), 1e-8);
      assertEquals(0, fit.coefficients()[0][0]);
      assertEquals(Math.log(3.0 / (3 / 5.0)), fit.coefficients()[1][0], 1e-8);
      assertEquals(Math.log(2.0 / (2 / 5.0)), fit.coefficients()[2][0], 1e-8);
      assertEquals(Math.sqrt(1 / 5.0 + 1 / 3.0), fit.interceptErrors()[1], 1e-8);
      double[] p = fit.probabilities(Tensor.of(new double[] {0, 1}, 2, 1)).doubles();
      assertArrayEquals(new double[] {0.5, 0.3, 0.2, 1 / 6.0, 0.5, 1 / 3.0}, p, 1e-9);
    }
  }

  /** With l2 the gradient of the likelihood is l2 w; weights of all classes sum to 0. */
  @Test
  void penaltiesSatisfyTheirConditions() {
    int[][] counts = {{5, 3, 2}, {2, 6, 4}};
    try (Scope s = Scope.open()) {
      Tensor x = column(counts);
      int[] y = spread(counts, false);
      for (double l1 : new double[] {0, 0.7}) {
        double l2 = l1 == 0 ? 0.5 : 0;
        LogisticFit fit = new LogisticRegression().l1(l1).l2(l2).fit(x, Tensor.of(y));
        assertNull(fit.standardErrors());
        double[] p = fit.probabilities(x).doubles();
        double[] v = x.doubles();
        double sum = 0;
        for (int c = 0; c < 3; c++) {
          double slope = 0;
          double free = 0;
          for (int i = 0; i < y.length; i++) {
            double g = p[i * 3 + c] - (y[i] == c ? 1 : 0);
            slope += g * v[i];
            free += g;
          }
          double w = fit.coefficients()[c][0];
          sum += w;
          assertEquals(0, free, 1e-6);
          if (l1 == 0) {
            assertEquals(-l2 * w, slope, 1e-6);
          } else if (w == 0) {
            assertTrue(Math.abs(slope) <= l1 + 1e-6);
          } else {
            assertEquals(-l1 * Math.signum(w), slope, 1e-6);
          }
        }
        assertTrue(l1 > 0 || Math.abs(sum) < 1e-6);
      }
      LogisticFit nothing = new LogisticRegression().l1(100).fit(x, Tensor.of(y));
      assertArrayEquals(new double[] {0}, nothing.coefficients()[1]);
    }
  }

  @Test
  void separableClassesNeedAPenalty() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1, 2, 3, 4}, 4, 1);
      Tensor y = Tensor.of(new int[] {0, 0, 1, 1});
      refused("a plane separates the classes", () -> new LogisticRegression().fit(x, y));
      LogisticFit fit = new LogisticRegression().l2(1).fit(x, y);
      assertArrayEquals(new int[] {0, 0, 1, 1}, fit.predict(x).ints());
      // By symmetry the border is in the middle.
      assertEquals(0, fit.intercepts()[0] + 2.5 * fit.coefficients()[0][0], 1e-8);
      refused(
          "no example has label 1", () -> new LogisticRegression().fit(x, y.mul(2).to(y.dtype())));
      refused("labels are 0, 1", () -> new LogisticRegression().fit(x, y.sub(1)));
      refused("labels must be I32 [4]", () -> new LogisticRegression().fit(x, x));
    }
  }
}
