package org.jacana.optim.regression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.optim.minimize.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Against the certified values of NIST's Statistical Reference Datasets, and by hand. */
class LinearRegressionTest {
  private static void near(double certified, double got, double relative) {
    assertEquals(certified, got, relative * Math.abs(certified));
  }

  @Test
  void longley() {
    double[] table = {
      83.0, 234289, 2356, 1590, 107608, 1947, 88.5, 259426, 2325, 1456, 108632, 1948, 88.2, 258054,
      3682, 1616, 109773, 1949, 89.5, 284599, 3351, 1650, 110929, 1950, 96.2, 328975, 2099, 3099,
      112075, 1951, 98.1, 346999, 1932, 3594, 113270, 1952, 99.0, 365385, 1870, 3547, 115094, 1953,
      100.0, 363112, 3578, 3350, 116219, 1954, 101.2, 397469, 2904, 3048, 117388, 1955, 104.6,
      419180, 2822, 2857, 118734, 1956, 108.4, 442769, 2936, 2798, 120445, 1957, 110.8, 444546,
      4681, 2637, 121950, 1958, 112.6, 482704, 3813, 2552, 123366, 1959, 114.2, 502601, 3931, 2514,
      125368, 1960, 115.7, 518173, 4806, 2572, 127852, 1961, 116.9, 554894, 4007, 2827, 130081, 1962
    };
    double[] y = {
      60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761, 66019, 67857, 68169, 66513, 68655,
      69564, 69331, 70551
    };
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(table, 16, 6);
      LinearRegression.Fit fit = new LinearRegression().fit(x, Tensor.of(y));
      near(-3482258.63459582, fit.model().intercept(), 1e-9);
      double[] b = {
        15.0618722713733,
        -0.0358191792925910,
        -2.02022980381683,
        -1.03322686717359,
        -0.0511041056535807,
        1829.15146461355
      };
      double[] errors = {
        84.9149257747669,
        0.0334910077722432,
        0.488399681651699,
        0.214274163161675,
        0.226073200069370,
        455.478499142212
      };
      for (int j = 0; j < 6; j++) {
        near(b[j], fit.model().coefficients()[j], 1e-9);
        near(errors[j], fit.standardErrors()[j], 1e-9);
        near(b[j] / errors[j], fit.tValues()[j], 1e-9);
      }
      near(890420.383607373, fit.interceptError(), 1e-9);
      near(304.854073561965, fit.residualDeviation(), 1e-10);
      near(836424.055505915, fit.residualSumOfSquares(), 1e-10);
      near(0.995479004577296, fit.rSquared(), 1e-12);
      near(0.995479004577296, fit.model().rSquared(x, Tensor.of(y)), 1e-10);
      assertEquals(9, fit.degreesOfFreedom());
    }
  }

  @Test
  void norris() {
    double[] x = {
      0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6, 775.5,
      666.9, 338.0, 447.5, 11.6, 556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2,
      999.0, 779.0, 11.1, 118.3, 229.2, 669.1, 448.9, 0.5
    };
    double[] y = {
      0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1,
      668.8, 339.3, 448.9, 10.8, 557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888.0,
      998.5, 778.9, 10.2, 117.6, 228.9, 668.4, 449.2, 0.2
    };
    try (Scope s = Scope.open()) {
      LinearRegression.Fit fit = new LinearRegression().fit(Tensor.of(x, 36, 1), Tensor.of(y));
      near(-0.262323073774029, fit.model().intercept(), 1e-11);
      near(1.00211681802045, fit.model().coefficients()[0], 1e-13);
      near(0.232818234301152, fit.interceptError(), 1e-12);
      near(0.429796848199937E-03, fit.standardErrors()[0], 1e-12);
      near(0.884796396144373, fit.residualDeviation(), 1e-12);
      near(0.999993745883712, fit.rSquared(), 1e-14);
      Tensor p = fit.predict(Tensor.of(new double[] {100, 200}, 2, 1));
      assertArrayEquals(new double[] {99.94935872827, 200.16104053031}, p.doubles(), 1e-10);
    }
  }

  /** y = b x through (1, 2), (2, 3): b = 8 / 5. */
  @Test
  void withoutIntercept() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new float[] {1, 2}, 2, 1);
      Tensor y = Tensor.of(new float[] {2, 3});
      LinearRegression.Fit fit = new LinearRegression().intercept(false).fit(x, y);
      assertEquals(1.6, fit.model().coefficients()[0], 1e-14);
      assertEquals(0, fit.model().intercept());
      assertEquals(0.2, fit.residualSumOfSquares(), 1e-14);
      assertEquals(Math.sqrt(0.2 / 5), fit.standardErrors()[0], 1e-14);
      assertEquals(DType.F32, fit.predict(x).dtype());
    }
  }

  /** Columns (1, -1, 0) and (1, 1, -2): b_j = x_j y / (x_j x_j + alpha). */
  @Test
  void ridgeInClosedFormAndByIteration() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1, 1, -1, 1, 0, -2}, 3, 2);
      Tensor y = Tensor.of(new double[] {7, 2, 0});
      double[] b = {5 / (2 + 0.5), 9 / (6 + 0.5)};
      for (Method m : new Method[] {null, Method.conjugateGradient(), Method.lbfgs()}) {
        LinearModel fit = Ridge.of(0.5).method(m).fit(x, y);
        assertArrayEquals(b, fit.coefficients(), 1e-7);
        assertEquals(3, fit.intercept(), 1e-7);
      }
      assertArrayEquals(b, Ridge.of(0.5).fit(x, y).coefficients(), 1e-14);
      // More columns than rows are no problem.
      LinearModel wide =
          Ridge.of(1).intercept(false).fit(Tensor.of(new double[] {1, 2}, 1, 2), y.slice(0, 0, 1));
      assertArrayEquals(new double[] {7 / 6.0, 14 / 6.0}, wide.coefficients(), 1e-13);
    }
  }

  @Test
  void badInputIsRefusedInWords() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 3, 2);
      Tensor y = Tensor.of(new double[] {1, 2, 3});
      LinearRegression all = new LinearRegression();
      refused("3 rows cannot determine 3 parameters", () -> all.fit(x, y));
      refused("y must be [3] for x [3, 2], got [3, 2]", () -> all.fit(x, x));
      refused("x must be a float table", () -> all.fit(y, y));
      refused("y holds NaN", () -> all.fit(x, y.log().neg().sqrt().mul(Double.NaN)));
      Tensor twice = Tensor.of(new double[] {1, 1, 2, 2, 3, 3, 5, 5}, 4, 2);
      Tensor four = Tensor.of(new double[] {1, 2, 3, 4});
      refused("depend on each other", () -> all.fit(twice, four));
      refused("alpha must be finite and not negative", () -> Ridge.of(-1));
      LinearModel m = Ridge.of(1).fit(x, y);
      refused("fitted to 2 columns, x is [4, 1]", () -> m.predict(four.reshape(4, 1)));
    }
  }

  static void refused(String words, Executable call) {
    String m = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(m.contains(words), m);
  }
}
