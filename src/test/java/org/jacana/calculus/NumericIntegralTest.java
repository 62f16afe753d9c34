package org.jacana.calculus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Integrals with closed forms. */
class NumericIntegralTest {
  private static void near(double expected, Estimate e) {
    assertEquals(expected, e.value(), 1e-9 * Math.max(1, Math.abs(expected)));
    assertTrue(Math.abs(e.value() - expected) <= Math.max(e.error(), 1e-13), e::toString);
  }

  @Test
  void isExactForPolynomialsToDegree22() {
    for (int n = 0; n <= 22; n++) {
      int power = n;
      Estimate e = NumericIntegral.integrate(x -> Math.pow(x, power), 0, 1, 1e10);
      assertEquals(1.0 / (n + 1), e.value(), 1e-15, "power " + n);
    }
  }

  @Test
  void smoothRoughAndInfinite() {
    near(2, NumericIntegral.integrate(Math::sin, 0, Math.PI));
    near(-2, NumericIntegral.integrate(Math::sin, Math.PI, 0));
    near(2, NumericIntegral.integrate(x -> 1 / Math.sqrt(x), 0, 1));
    near(
        0.02 * Math.atan(1e8),
        NumericIntegral.integrate(x -> 1 / (1e-4 + x * x) * 1e-4, -1e6, 1e6));
    double infinity = Double.POSITIVE_INFINITY;
    near(Math.sqrt(Math.PI), NumericIntegral.integrate(x -> Math.exp(-x * x), -infinity, infinity));
    near(Math.exp(-1), NumericIntegral.integrate(x -> Math.exp(-x), 1, infinity));
    near(Math.exp(2), NumericIntegral.integrate(Math::exp, -infinity, 2));
    assertEquals(0, NumericIntegral.integrate(Math::exp, 3, 3).value());
  }

  @Test
  void refusesWhatHasNoValue() {
    assertThrows(IllegalArgumentException.class, () -> NumericIntegral.integrate(Math::log, -1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> NumericIntegral.integrate(Math::sin, Double.NaN, 1));
  }
}
