import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jacana.Tensor;
import org.jacana.calculus.Expr;
import org.jacana.calculus.Taylor;
import org.jacana.calculus.TaylorPolynomial;
import org.jacana.calculus.Tracer;

/** Taylor polynomials of functions written with tensors, beside the series of textbooks. */
public class TaylorSeries {
  public static void main(String[] args) {
    show("e^x", Tensor::exp, 0, 5, "1 + x + x^2/2 + x^3/6 + x^4/24 + x^5/120");
    show("sin x", Tensor::sin, 0, 7, "x - x^3/6 + x^5/120 - x^7/5040");
    show("log(1 + x)", x -> x.add(1).log(), 0, 4, "x - x^2/2 + x^3/3 - x^4/4");
    show("1 / (1 - x)", x -> x.rsub(1).reciprocal(), 0, 4, "1 + x + x^2 + x^3 + x^4");
    show("tan x", Tensor::tan, 0, 7, "x + x^3/3 + 2*x^5/15 + 17*x^7/315");
    show("sqrt x around 1", Tensor::sqrt, 1, 2, "1 + (x - 1)/2 - (x - 1)^2/8");

    // f(x, y) = x^2 + 2 x y + y^3 around (1, 2), the terms by hand.
    TaylorPolynomial p =
        Taylor.of(
            v -> v.at(0).square().add(v.at(0).mul(v.at(1)).mul(2)).add(v.at(1).pow(3)),
            new double[] {1, 2},
            3);
    System.out.println("x^2 + 2xy + y^3 around (1, 2)");
    System.out.println("  found    " + p.toString("x", "y"));
    System.out.println(
        "  expected 13 + 6 (x-1) + 14 (y-2) + (x-1)^2 + 2 (x-1)(y-2) + 6 (y-2)^2 + (y-2)^3");
    int[][] powers = {{0, 0}, {1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}, {0, 3}};
    double[] hand = {13, 6, 14, 1, 2, 6, 1};
    for (int i = 0; i < hand.length; i++) {
      require(Math.abs(p.coefficient(powers[i]) - hand[i]) < 1e-12, "a coefficient");
    }

    System.out.println("e by the polynomials of e^x at 1");
    for (int n = 1; n <= 9; n += 2) {
      double error = Math.abs(Math.E - Taylor.of(Tensor::exp, 0, n).evaluate(1));
      double bound = Taylor.remainder(Tensor::exp, 0, n, 1, 3);
      System.out.printf(
          Locale.ROOT, "  order %d  error %.2e  Lagrange's bound %.2e%n", n, error, bound);
      require(error <= bound, "the bound");
    }

    // Traced to an expression, a function has series of any order.
    Expr log = Tracer.trace(x -> x.add(1).log(), "x");
    double found = Taylor.of(log, "x", 0, 60).evaluate(0.5);
    System.out.printf(
        Locale.ROOT, "log(1.5) to order 60: %.15f, expected %.15f%n", found, Math.log(1.5));
    require(Math.abs(found - Math.log(1.5)) < 1e-15, "the series of order 60");
  }

  static void show(String what, UnaryOperator<Tensor> f, double at, int order, String expected) {
    TaylorPolynomial p = Taylor.of(f, at, order);
    System.out.printf("%s%n  found    %s%n  expected %s%n", what, p, expected);
    double difference = p.evaluate(0.5) - Expr.parse(expected).evaluate(Map.of("x", 0.5));
    require(Math.abs(difference) < 1e-14, what);
  }

  static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what + ": not as expected");
    }
  }
}
