package org.jacana.calculus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.CustomOp;
import org.jacana.autograd.Transforms;
import org.jacana.autograd.Watch;
import org.jacana.calculus.Tracer.Argument;
import org.junit.jupiter.api.Test;

/** Functions of tensors as expressions that a reader would write. */
class TracerTest {
  private static String text(UnaryOperator<Tensor> f) {
    return Tracer.trace(f, "x").toString();
  }

  private static String text(UnaryOperator<Tensor> f, int... shape) {
    return Tracer.trace(f, "x", shape).toString();
  }

  @Test
  void scalars() {
    assertEquals("x^2*sin(x)", text(x -> x.square().mul(x.sin())));
    assertEquals("sin(pi*x)", text(x -> x.mul(Math.PI).sin()));
    assertEquals("x*sigmoid(x)", text(Tensor::silu));
    assertEquals("x*(erf(sqrt(2)*x/2) + 1)/2", text(Tensor::gelu));
    assertEquals("where(x < -1, -1, where(2 < x, 2, x))", text(x -> x.clamp(-1, 2)));
    assertEquals("1/(3*x)", text(x -> x.mul(3).reciprocal()));
    assertEquals("0.044715*x + 1/3", text(x -> x.mul(0.044715).add(1.0 / 3)));
    assertEquals("3*x^2", text(Transforms.grad(x -> x.pow(3))));
  }

  @Test
  void vectorsAndMatrices() {
    assertEquals("(x1 + x2 + x3)/3", text(x -> x.mean(), 3));
    assertEquals("[x2, exp(x1)]", text(x -> Tensor.stack(0, x.at(1), x.at(0).exp()), 2));
    assertEquals("[[x1_1, x2_1], [x1_2, x2_2]]", text(x -> x.transpose(0, 1), 2, 2));
    assertEquals("[7, x2, x1, 7]", text(x -> x.pad(7, 1, 1).flip(0), 2));
    assertEquals("[x1, x1 + x2, x1 + x2 + x3]", text(x -> x.cumSum(0), 3));
    assertEquals("[x3, x1]", text(x -> x.indexSelect(0, Tensor.of(new int[] {2, 0})), 3));
    assertEquals("x1^2 + x2^2", text(x -> x.dot(x), 2));
    assertEquals("x1*x2*x3", text(x -> x.prod(), 3));
    assertEquals(
        "[exp(x1)/(exp(x1) + exp(x2)), exp(x2)/(exp(x1) + exp(x2))]", text(x -> x.softmax(0), 2));
    Expr[] both =
        Tracer.trace(
                xs -> xs.get(0).matmul(xs.get(1)).relu(),
                Argument.of("w", 2, 2),
                Argument.of("x", 2))
            .elements()
            .toArray(Expr[]::new);
    assertEquals("relu(w1_1*x1 + w1_2*x2)", both[0].toString());
    assertEquals("relu(w2_1*x1 + w2_2*x2)", both[1].toString());
  }

  /** The shift against overflow cancels, also in the gradient. */
  @Test
  void logSumExp() {
    Expr e = Tracer.trace(x -> x.logSumExp(new int[] {0}, false), "x", 3).at().simplify();
    assertEquals("log(exp(x1) + exp(x2) + exp(x3))", e.toString());
    assertEquals("exp(x2)/(exp(x1) + exp(x2) + exp(x3))", e.d("x2").toString());
  }

