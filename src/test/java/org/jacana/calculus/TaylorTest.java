package org.jacana.calculus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.function.UnaryOperator;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/** Polynomials against the series of textbooks. */
class TaylorTest {
  private static double factorial(int n) {
    return n < 2 ? 1 : n * factorial(n - 1);
  }

  private static void series(
      UnaryOperator<Tensor> f, double at, int order, IntToDoubleFunction coefficient) {
    TaylorPolynomial p = Taylor.of(f, at, order);
    for (int n = 0; n <= order; n++) {
      double expected = coefficient.applyAsDouble(n);
      assertEquals(expected, p.coefficient(n), 1e-11 * Math.max(1, Math.abs(expected)), "n " + n);
    }
  }

  @Test
  void knownSeries() {
    series(Tensor::exp, 0, 10, n -> 1 / factorial(n));
    series(Tensor::exp, 1, 8, n -> Math.E / factorial(n));
    series(Tensor::sin, 0, 10, n -> n % 2 == 0 ? 0 : (n % 4 == 1 ? 1 : -1) / factorial(n));
    series(x -> x.add(1).log(), 0, 8, n -> n == 0 ? 0 : (n % 2 == 1 ? 1.0 : -1) / n);
    series(x -> x.rsub(1).rdiv(1), 0, 8, n -> 1);
    series(x -> x.mul(0).add(3), 0, 3, n -> n == 0 ? 3 : 0);
  }

  /** tan x = sum of (-4)^k (1 - 4^k) B_2k / (2k)! x^(2k-1). */
  @Test
  void tangentHasTheNumbersOfBernoulli() {
    double[] bernoulli = {1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30};
    series(
        Tensor::tan,
        0,
        8,
        n -> {
          int k = (n + 1) / 2;
          return n % 2 == 0
              ? 0
              : Math.pow(-4, k) * (1 - Math.pow(4, k)) * bernoulli[k - 1] / factorial(2 * k);
        });
  }

  /** erf x = 2 / sqrt(pi) sum of (-1)^k x^(2k+1) / (k! (2k + 1)). */
  @Test
  void errorFunction() {
    series(
        Tensor::erf,
        0,
        9,
        n -> {
          int k = n / 2;
          return n % 2 == 0
              ? 0
              : 2 / Math.sqrt(Math.PI) * (k % 2 == 0 ? 1 : -1) / (factorial(k) * n);
        });
  }

  /** e^x sin y to order 3: y + x y + x^2 y / 2 - y^3 / 6. */
  @Test
  void twoVariables() {
    TaylorPolynomial p = Taylor.of(v -> v.at(0).exp().mul(v.at(1).sin()), new double[] {0, 0}, 3);
    assertEquals(10, p.terms().size(), "(2 + 3)! / (2! 3!) terms");
    assertEquals(1, p.coefficient(0, 1));
    assertEquals(1, p.coefficient(1, 1));
    assertEquals(0.5, p.coefficient(2, 1));
    assertEquals(-1.0 / 6, p.coefficient(0, 3), 1e-16);
    assertEquals(0, p.coefficient(3, 0));
    assertEquals(0.2 + 0.02 + 0.001 - 0.008 / 6, p.evaluate(0.1, 0.2), 1e-15);
    assertEquals("x2 + x1*x2 + 0.5*x1^2*x2 - 0.16666666666666666*x2^3", p.toString());
    assertEquals(
        Expr.parse("y + x*y + x^2*y/2 - y^3/6"), p.toExpr("x", "y"), "1.0 / 6 becomes 1/6");
  }

  @Test
  void printsAroundAPoint() {
    TaylorPolynomial p = Taylor.of(x -> x.log(), 1, 2);
    assertEquals("(x - 1) - 0.5*(x - 1)^2", p.toString());
    assertEquals("(t - 1) - 0.5 (t - 1)^{2}", p.latex("t"));
    assertEquals("0", Taylor.of(x -> x.square(), 0, 1).toString());
  }

  /** Series arithmetic agrees with repeated differentiation, for every function it has. */
  @Test
  void seriesOfExpressions() {
    for (String text :
        List.of(
            "exp(x)*sin(x)/(1 + x^2)",
            "sqrt(1 + x)^3 + (x - 0.3)^5 + 2^x + (1 + x)^x",
            "log(1 + x) + tan(x) - cos(x)*cosh(x) + sinh(x)",
            "asin(x) + acos(x^2) + atan(x) + asinh(x) + acosh(2 + x) + atanh(x)",
            "erf(x) + erfc(x) + sigmoid(x)*tanh(x) + softplus(x)",
            "abs(x) + relu(x) + max(x, 1) + min(x, 1) + where(x < 1, x^2, 1) + floor(x)",
            "atan2(x, 1 + x) + lgamma(1 + x) + polygamma(1, 1 + x)",
            "pi*x^2 + e + sign(x)")) {
      Expr e = Expr.parse(text);
      TaylorPolynomial p = Taylor.of(e, "x", 0.3, 5);
      Expr d = e;
      for (int k = 0; k <= 5; k++) {
        double expected = d.evaluate(Map.of("x", 0.3)) / factorial(k);
        double size = Math.max(1, Math.abs(expected));
        assertEquals(expected, p.coefficient(k), 1e-10 * size, text + " order " + k);
        d = d.d("x");
      }
    }
    TaylorPolynomial log = Taylor.of(Expr.parse("log(1 + x)"), "x", 0, 40);
    assertEquals(-1.0 / 40, log.coefficient(40), 1e-15);
    assertEquals(Math.log(1.5), log.evaluate(0.5), 1e-13);
    assertThrows(IllegalArgumentException.class, () -> Taylor.of(Expr.parse("sqrt(x)"), "x", 0, 3));
    assertThrows(IllegalArgumentException.class, () -> Taylor.of(Expr.parse("x*y"), "x", 0, 3));
    for (String kink : List.of("max(x, 0)", "abs(x)", "floor(x)", "where(x < 0, 1, 2)")) {
      Expr e = Expr.parse(kink);
      assertThrows(IllegalArgumentException.class, () -> Taylor.of(e, "x", 0, 3), kink);
    }
  }

  @Test
  void remainderBoundsTheError() {
    for (int n = 1; n < 6; n++) {
      TaylorPolynomial p = Taylor.of(Tensor::exp, 0, n);
      double error = Math.abs(Math.exp(1) - p.evaluate(1));
      double bound = Taylor.remainder(Tensor::exp, 0, n, 1, 5);
      assertEquals(Math.E / factorial(n + 1), bound, 1e-12, "e is the largest derivative");
      assertTrue(error <= bound, n + ": " + error + " > " + bound);
    }
  }

  @Test
  void refuses() {
    assertThrows(IllegalArgumentException.class, () -> Taylor.of(Tensor::exp, 0, -1));
    assertThrows(
        IllegalArgumentException.class, () -> Taylor.of(x -> x.exp(), new double[] {1, 2}, 2));
    TaylorPolynomial p = Taylor.of(Tensor::exp, 0, 2);
    assertThrows(IllegalArgumentException.class, () -> p.coefficient(3));
    assertThrows(IllegalArgumentException.class, () -> p.evaluate(1, 2));
    assertThrows(IllegalArgumentException.class, () -> p.toExpr("x", "y"));
  }
}
