package org.jacana.calculus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Transforms;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every function's derivative: by a table, by automatic differentiation, by differences. */
class DerivativeTableTest {
  /** A function in x, its derivative as in a book, and an interval to test on. */
  private record Row(String f, String derivative, double low, double high) {}

  private static final List<Row> ROWS =
      List.of(
          new Row("pi", "0", -1, 1),
          new Row("x^5", "5*x^4", -2, 2),
          new Row("x^(-3)", "-3/x^4", -2, -0.5),
          new Row("sqrt(x)", "1/(2*sqrt(x))", 0.1, 3),
          new Row("x^(2/3)", "2/(3*x^(1/3))", 0.1, 3),
          new Row("2^x", "2^x*log(2)", -2, 2),
          new Row("x^x", "x^x*(log(x) + 1)", 0.2, 2),
          new Row("sin(x)", "cos(x)", -3, 3),
          new Row("cos(x)", "-sin(x)", -3, 3),
          new Row("tan(x)", "1/cos(x)^2", -1.2, 1.2),
          new Row("asin(x)", "1/sqrt(1 - x^2)", -0.9, 0.9),
          new Row("acos(x)", "-1/sqrt(1 - x^2)", -0.9, 0.9),
          new Row("atan(x)", "1/(1 + x^2)", -3, 3),
          new Row("sinh(x)", "cosh(x)", -2, 2),
          new Row("cosh(x)", "sinh(x)", -2, 2),
          new Row("tanh(x)", "1/cosh(x)^2", -2, 2),
          new Row("asinh(x)", "1/sqrt(x^2 + 1)", -3, 3),
          new Row("acosh(x)", "1/sqrt(x^2 - 1)", 1.2, 4),
          new Row("atanh(x)", "1/(1 - x^2)", -0.9, 0.9),
          new Row("exp(x)", "exp(x)", -2, 2),
          new Row("log(x)", "1/x", 0.1, 4),
          new Row("abs(x)", "x/abs(x)", -2, 2),
          new Row("sign(x)", "0", -2, 2),
          new Row("floor(x)", "0", 0.1, 0.9),
          new Row("ceil(x)", "0", 0.1, 0.9),
          new Row("round(x)", "0", 0.6, 0.9),
          new Row("trunc(x)", "0", 0.1, 0.9),
          new Row("erf(x)", "2*exp(-x^2)/sqrt(pi)", -2, 2),
          new Row("erfc(x)", "-2*exp(-x^2)/sqrt(pi)", -2, 2),
          new Row("erfinv(x)", "sqrt(pi)/2*exp(erfinv(x)^2)", -0.9, 0.9),
          new Row("lgamma(x)", "polygamma(0, x)", 0.3, 4),
          new Row("polygamma(0, x)", "polygamma(1, x)", 0.3, 4),
          new Row("sigmoid(x)", "exp(-x)/(1 + exp(-x))^2", -3, 3),
          new Row("softplus(x)", "1/(1 + exp(-x))", -3, 3),
          new Row("relu(x)", "(1 + sign(x))/2", -2, 2),
          new Row("detach(x)*x", "x", -2, 2),
          new Row("not(x)", "0", 0.1, 2),
          new Row("max(x, 0.3)", "(1 + sign(x - 0.3))/2", -2, 2),
          new Row("min(x^2, 0.7)", "where(x^2 < 0.7, 2*x, 0)", -2, 2),
          new Row("atan2(x, 2)", "2/(x^2 + 4)", -2, 2),
          new Row("atan2(3, x)", "-3/(x^2 + 9)", -2, 2),
          new Row("x < 1", "0", -2, 2),
          new Row("x <= 1", "0", -2, 2),
          new Row("x == 1", "0", -2, 2),
          new Row("and(x, x < 1)", "0", -2, 2),
          new Row("or(x, x < 1)", "0", -2, 2),
          new Row("where(x < 0.5, x^2, sin(x))", "where(x < 0.5, 2*x, cos(x))", -2, 2));

  @Test
  void theTableHasEveryFunction() {
    TreeSet<String> missing = new TreeSet<>(Expr.names());
    for (Row r : ROWS) {
      for (Expr e : Graph.parts(List.of(Expr.parse(r.f)))) {
        if (e instanceof Call c) {
          missing.remove(c.fn.text());
        }
      }
    }
    assertEquals(new TreeSet<>(), missing);
  }