  @Test
  void gradientsAgreeWithAutograd() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {0.3, -0.2, 0.5, 0.7, -0.4, 0.1}, 2, 3);
      UnaryOperator<Tensor> f =
          x -> w.matmul(x).tanh().softmax(0).log().mul(x.slice(0, 0, 2)).sum();
      ExprArray e = Tracer.trace(f, "x", 3);
      assertEquals(Shape.of(), e.shape());
      Map<String, Double> at = Map.of("x1", 0.4, "x2", -1.2, "x3", 0.9);
      Tensor x = Tensor.of(new double[] {0.4, -1.2, 0.9});
      String[] names = Argument.of("x", 3).names();
      assertEquals(f.apply(x).item(), e.at().evaluate(at), 1e-14);
      assertArrayEquals(
          Transforms.grad(f).apply(x).doubles(), e.at().gradient(names).evaluate(at), 1e-13);
      assertArrayEquals(
          Transforms.hessian(f, x).doubles(), e.at().hessian(names).evaluate(at), 1e-12);
      assertArrayEquals(
          Transforms.hessian(f, x).doubles(), e.at().hessian(names).simplify().evaluate(at), 1e-12);
    }
  }

  /** An expression is a function of tensors again, and differentiable. */
  @Test
  void thereAndBack() {
    try (Scope s = Scope.open()) {
      UnaryOperator<Tensor> f = x -> x.square().add(1).sqrt().mul(x.sin()).div(x.abs().add(2));
      Expr e = Tracer.trace(f, "x");
      UnaryOperator<Tensor> g = x -> e.evaluateTensor(Map.of("x", x));
      Tensor x = Tensor.of(new double[] {-2, -0.5, 0.3, 1.7});
      assertArrayEquals(f.apply(x).doubles(), g.apply(x).doubles(), 1e-15);
      UnaryOperator<Tensor> slope = Transforms.grad(t -> f.apply(t).sum());
      assertArrayEquals(
          slope.apply(x).doubles(),
          Transforms.grad(t -> g.apply(t).sum()).apply(x).doubles(),
          1e-14);
      Tensor single = x.to(DType.F32);
      assertEquals(DType.F32, g.apply(single).dtype());
      assertEquals(e, Tracer.trace(g, "x"));
    }
  }

  @Test
  void onEveryDevice() {
    for (Device device : Devices.all()) {
      try (Scope s = Scope.open(device)) {
        Tensor w = Tensor.of(new double[] {1, -2, 0.5, 3}, 2, 2);
        UnaryOperator<Tensor> f = x -> w.matmul(x).sigmoid().pad(0.25, 1, 0).sum();
        Expr e = Tracer.trace(f, "x", 2).at();
        assertEquals("sigmoid(x1 - 2*x2) + sigmoid(x1/2 + 3*x2) + 1/4", e.toString());
        Tensor x = Tensor.of(new double[] {0.3, -0.7});
        UnaryOperator<Tensor> g = t -> e.evaluateTensor(Map.of("x1", t.at(0), "x2", t.at(1)));
        assertEquals(device, g.apply(x).device());
        assertArrayEquals(
            Transforms.grad(f).apply(x).doubles(), Transforms.grad(g).apply(x).doubles(), 1e-14);
      }
    }
  }

  @Test
  void detachedValuesHaveNoDerivative() {
    Expr e = Tracer.trace(x -> x.add(x.round().sub(x).detach()), "x");
    assertEquals("x + detach(round(x) - x)", e.toString());
    assertEquals("1", e.d("x").toString(), "the straight-through estimator");
    assertEquals(2, e.evaluate(Map.of("x", 1.7)));
    Expr off = Tracer.trace(x -> x.mul(Autograd.noGrad(() -> x.exp())), "x");
    assertEquals("x*detach(exp(x))", off.toString());
  }

  @Test
  void infinitiesMayStandInMasks() {
    double low = Double.NEGATIVE_INFINITY;
    assertEquals(
        "[1, 0]",
        text(x -> Tensor.where(Tensor.of(new boolean[] {true, false}), x, low).softmax(0), 2));
    assertThrows(IllegalArgumentException.class, () -> text(x -> x.add(low)));
  }

  @Test
  void watchingEndsWithTheTrace() {
    assertThrows(IllegalArgumentException.class, () -> text(x -> x.mul(x.item())));
    assertEquals(false, Watch.on());
  }

  private static void refuses(String part, Function<Tensor, Tensor> f, int... shape) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> Tracer.trace(x -> f.apply(x), "x", shape));
    assertTrue(e.getMessage().startsWith("trace: "), e.getMessage());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @Test
  void refusals() {
    CustomOp cube =
        CustomOp.of("cube", x -> x[0].pow(3))
            .gradient((x, y, g) -> new Tensor[] {g.mul(x[0].square()).mul(3)});
    refuses("'cube'", x -> cube.apply(x));
    refuses("'maxPool2d' on [[1, 2, 2, 1]]", x -> x.maxPool2d(2, 1), 1, 2, 2, 1);
    refuses("doubles()", x -> x.mul(x.doubles()[0]));
    refuses("argmax()", x -> x.indexSelect(0, x.argmax(0).reshape(1)), 3);
    refuses("different things", x -> x.mul(Tensor.rand(1).to(DType.F64)), 1);
    refuses("NaN", x -> x.add(Tensor.of(new double[] {Double.NaN})));
    refuses("few digits", x -> x.to(DType.F16));
    refuses(
        "in place",
        x -> {
          Tensor y = x.sin();
          y.assign(x);
          return y.mul(2);
        });
    assertThrows(IllegalArgumentException.class, () -> text(x -> null));
    assertThrows(IllegalArgumentException.class, () -> Tracer.trace(x -> x, "1x", 2));
    assertEquals(List.of("x1_1", "x1_2"), List.of(Argument.of("x", 1, 2).names()));
  }
}
