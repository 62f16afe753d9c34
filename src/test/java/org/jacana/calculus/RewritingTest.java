package org.jacana.calculus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Values survive every rewriting, of random expressions; large ones take time by their size. */
class RewritingTest {
  private static final String[] FUNCTIONS = {
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "exp",
    "log",
    "abs",
    "sigmoid",
    "softplus",
    "relu",
    "erf",
    "sign"
  };

  /** The text and, apart from the library's algebra, the value in plain double arithmetic. */
  private record Made(String text, ToDoubleFunction<double[]> value) {}

  private static Made random(Random r, int depth) {
    if (depth == 0 || r.nextInt(8) == 0) {
      return switch (r.nextInt(4)) {
        case 0 -> new Made("x", v -> v[0]);
        case 1 -> new Made("y", v -> v[1]);
        case 2 -> {
          int n = r.nextInt(7) - 3;
          yield new Made("(" + n + ")", v -> n);
        }
        default -> {
          int p = r.nextInt(5) - 2;
          int q = 1 + r.nextInt(4);
          yield new Made("(" + p + "/" + q + ")", v -> (double) p / q);
        }
      };
    }
    Made a = random(r, depth - 1);
    Made b = random(r, depth - 1);
    var f = a.value;
    var g = b.value;
    String both = "(" + a.text + "%s" + b.text + ")";
    switch (r.nextInt(10)) {
      case 8:
        boolean larger = r.nextBoolean();
        return new Made(
            (larger ? "max(" : "min(") + a.text + ", " + b.text + ")",
            v ->
                larger
                    ? Math.max(f.applyAsDouble(v), g.applyAsDouble(v))
                    : Math.min(f.applyAsDouble(v), g.applyAsDouble(v)));
      case 9:
        return new Made(
            "where(" + a.text + " < y, " + b.text + ", x)",
            v -> {
              // Without a value, or at a tie but for rounding, a condition says nothing.
              double gap = f.applyAsDouble(v) - v[1];
              boolean known = Double.isFinite(gap) && Math.abs(gap) > 1e-9;
              return !known ? Double.NaN : gap < 0 ? g.applyAsDouble(v) : v[0];
            });
      case 0, 1:
        return new Made(String.format(both, "+"), v -> f.applyAsDouble(v) + g.applyAsDouble(v));
      case 2:
        return new Made(String.format(both, "-"), v -> f.applyAsDouble(v) - g.applyAsDouble(v));
      case 3, 4:
        return new Made(String.format(both, "*"), v -> f.applyAsDouble(v) * g.applyAsDouble(v));
      case 5:
        return new Made(String.format(both, "/"), v -> f.applyAsDouble(v) / g.applyAsDouble(v));
      case 6:
        double[] exponents = {2, 3, -1, -2, 0.5, 1.5, 4, -0.5};
        double e = exponents[r.nextInt(exponents.length)];
        return new Made(
            "((" + a.text + ")^(" + Expr.of(e) + "))", v -> Math.pow(f.applyAsDouble(v), e));
      default:
        Fn fn = Fn.BY_NAME.get(FUNCTIONS[r.nextInt(FUNCTIONS.length)]);
        return new Made(fn.text() + "(" + a.text + ")", v -> fn.apply(f.applyAsDouble(v)));
    }
  }

  @Test
  void valuesArePreserved() {
    Random r = new Random(3);
    int compared = 0;
    int expressions = 0;
    for (int i = 0; i < 1500; i++) {
      Made made = random(r, 1 + r.nextInt(5));
      Expr e;
      try {
        e = Expr.parse(made.text);
      } catch (IllegalArgumentException divisionByZero) {
        assertTrue(divisionByZero.getMessage().contains("division by zero"), made.text);
        continue;
      }
      expressions++;
      Expr simple;
      Expr expanded;
      try {
        simple = e.simplify();
        expanded = Simplification.tryExpand(e);
      } catch (ArithmeticException hiddenZero) {
        // As in 1/(sin(x)^2 + cos(x)^2 - 1): it had no value anywhere.
        assertTrue(hiddenZero.getMessage().contains("division by zero"), made.text);
        continue;
      }
      assertEquals(e, Expr.parse(e.toString()), () -> made.text);
      assertEquals(simple, Expr.parse(simple.toString()), () -> made.text);
      Expr[] forms = {e, simple, expanded, simple.simplify()};
      for (int k = 0; k < 6; k++) {
        double[] at = {r.nextGaussian() * 2, r.nextGaussian() * 2};
        compared += same(made, forms, at) ? 1 : 0;
      }
    }
    assertTrue(expressions > 1000 && compared > 2500, expressions + ", " + compared);
  }

