package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.calculus.Expr;
import org.jacana.calculus.ExprArray;
import org.jacana.calculus.Tracer;
import org.junit.jupiter.api.Test;

/**
 * Every row of the table becomes expressions with the same values and gradients, or is refused by a
 * sentence that names the operation.
 */
class TracedCasesTest {
  private static final int LARGEST = 24;
  private static final int MOST_VARIABLES = 6;
  private static final int SAMPLES = 2;
  private static final Pattern REFUSAL = Pattern.compile("trace: operation '([^']+)'.*");

  private int values;
  private int gradients;
  private int others;
  private final Set<String> refused = new TreeSet<>();
  private final List<String> wrong = new ArrayList<>();

  @Test
  void everyRow() {
    int rows = 0;
    Map<String, Integer> seen = new HashMap<>();
    for (OpCase c : OpCases.all()) {
      Arg[] in = c.arguments();
      long size = 0;
      boolean finite = true;
      for (Arg a : in) {
        size += a.type().isFloat() ? a.values().length : 0;
        finite &= Arrays.stream(a.values()).allMatch(Double::isFinite);
      }
      boolean small = size > 0 && size <= LARGEST && !c.large();
      if (!small || !finite || seen.merge(c.method(), 1, Integer::sum) > SAMPLES) {
        continue;
      }
      rows++;
      try (Scope s = Scope.open()) {
        check(c, in);
      } catch (IllegalArgumentException e) {
        Matcher m = REFUSAL.matcher(String.valueOf(e.getMessage()));
        if (m.matches()) {
          refused.add(m.group(1));
        } else if (String.valueOf(e.getMessage()).startsWith("trace: ")) {
          others++;
        } else {
          wrong.add(c + ": " + e);
        }
      } catch (RuntimeException e) {
        wrong.add(c + ": " + e);
      }
    }
    assertEquals(List.of(), wrong, () -> String.join("\n", wrong));
    assertEquals(Set.of("maxPool2d"), refused, "the operations without a rule");
    // Others pick by position, as sorting does.
    assertTrue(others * 10 < rows, others + " of " + rows + " rows are refused");
    assertTrue(values > 400 && gradients > 150, values + ", " + gradients);
  }

  private void check(OpCase c, Arg[] in) {
    List<Tracer.Argument> arguments = new ArrayList<>();
    Tensor[] inputs = new Tensor[in.length];
    Map<String, Double> at = new HashMap<>();
    for (int i = 0; i < in.length; i++) {
      inputs[i] = in[i].tensor(DType.F64);
      if (in[i].type().isFloat()) {
        Tracer.Argument a = Tracer.Argument.of("v" + (char) ('a' + i), in[i].shape());
        arguments.add(a);
        for (int k = 0; k < in[i].values().length; k++) {
          at.put(a.names()[k], in[i].values()[k]);
        }
      }
    }
    Function<List<Tensor>, Tensor> f =
        xs -> {
          Tensor[] all = inputs.clone();
          int k = 0;
          for (int i = 0; i < all.length; i++) {
            all[i] = in[i].type().isFloat() ? xs.get(k++) : all[i];
          }
          return c.f().apply(all);
        };
    ExprArray traced = Tracer.trace(f, arguments.toArray(Tracer.Argument[]::new));
    List<Tensor> xs = new ArrayList<>();
    for (Tensor t : inputs) {
      if (t.dtype().isFloat()) {
        xs.add(t.requiresGrad(true));
      }
    }
    Tensor y = f.apply(xs);
    assertEquals(y.shape(), traced.shape());
    compare(
        c + " value", y.doubles(), traced.evaluate(at), c.name().contains("float32") ? 1e-6 : 1e-9);
    values++;
    if (c.order() > 0 && y.dtype().isFloat() && at.size() <= MOST_VARIABLES) {
      gradient(c, arguments, at, traced, xs, y);
    }
  }

  private void gradient(
      OpCase c,
      List<Tracer.Argument> arguments,
      Map<String, Double> at,
      ExprArray traced,
      List<Tensor> xs,
      Tensor y) {
    double[] weights = new double[Math.toIntExact(y.size())];
    List<Expr> terms = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      weights[i] = 1 + 0.25 * i;
      terms.add(traced.elements().get(i).mul(weights[i]));
    }
    Expr sum = Expr.sum(terms);
    Tensor seed = Tensor.of(weights, weights.length).reshape(y.shape());
    List<Tensor> gs = Autograd.grad(y, seed, xs, false, false, true);
    for (int i = 0; i < gs.size(); i++) {
      double[] symbolic = sum.gradient(arguments.get(i).names()).evaluate(at);
      compare(c + " gradient", gs.get(i).doubles(), symbolic, 1e-7);
    }
    gradients++;
  }

  private void compare(String what, double[] expected, double[] got, double tolerance) {
    for (int i = 0; i < expected.length; i++) {
      double e = expected[i];
      boolean same =
          e == got[i]
              || Math.abs(e - got[i]) <= tolerance * Math.max(1, Math.abs(e))
              || !Double.isFinite(e);
      if (!same) {
        wrong.add(what + " " + i + ": " + got[i] + " for " + e);
        return;
      }
    }
  }
}
