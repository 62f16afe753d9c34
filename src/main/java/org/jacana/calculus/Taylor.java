package org.jacana.calculus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Taylor polynomials. Those of functions written with tensor operations are made in float64 by
 * differentiating gradients again and again: exact up to rounding, but the graph grows with every
 * order, for functions like tan about threefold: order 8 takes a fraction of a second, 10 seconds.
 * Those of expressions (which {@link Tracer} makes of such functions) cost little at any order.
 */
public final class Taylor {
  private Taylor() {}

  /**
   * The polynomial of a function of one variable.
   *
   * @param f called with a scalar, gives one element
   * @param at the point around which to expand
   * @param order at least 0
   * @throws IllegalArgumentException if f's value has not one element or the order is negative
   */
  public static TaylorPolynomial of(UnaryOperator<Tensor> f, double at, int order) {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {at}).reshape();
      return expand(f, x, order);
    }
  }

  /**
   * The polynomial of a function of several variables, with a term for each multi-index up to the
   * order: for n variables (n + order)! / (n! order!) of them.
   *
   * @param f called with a vector of at's length, gives one element
   */
  public static TaylorPolynomial of(UnaryOperator<Tensor> f, double[] at, int order) {
    if (at.length == 0) {
      throw new IllegalArgumentException("Taylor: needs at least one variable");
    }
    try (Scope s = Scope.open()) {
      return expand(f, Tensor.of(at), order);
    }
  }

  /**
   * The polynomial of an expression in one variable, by arithmetic on power series: for any order,
   * at a cost of its square for each part.
   *
   * @throws IllegalArgumentException if the expression has other variables, or no Taylor series
   *     around the point, or contains a function without a rule (erfinv)
   */
  public static TaylorPolynomial of(Expr f, String variable, double at, int order) {
    requireOrder(order);
    double[] c = PowerSeries.of(f, variable, at, order);
    Map<List<Integer>, Double> terms = new LinkedHashMap<>();
    for (int k = 0; k <= order; k++) {
      terms.put(List.of(k), c[k]);
    }
    return new TaylorPolynomial(new double[] {at}, order, terms);
  }

  private static void requireOrder(int order) {
    if (order < 0) {
      throw new IllegalArgumentException("Taylor: the order must not be negative, got " + order);
    }
  }

  /** A partial derivative with the graph behind it, and its multi-index. */
  private record Partial(int[] index, Tensor value) {
    /** Only variables from the last one on: each multi-index is reached once. */
    int last() {
      for (int i = index.length - 1; i > 0; i--) {
        if (index[i] > 0) {
          return i;
        }
      }
      return 0;
    }
  }

  private static TaylorPolynomial expand(UnaryOperator<Tensor> f, Tensor at, int order) {
    requireOrder(order);
    int n = Math.toIntExact(at.size());
    Map<List<Integer>, Double> terms = new LinkedHashMap<>();
    try (Autograd.Mode on = Autograd.enableGrad()) {
      Tensor x = at.detach().requiresGrad(true);
      Tensor y = f.apply(x);
      if (y.size() != 1) {
        throw new IllegalArgumentException(
            "Taylor: the function must give one element, got " + y.shape() + "; reduce it");
      }
      List<Partial> level = List.of(new Partial(new int[n], y.reshape()));
      for (int k = 0; k <= order; k++) {
        level.forEach(p -> put(terms, p));
        level = k == order ? List.of() : next(level, x);
      }
    }
    return new TaylorPolynomial(at.doubles(), order, terms);
  }

  private static void put(Map<List<Integer>, Double> terms, Partial p) {
    double factorial = 1;
    for (int power : p.index) {
      for (int i = 2; i <= power; i++) {
        factorial *= i;
      }
    }
    terms.put(Arrays.stream(p.index).boxed().toList(), p.value.item() / factorial);
  }

  private static List<Partial> next(List<Partial> level, Tensor x) {
    List<Partial> out = new ArrayList<>();
    for (Partial p : level) {
      Tensor g = Autograd.grad(p.value, null, List.of(x), true, true, true).get(0);
      for (int i = p.last(); i < p.index.length; i++) {
        int[] index = p.index.clone();
        index[i]++;
        out.add(new Partial(index, g.reshape(p.index.length).at(i)));
      }
    }
    return out;
  }

  /**
   * Lagrange's remainder of a function of one variable: the largest |derivative of order + 1| among
   * evenly spaced points from at to x, times |x - at|^(order + 1) / (order + 1)!. A bound of the
   * polynomial's error as far as the points see the derivative's largest value.
   *
   * @param samples at least 2; both ends are among them
   */
  public static double remainder(
      UnaryOperator<Tensor> f, double at, int order, double x, int samples) {
    if (samples < 2) {
      throw new IllegalArgumentException("remainder: needs at least 2 samples, got " + samples);
    }
    double largest = 0;
    for (int i = 0; i < samples; i++) {
      double t = at + (x - at) * i / (samples - 1);
      largest = Math.max(largest, Math.abs(of(f, t, order + 1).coefficient(order + 1)));
    }
    return largest * Math.pow(Math.abs(x - at), order + 1);
  }
}