  /** Compares where neither rounding nor overflow blurs the original. */
  private static boolean same(Made made, Expr[] forms, double[] at) {
    double value = made.value.applyAsDouble(at);
    double near = made.value.applyAsDouble(new double[] {at[0] * (1 + 1e-13), at[1]});
    double beside = made.value.applyAsDouble(new double[] {at[0], at[1] * (1 + 1e-13)});
    double blur = Math.abs(value - near) + Math.abs(value - beside);
    if (!Double.isFinite(value) || !(blur < 1e-9) || Math.abs(value) > 1e6) {
      return false;
    }
    for (Expr f : forms) {
      double got = f.evaluate(Map.of("x", at[0], "y", at[1]));
      // What overflows on its way may have no value.
      if (Double.isFinite(got)) {
        assertEquals(
            value,
            got,
            1e-6 * Math.max(1, Math.abs(value)),
            () -> made.text + " as " + f + " at " + at[0] + ", " + at[1]);
      }
    }
    return true;
  }

  @Test
  void longSums() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(200),
        () -> {
          Expr sum = Expr.of(0);
          List<Expr> terms = new ArrayList<>();
          for (int i = 0; i < 10_000; i++) {
            Expr t = Expr.variable("x" + i).pow(2).mul(i + 1);
            terms.add(t);
            sum = i < 3000 ? sum.add(t) : sum;
          }
          assertEquals(Expr.sum(terms.subList(0, 3000)), sum, "one by one, and at once");
          sum = Expr.sum(terms);
          assertEquals(sum, sum.simplify());
          assertEquals("5002*x5001", sum.d("x5001").div(2).toString());
          assertEquals(sum, Expr.parse(sum.toString()));
          assertEquals(Constant.ZERO, sum.sub(Expr.sum(terms)));
        });
  }

  @Test
  void deepChains() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(200),
        () -> {
          Expr x = Expr.variable("x");
          Expr chain = x;
          for (int i = 0; i < 10_000; i++) {
            chain = chain.mul(x).sin().add(1);
          }
          Expr c = chain;
          assertTrue(c.size() > 10_000);
          assertTrue(Double.isFinite(c.evaluate(Map.of("x", 0.3))));
          Expr d = c.d("x");
          double slope =
              NumericDerivative.derivative(t -> c.evaluate(Map.of("x", t)), 0.3, 1, 0.01).value();
          assertEquals(slope, d.evaluate(Map.of("x", 0.3)), 1e-6);
          assertTrue(d.size() < 120_000, () -> "size " + d.size());
          assertEquals(c, c.simplify());
          assertTrue(c.toString().length() > 10_000);
          assertTrue(c.latex().length() > 10_000);
          assertEquals(c.size(), c.substitute("x", Expr.variable("y")).size());
          assertThrows(IllegalArgumentException.class, () -> Expr.parse(c.toString()));
        });
  }

  /** Squared again and again, the tree has 2^200 nodes, the graph a few hundred. */
  @Test
  void sharedParts() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(200),
        () -> {
          Expr x = Expr.variable("x");
          Expr e = x;
          for (int i = 0; i < 200; i++) {
            e = e.sin().mul(e.cos()).add(e.exp().mul(x));
          }
          Expr shared = e;
          assertTrue(shared.size() < 2000);
          assertTrue(shared.d("x").size() < 20_000);
          assertTrue(shared.simplify().size() <= shared.size());
          assertTrue(shared.toString().contains("nodes"), shared::toString);
          assertThrows(IllegalArgumentException.class, shared::latex);
          assertTrue(shared.freeVariables().contains("x"));
        });
  }

  @Test
  void expansionIsBounded() {
    Expr sum = Expr.sum(List.of(Expr.variables("x", 12)));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> sum.pow(40).expand());
    assertTrue(e.getMessage().contains("terms"), e.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> Expr.variable("x").add(1).pow(2_000_000_000).expand());
    assertEquals(sum.pow(40), sum.pow(40).simplify());
    assertFalse(Expr.parse("(x + 1)^30").expand().equals(Constant.ZERO));
  }
}
