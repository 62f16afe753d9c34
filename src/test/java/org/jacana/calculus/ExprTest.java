package org.jacana.calculus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Canonical forms, text, LaTeX and rewriting. */
class ExprTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x + x | 2*x",
        "x - x | 0",
        "x*x/x^3 | 1/x",
        "2*x*3*y/4 | 3*x*y/2",
        "1/3 + 1/6 | 1/2",
        "y + x | x + y",
        "x*(2 - 2) | 0",
        "0.5*x | x/2",
        "x - (x + y) | -y",
        "x + 2*(x + y) | 3*x + 2*y",
        "(x^2)^3 | x^6",
        "sqrt(x)^2 | x",
        "sqrt(x^2) | abs(x)",
        "sqrt(12) | 2*sqrt(3)",
        "sqrt(3/4) | sqrt(3)/2",
        "8^(2/3) | 4",
        "sqrt(2)*sqrt(8) | 4",
        "1/sqrt(2) | sqrt(2)/2",
        "2^100 | 1267650600228229401496703205376",
        "x^0 | 1",
        "exp(x)*exp(y)/exp(x) | exp(y)",
        "exp(x)^3 | exp(3*x)",
        "log(exp(x)) | x",
        "exp(2*log(x) + y) | x^2*exp(y)",
        "log(1/8) | -log(8)",
        "sin(-x) | -sin(x)",
        "cos(y - x) | cos(x - y)",
        "sin(pi/2) - cos(pi) + tan(pi) | 2",
        "sin(3*pi) | 0",
        "abs(-3*x*exp(y)) | 3*exp(y)*abs(x)",
        "abs(x)^2 | x^2",
        "max(2, 3)*min(x, x) | 3*x",
        "where(1 < 2, x, y) | x",
        "where(x < y, where(x < y, 1, 2), where(x < y, 3, 4)) | where(x < y, 1, 4)",
        "not(not(x < y)) | x < y",
        "(x*y)^2 | x^2*y^2",
        "sqrt(4*x) | 2*sqrt(x)",
        "0.1*x + 0.2*x | 0.30000000000000004*x",
      })
  void canonicalForm(String text, String canonical) {
    assertEquals(canonical, Expr.parse(text).toString());
    assertEquals(Expr.parse(canonical), Expr.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 - x",
        "x^2*y - 3*x/(2*y)",
        "(1 - x)^2/(x*y)",
        "-x^2",
        "(-2)^x",
        "(x + 1)^(y + 1)",
        "x^y^z",
        "(x^y)^z",
        "x^(-y)",
        "x^(2/3)/sqrt(y)",
        "3*2^x",
        "(x + y)/2",
        "-(x + y)*z",
        "where(x < y, x, -x)",
        "z*(0 < x)",
        "and(x <= y, not(x == z))",
        "atan2(y, x) + polygamma(1, x)",
        "0.1*x + 1.0E-7",
        "exp(-x^2/2)/sqrt(2*pi)",
        "e + e^2 + pi",
        "x1 + x2 + x10 + alpha_1",
        "1/(x*(1 + 1/y))",
      })
  void printsWhatItReads(String text) {
    Expr e = Expr.parse(text);
    assertEquals(e, Expr.parse(e.toString()), e::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x^2*sin(x) | x^{2} \\sin\\left(x\\right)",
        "1 - x/2 | 1 - \\frac{x}{2}",
        "(1 - x)^2/(x*y) | \\frac{\\left(1 - x\\right)^{2}}{x y}",
        "sin(x)^2 | \\sin^{2}\\left(x\\right)",
        "sqrt(x + 1) | \\sqrt{x + 1}",
        "x^(1/3) | \\sqrt[3]{x}",
        "3*2^x | 3 \\cdot 2^{x}",
        "exp(-x^2/2) | e^{-\\frac{x^{2}}{2}}",
        "exp(x)^y | e^{x y}",
        "alpha*x_1 + w1_2 + theta12 | \\alpha x_{1} + \\theta_{12} + w_{1,2}",
        "rate*t | \\mathrm{rate} t",
        "y/sigmoid(x) | \\frac{y}{\\sigma\\left(x\\right)}",
        "where(x > 0, x, 0)"
            + " | \\begin{cases} x & \\text{if } 0 < x \\\\ 0 & \\text{otherwise} \\end{cases}",
        "-(x + y)*z | -z \\left(x + y\\right)",
        "(x^y)^z | \\left(x^{y}\\right)^{z}",
        "atan(x) | \\arctan\\left(x\\right)",
        "pi/2 | \\frac{\\pi}{2}",
        "2.5e-7*x | 2.5 \\cdot 10^{-7} x",
      })
  void latex(String text, String latex) {
    assertEquals(latex, Expr.parse(text).latex());
  }

  @Test
  void latexOfBars() {
    assertEquals("\\left|x\\right| + 1", Expr.parse("abs(x) + 1").latex());
    assertEquals("\\left\\lfloor x\\right\\rfloor ^{2}", Expr.parse("floor(x)^2").latex());
  }

  @Test
  void arraysPrintAsMatrices() {
    ExprArray h = Expr.parse("x^2*y").hessian("x", "y");
    assertEquals("[[2*y, 2*x], [2*x, 0]]", h.toString());
    assertEquals("\\begin{pmatrix} 2 y & 2 x \\\\ 2 x & 0 \\end{pmatrix}", h.latex());
    assertEquals("2*x", h.at(0, 1).toString());
    assertThrows(IllegalArgumentException.class, () -> h.at(2, 0));
  }

  /** The Jacobian of g(f(x, y)) is the product of the Jacobians of g at f and of f. */
  @Test
  void chainRuleOfJacobians() {
    ExprArray f = ExprArray.vector(Expr.parse("x*y"), Expr.parse("x + y"));
    ExprArray g = ExprArray.vector(Expr.parse("u^2"), Expr.parse("u*v"), Expr.parse("sin(v)"));
    Map<String, Expr> at = Map.of("u", f.at(0), "v", f.at(1));
    ExprArray whole = g.substitute(at).jacobian("x", "y");
    ExprArray product = g.jacobian("u", "v").substitute(at).matmul(f.jacobian("x", "y"));
    assertEquals(whole.shape(), product.shape());
    for (int i = 0; i < 6; i++) {
      assertTrue(whole.elements().get(i).isEquivalentTo(product.elements().get(i)));
    }
    assertEquals(
        ExprArray.vector(Expr.parse("x*y^2 + x*(x + y)"), Expr.parse("x*y + x + y")),
        f.jacobian("x", "y").matmul(f));
    assertThrows(IllegalArgumentException.class, () -> f.matmul(g));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x + | 3",
        "x y | 2",
        "2*(x + 1 | 8",
        "sin x | 4",
        "foo(x) | 0",
        "atan2(x) | 8",
        "3..5 | 2",
        "x ^^ 2 | 3",
        "1e+ | 3",
        "1/0 | 3",
        "x < y < z | 6",
        "#x | 0",
      })
  void errorsNameThePosition(String text, int position) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Expr.parse(text));
    assertTrue(e.getMessage().contains("at position " + position + ","), e.getMessage());
  }

  @Test
  void deepTextIsRefused() {
    String text = "(".repeat(100_000) + "x" + ")".repeat(100_000);
    assertThrows(IllegalArgumentException.class, () -> Expr.parse(text));
    assertThrows(IllegalArgumentException.class, () -> Expr.parse("x^".repeat(100_000) + "x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(x + 1)^3 | x^3 + 3*x^2 + 3*x + 1",
        "(x + y)*(x - y) | x^2 - y^2",
        "x*(1 + 1/x) | x + 1",
        "(x + 1)^2/y | x^2/y + 2*x/y + 1/y",
        "sin((x + 1)^2) | sin(x^2 + 2*x + 1)",
      })
  void expands(String text, String expanded) {
    assertEquals(expanded, Expr.parse(text).expand().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sin(x)^2 + cos(x)^2 | 1",
        "y*sin(x)^2 + y*cos(x)^2 + z | y + z",
        "3 - 3*sin(2*x)^2 | 3*cos(2*x)^2",
        "cosh(x)^2 - sinh(x)^2 | 1",
        "1 + sinh(x)^2 | cosh(x)^2",
        "cosh(x)^2 - 1 | sinh(x)^2",
        "sin(x)/cos(x) | tan(x)",
        "cos(x)^2/sin(x)^2 | 1/tan(x)^2",
        "x*(x + 1) - x^2 | x",
        "exp(x)/(1 + exp(x)) + 1/(1 + exp(x)) | 1",
        "x*y + x*z | x*(y + z)",
        "log(exp(x)*sqrt(2*pi)) | x + log(2)/2 + log(pi)/2",
        "log(exp(a - m) + exp(b - m)) + m | log(exp(a) + exp(b))",
        "x/(x*y + x) | 1/(y + 1)",
        "x^2*sin(x) | x^2*sin(x)",
      })
  void simplifies(String text, String simple) {
    assertEquals(simple, Expr.parse(text).simplify().toString());
  }

  @Test
  void equivalenceAndEquality() {
    Expr a = Expr.parse("(x + 1)^2");
    Expr b = Expr.parse("x^2 + 2*x + 1");
    assertNotEquals(a, b);
    assertTrue(a.isEquivalentTo(b));
    assertFalse(a.isEquivalentTo(b.add(1)));
    assertTrue(Expr.parse("sin(x)^4 - cos(x)^4").isEquivalentTo(Expr.parse("2*sin(x)^2 - 1")));
  }

  @Test
  void methodsAreTheFunctionsOfTheText() {
    Expr x = Expr.variable("x");
    Expr y = Expr.variable("y");
    assertEquals(Expr.parse("asin(x) + lgamma(x)"), x.asin().add(x.lgamma()));
    assertEquals(Expr.parse("max(x, y)*min(x, 2)"), y.max(x).mul(x.min(Expr.of(2))));
    assertEquals(Expr.parse("atan2(y, x) - 0.1"), y.atan2(x).sub(0.1));
    assertEquals(Expr.parse("(x + 1)/(3*y)"), x.add(1).div(y.mul(3)));
    assertEquals(Expr.parse("polygamma(1, x)"), Expr.call("polygamma", Expr.of(1), x));
    assertEquals(Expr.parse("x1*x2*x3"), Expr.product(List.of(Expr.variables("x", 3))));
  }

  @Test
  void substitutesAllAtOnce() {
    Expr e = Expr.parse("x*y + sin(x)");
    Map<String, Expr> swap = Map.of("x", Expr.variable("y"), "y", Expr.variable("x"));
    assertEquals(Expr.parse("x*y + sin(y)"), e.substitute(swap));
    assertEquals(Expr.parse("3*y + sin(3)"), e.substitute("x", Expr.of(3)));
    assertEquals(Set.of("x", "y"), e.freeVariables());
  }

  @Test
  void evaluates() {
    Expr e = Expr.parse("x^2*sin(y) + 1/3");
    assertEquals(4 * Math.sin(0.5) + 1 / 3.0, e.evaluate(Map.of("x", 2.0, "y", 0.5)), 1e-15);
    assertEquals(
        4 * Math.sin(0.5) + 1 / 3.0,
        e.function("y", "x").applyAsDouble(new double[] {0.5, 2}),
        1e-15);
    IllegalArgumentException x =
        assertThrows(IllegalArgumentException.class, () -> e.evaluate(Map.of("x", 2.0)));
    assertTrue(x.getMessage().contains("'y'"), x.getMessage());
  }

  @Test
  void namesAndNumbersAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> Expr.variable("sin"));
    assertThrows(IllegalArgumentException.class, () -> Expr.variable("e"));
    assertThrows(IllegalArgumentException.class, () -> Expr.variable("sqrt"));
    assertThrows(IllegalArgumentException.class, () -> Expr.variable("1x"));
    assertThrows(IllegalArgumentException.class, () -> Expr.variable(""));
    assertThrows(IllegalArgumentException.class, () -> Expr.of(Double.NaN));
    assertThrows(ArithmeticException.class, () -> Expr.of(1).div(0));
    assertThrows(ArithmeticException.class, () -> Expr.fraction(1, 0));
    assertThrows(IllegalArgumentException.class, () -> Expr.call("nope", Expr.of(1)));
    assertEquals("pi", Expr.of(Math.PI).toString());
  }
}