  @TestFactory
  Stream<DynamicTest> derivatives() {
    return ROWS.stream().map(r -> dynamicTest(r.f, () -> check(r)));
  }

  private static void check(Row r) {
    Expr f = Expr.parse(r.f);
    Expr d = f.d("x");
    Expr book = Expr.parse(r.derivative);
    double[] points = points(r);
    double[] slopes = values(d, points);
    assertArrayEquals(values(book, points), slopes, 1e-11, d::toString);
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(points);
      UnaryOperator<Tensor> g = t -> f.evaluateTensor(Map.of("x", t));
      assertArrayEquals(values(f, points), g.apply(x.mul(1)).expand(8).doubles(), 1e-12);
      boolean smooth = f.freeVariables().contains("x") && g.apply(track(x)).requiresGrad();
      if (smooth) {
        UnaryOperator<Tensor> sum = t -> g.apply(t).sum();
        assertArrayEquals(Transforms.grad(sum).apply(x).doubles(), slopes, 1e-11);
        UnaryOperator<Tensor> slope = t -> Transforms.grad(sum).apply(t).sum();
        double[] second = values(f.d("x", 2), points);
        assertArrayEquals(Transforms.grad(slope).apply(x).doubles(), second, 1e-9);
      }
    }
    if (!r.f.contains("detach")) {
      for (int i = 0; i < points.length; i++) {
        double slope = NumericDerivative.derivative(f1(f), points[i], 1, 0.02).value();
        assertEquals(slope, slopes[i], 1e-6 * Math.max(1, Math.abs(slope)));
      }
    }
  }

  private static Tensor track(Tensor x) {
    return x.detach().requiresGrad(true);
  }

  private static java.util.function.DoubleUnaryOperator f1(Expr e) {
    var f = e.function("x");
    return x -> f.applyAsDouble(new double[] {x});
  }

  /** Random points of the interval, away from the kinks at 0, 0.3, 0.5, sqrt(0.7) and 1. */
  private static double[] points(Row r) {
    Random random = new Random(7);
    double[] x = new double[8];
    for (int i = 0; i < x.length; i++) {
      boolean near;
      do {
        x[i] = r.low + (r.high - r.low) * random.nextDouble();
        near = false;
        for (double kink : new double[] {0, 0.3, 0.5, Math.sqrt(0.7), 1}) {
          near |= Math.abs(Math.abs(x[i]) - kink) < 0.025;
        }
      } while (near);
    }
    return x;
  }

  private static double[] values(Expr e, double[] points) {
    var f = f1(e);
    double[] out = new double[points.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = f.applyAsDouble(points[i]);
      assertTrue(Double.isFinite(out[i]), e + " at " + points[i]);
    }
    return out;
  }

  /** The rules for sums, products, quotients and chains, in two variables. */
  @Test
  void rulesInTwoVariables() {
    List<String> texts =
        List.of(
            "x*y*sin(x*y) + x/y",
            "exp(x*y)/(1 + exp(x + y))",
            "(x^2 + y^2)^(3/2)*log(x + 2*y)",
            "x^y + y^x",
            "atan2(y, x)*sigmoid(x - y)",
            "sqrt(x*y)*tanh(x/y)^3",
            "1/(x*(1 + 1/y))^2");
    try (Scope s = Scope.open()) {
      Tensor p = Tensor.of(new double[] {0.7, 1.3});
      for (String text : texts) {
        Expr f = Expr.parse(text);
        UnaryOperator<Tensor> g = t -> f.evaluateTensor(Map.of("x", t.at(0), "y", t.at(1)));
        Map<String, Double> at = Map.of("x", 0.7, "y", 1.3);
        assertArrayEquals(
            Transforms.grad(g).apply(p).doubles(), f.gradient("x", "y").evaluate(at), 1e-11, text);
        assertArrayEquals(
            Transforms.hessian(g, p).doubles(), f.hessian("x", "y").evaluate(at), 1e-10, text);
        List<Double> simple = new ArrayList<>();
        f.hessian("x", "y").simplify().elements().forEach(e -> simple.add(e.evaluate(at)));
        assertArrayEquals(
            f.hessian("x", "y").evaluate(at),
            simple.stream().mapToDouble(d -> d).toArray(),
            1e-10,
            text);
      }
    }
  }
}
