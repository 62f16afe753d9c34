package org.jacana.calculus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.jacana.calculus.Backpropagation.Step;
import org.junit.jupiter.api.Test;

/** Adjoints by hand, and the variables' against symbolic derivatives. */
class BackpropagationTest {
  /** (x + y) sin(x): at (2, 3) the parts are 5 and sin 2. */
  @Test
  void byHand() {
    List<Step> steps =
        Backpropagation.steps(Expr.parse("(x + y)*sin(x)"), Map.of("x", 2.0, "y", 3.0));
    assertEquals(5, steps.size(), steps::toString);
    step(steps, "y", 3, Math.sin(2));
    step(steps, "x", 2, Math.sin(2) + 5 * Math.cos(2));
    step(steps, "x + y", 5, Math.sin(2));
    step(steps, "sin(x)", Math.sin(2), 5);
    assertEquals(new Step(Expr.parse("(x + y)*sin(x)"), 5 * Math.sin(2), 1), steps.get(4));
  }

  private static void step(List<Step> steps, String part, double value, double adjoint) {
    Step s = steps.stream().filter(t -> t.part().equals(Expr.parse(part))).findAny().orElseThrow();
    assertEquals(value, s.value(), 1e-15, part);
    assertEquals(adjoint, s.adjoint(), 1e-14, part);
  }

  @Test
  void everyKindOfPart() {
    Map<String, Double> at = Map.of("x", 0.7, "y", 1.4);
    for (String text :
        List.of(
            "sqrt(x^2 + exp(x^2)) + y*cos(x^2 + exp(x^2))",
            "x^y*atan2(x, y) - 3*x/(1 + y^2)",
            "where(x < y, max(x, y^2), x) + polygamma(0, x*y)",
            "sigmoid(x*y)*log(x + y)/tanh(x)",
            "detach(x)*x + 2*y")) {
      Expr e = Expr.parse(text);
      for (String name : List.of("x", "y")) {
        Step s =
            Backpropagation.steps(e, at).stream()
                .filter(t -> t.part().equals(Expr.variable(name)))
                .findAny()
                .orElseThrow();
        assertEquals(e.d(name).evaluate(at), s.adjoint(), 1e-12, text);
      }
    }
    assertThrows(
        IllegalArgumentException.class, () -> Backpropagation.steps(Expr.parse("x*z"), at));
  }
}
