package org.jacana.calculus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The chain rule as backpropagation applies it to one expression, with every step to be looked at:
 * forwards the values of all parts, backwards their adjoints, the derivatives of the whole by each
 * part. One sweep gives the derivatives by all variables.
 */
public final class Backpropagation {
  private Backpropagation() {}

  /**
   * A part of an expression.
   *
   * @param part the part
   * @param value its value
   * @param adjoint the derivative of the whole by this part, all paths added up
   */
  public record Step(Expr part, double value, double adjoint) {}

  /**
   * All different parts that depend on variables, in the order in which they are computed; the
   * whole comes last, with an adjoint of 1.
   *
   * @throws IllegalArgumentException if a variable has no value
   */
  public static List<Step> steps(Expr root, Map<String, Double> at) {
    List<Expr> parts = new ArrayList<>(Graph.parts(List.of(root)));
    List<String> names = List.copyOf(at.keySet());
    double[] values = new Program(parts, names).run(names.stream().mapToDouble(at::get).toArray());
    Map<Expr, Double> value = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      value.put(parts.get(i), values[i]);
    }
    Map<Expr, Double> adjoint = new HashMap<>(Map.of(root, 1.0));
    for (int i = parts.size() - 1; i >= 0; i--) {
      Expr e = parts.get(i);
      Expr[] children = e.children();
      for (int k = 0; k < children.length; k++) {
        double term = adjoint.getOrDefault(e, 0.0);
        // What a constant exponent would get may have no value, and nobody asks.
        if (term != 0 && !(children[k] instanceof Constant)) {
          adjoint.merge(children[k], term * slope(e, k, value), Double::sum);
        }
      }
    }
    List<Step> steps = new ArrayList<>();
    Set<Expr> varying = new HashSet<>();
    for (Expr e : parts) {
      if (e instanceof Variable || Arrays.stream(e.children()).anyMatch(varying::contains)) {
        varying.add(e);
        steps.add(new Step(e, value.get(e), adjoint.getOrDefault(e, 0.0)));
      }
    }
    return Collections.unmodifiableList(steps);
  }

  /** The derivative of a part by its child k, all other children held fixed. */
  private static double slope(Expr e, int k, Map<Expr, Double> value) {
    Expr[] children = e.children();
    if (e instanceof Sum s) {
      return s.coefficients[k].value;
    }
    if (e instanceof Product p) {
      double product = p.coefficient.value;
      for (int i = 0; i < children.length; i++) {
        product *= i == k ? 1 : value.get(children[i]);
      }
      return product;
    }
    double first = value.get(children[0]);
    if (e instanceof Power) {
      double exponent = value.get(children[1]);
      return k == 0 ? exponent * Math.pow(first, exponent - 1) : value.get(e) * Math.log(first);
    }
    // The function's own rule, at numbers in place of its arguments.
    String[] names = new String[children.length];
    Expr[] arguments = new Expr[children.length];
    double[] numbers = new double[children.length];
    for (int i = 0; i < children.length; i++) {
      names[i] = "u" + i;
      arguments[i] = children[i] instanceof Constant ? children[i] : Expr.variable(names[i]);
      numbers[i] = value.get(children[i]);
    }
    return ((Call) e).fn.slope(arguments, k).function(names).applyAsDouble(numbers);
  }
}
