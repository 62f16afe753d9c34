package org.jacana.calculus;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A polynomial in powers of x - a: for each multi-index the derivative at a by the factorial, in
 * order of degree. Immutable.
 */
public final class TaylorPolynomial {
  private final double[] center;
  private final int order;
  private final Map<List<Integer>, Double> terms;

  TaylorPolynomial(double[] center, int order, Map<List<Integer>, Double> terms) {
    this.center = center.clone();
    this.order = order;
    this.terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
  }

  /** The point a around which the polynomial agrees with its function. */
  public double[] center() {
    return center.clone();
  }

  public int order() {
    return order;
  }

  /** Coefficients by multi-index, the zero ones too. */
  public Map<List<Integer>, Double> terms() {
    return terms;
  }

  /**
   * The coefficient of the product of (x[i] - a[i]) to the powers.
   *
   * @throws IllegalArgumentException if there is not one power for each variable, or their sum is
   *     above the order
   */
  public double coefficient(int... powers) {
    Double c = terms.get(Arrays.stream(powers).boxed().toList());
    if (c == null) {
      throw new IllegalArgumentException(
          "coefficient: needs "
              + center.length
              + " powers that add up to at most "
              + order
              + ", got "
              + Arrays.toString(powers));
    }
    return c;
  }

  /** The polynomial's value. */
  public double evaluate(double... x) {
    if (x.length != center.length) {
      throw new IllegalArgumentException(
          "evaluate: needs " + center.length + " numbers, got " + x.length);
    }
    double sum = 0;
    for (Map.Entry<List<Integer>, Double> t : terms.entrySet()) {
      double product = t.getValue();
      for (int i = 0; i < x.length; i++) {
        product *= Math.pow(x[i] - center[i], t.getKey().get(i));
      }
      sum += product;
    }
    return sum;
  }

  /** The polynomial as an expression in variables of these names; 1.0 / 3 becomes 1/3. */
  public Expr toExpr(String... names) {
    requireNames(names);
    Expr[] shifted = new Expr[names.length];
    Arrays.setAll(shifted, i -> Expr.variable(names[i]).sub(Expr.of(center[i])));
    return Expr.sum(
        terms.entrySet().stream()
            .map(
                t -> {
                  Expr product = Recording.number("toExpr", t.getValue());
                  for (int i = 0; i < shifted.length; i++) {
                    product = product.mul(shifted[i].pow(t.getKey().get(i)));
                  }
                  return product;
                })
            .toList());
  }

  private void requireNames(String[] names) {
    if (names.length != center.length) {
      throw new IllegalArgumentException(
          "toExpr: needs " + center.length + " names, got " + names.length);
    }
  }

  private String[] names() {
    if (center.length == 1) {
      return new String[] {"x"};
    }
    String[] names = new String[center.length];
    Arrays.setAll(names, i -> "x" + (i + 1));
    return names;
  }

  /** LaTeX in ascending degree, variables as named. */
  public String latex(String... names) {
    requireNames(names);
    return print(
        (i, power) ->
            factor(Expr.variable(names[i]).latex(), i) + (power == 1 ? "" : "^{" + power + "}"),
        " ");
  }

  /** The terms that are not zero, in ascending degree; variables are x, or x1, x2 and so on. */
  @Override
  public String toString() {
    return toString(names());
  }

  /** {@link #toString()} with variables as named. */
  public String toString(String... names) {
    requireNames(names);
    return print((i, power) -> factor(names[i], i) + (power == 1 ? "" : "^" + power), "*");
  }

  private String factor(String name, int i) {
    double a = center[i];
    return a == 0 ? name : "(" + name + (a < 0 ? " + " : " - ") + number(Math.abs(a)) + ")";
  }

  private static String number(double v) {
    return v == Math.rint(v) && Math.abs(v) < 1e15 ? Long.toString((long) v) : Double.toString(v);
  }

  private String print(BiFunction<Integer, Integer, String> power, String times) {
    StringBuilder out = new StringBuilder();
    terms.forEach(
        (powers, c) -> {
          if (c == 0) {
            return;
          }
          StringBuilder product = new StringBuilder();
          for (int i = 0; i < center.length; i++) {
            if (powers.get(i) > 0) {
              product.append(product.isEmpty() ? "" : times).append(power.apply(i, powers.get(i)));
            }
          }
          double size = Math.abs(c);
          out.append(out.isEmpty() ? (c < 0 ? "-" : "") : c < 0 ? " - " : " + ");
          if (size != 1 || product.isEmpty()) {
            out.append(number(size)).append(product.isEmpty() ? "" : times);
          }
          out.append(product);
        });
    return out.isEmpty() ? "0" : out.toString();
  }
}
