package org.jacana.calculus;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Expressions as a straight list of steps, each different part computed once; for evaluating many
 * times.
 */
final class Program {
  final List<Expr> steps;
  final int[][] inputs;
  final int[] outputs;
  final int[] variables;

  /**
   * Compiles.
   *
   * @throws IllegalArgumentException if a variable is not among the names
   */
  Program(List<Expr> roots, List<String> names) {
    steps = Graph.parts(roots);
    Map<Expr, Integer> at = new HashMap<>();
    inputs = new int[steps.size()][];
    variables = new int[steps.size()];
    for (int i = 0; i < steps.size(); i++) {
      Expr e = steps.get(i);
      Expr[] parts = e.children();
      inputs[i] = new int[parts.length];
      for (int k = 0; k < parts.length; k++) {
        inputs[i][k] = at.get(parts[k]);
      }
      if (e instanceof Variable v) {
        variables[i] = names.indexOf(v.name);
        if (variables[i] < 0) {
          throw new IllegalArgumentException(
              "evaluate: variable '" + v.name + "' has no value; values are given for " + names);
        }
      }
      at.put(e, i);
    }
    outputs = roots.stream().mapToInt(at::get).toArray();
  }

  double[] run(double... values) {
    double[] found = new double[steps.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = step(i, values, found);
    }
    double[] out = new double[outputs.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = found[outputs[i]];
    }
    return out;
  }

  private double step(int i, double[] values, double[] found) {
    Expr e = steps.get(i);
    int[] x = inputs[i];
    if (e instanceof Variable) {
      return values[variables[i]];
    }
    if (e instanceof Constant c) {
      return c.value;
    }
    if (e instanceof Sum s) {
      double sum = s.constant.value;
      for (int k = 0; k < x.length; k++) {
        sum += s.coefficients[k].value * found[x[k]];
      }
      return sum;
    }
    if (e instanceof Product p) {
      double product = p.coefficient.value;
      for (int k : x) {
        product *= found[k];
      }
      return product;
    }
    if (e instanceof Power) {
      double exponent = found[x[1]];
      return exponent == 0.5 ? Math.sqrt(found[x[0]]) : Math.pow(found[x[0]], exponent);
    }
    double[] arguments = new double[x.length];
    for (int k = 0; k < x.length; k++) {
      arguments[k] = found[x[k]];
    }
    return ((Call) e).fn.apply(arguments);
  }
}
