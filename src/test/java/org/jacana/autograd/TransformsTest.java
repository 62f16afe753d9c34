package org.jacana.autograd;

import static org.jacana.autograd.Transforms.grad;
import static org.jacana.autograd.Transforms.gradAll;
import static org.jacana.autograd.Transforms.hessian;
import static org.jacana.autograd.Transforms.hvp;
import static org.jacana.autograd.Transforms.jacobian;
import static org.jacana.autograd.Transforms.jvp;
import static org.jacana.autograd.Transforms.valueAndGrad;
import static org.jacana.autograd.Transforms.vjp;
import static org.jacana.autograd.Transforms.vmap;
import static org.jacana.autograd.Transforms.vmapAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransformsTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor of(double... v) {
    return Tensor.of(v);
  }

  private static Tensor random(int seed, int... shape) {
    Random r = new Random(seed);
    double[] v = r.doubles(Shape.of(shape).size(), -1, 1).toArray();
    return Tensor.of(v, v.length).reshape(shape);
  }

  private static void same(Tensor actual, double tolerance, double... expected) {
    assertArrayEquals(expected, actual.doubles(), tolerance);
  }

  /** (1 - x)^2 + 100 (y - x^2)^2. */
  private static Tensor rosenbrock(Tensor p) {
    Tensor x = p.at(0);
    return x.rsub(1).square().add(p.at(1).sub(x.square()).square().mul(100));
  }

  private static final double[] ROSENBROCK_HESSIAN = {2 - 400 * (1 - 3 * 1.44), 480, 480, 200};

  @Test
  void gradientsAreNumbersWhenNothingOutsideIsTracked() {
    Tensor g = grad(x -> x.square().sum()).apply(of(1, 2));
    same(g, 0, 2, 4);
    assertNull(g.node());
    Transforms.Valued v = valueAndGrad(x -> x.exp().sum()).apply(of(0));
    assertEquals(1, v.value().item());
    assertEquals(1, v.grad().item());
    assertNull(v.value().node());
  }

  @Test
  void severalArguments() {
    Function<List<Tensor>, Tensor> f = xs -> xs.get(0).mul(xs.get(1)).sum();
    List<Tensor> gs = gradAll(f).apply(List.of(of(1, 2), of(3, 4)));
    same(gs.get(0), 0, 3, 4);
    same(gs.get(1), 0, 1, 2);
    Transforms.ValuedAll v = Transforms.valueAndGradAll(f).apply(List.of(of(1, 2), of(3, 4)));
    assertEquals(11, v.value().item());
    List<List<Tensor>> h = hessian(f, List.of(of(1, 2), of(3, 4)));
    same(h.get(0).get(0), 0, 0, 0, 0, 0);
    same(h.get(0).get(1), 0, 1, 0, 0, 1);
    same(h.get(1).get(0), 0, 1, 0, 0, 1);
  }

  @Test
  void jacobianOfSoftmaxIsTheClosedForm() {
    Tensor x = random(1, 5);
    Tensor j = jacobian(t -> t.softmax(0), x);
    double[] s = x.softmax(0).doubles();
    double[] expected = new double[25];
    for (int a = 0; a < 5; a++) {
      for (int b = 0; b < 5; b++) {
        expected[5 * a + b] = s[a] * ((a == b ? 1 : 0) - s[b]);
      }
    }
    assertEquals(Shape.of(5, 5), j.shape());
    same(j, 1e-15, expected);
  }

  @Test
  void jacobiansByRowsAndByColumnsHaveTheShapesOfBothSides() {
    Tensor w = random(2, 2, 3);
    Tensor wide = jacobian(x -> x.matmul(w.transpose(0, 1)), random(3, 4, 3));
    assertEquals(Shape.of(4, 2, 4, 3), wide.shape());
    Tensor tall = jacobian(x -> x.matmul(w), random(3, 4, 2));
    assertEquals(Shape.of(4, 3, 4, 2), tall.shape());
    double[] d = tall.doubles();
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 4; k++) {
          for (int l = 0; l < 2; l++) {
            double expected = i == k ? w.at(l, j).item() : 0;
            assertEquals(expected, d[((i * 3 + j) * 4 + k) * 2 + l], 1e-15);
          }
        }
      }
    }
    List<Tensor> both = jacobian(xs -> xs.get(0).mul(xs.get(1)), List.of(of(2), of(3, 4, 5)));
    assertEquals(Shape.of(3, 1), both.get(0).shape());
    same(both.get(0), 0, 3, 4, 5);
    same(both.get(1), 0, 2, 0, 0, 0, 2, 0, 0, 0, 2);
  }

  @Test
  void emptyJacobians() {
    assertEquals(Shape.of(0, 0), jacobian(Tensor::exp, Tensor.zeros(0)).shape());
    assertEquals(Shape.of(2, 0), jacobian(x -> x.sum().expand(2), Tensor.zeros(0)).shape());
  }

  @Test
  void hessianOfRosenbrock() {
    Tensor p = of(-1.2, 1);
    same(grad(TransformsTest::rosenbrock).apply(p), 1e-10, -215.6, -88);
    Tensor h = hessian(TransformsTest::rosenbrock, p);
    assertEquals(Shape.of(2, 2), h.shape());
    same(h, 1e-9, ROSENBROCK_HESSIAN);
    same(hvp(TransformsTest::rosenbrock, p, of(1, 2)), 1e-9, 2290, 880);
    assertNull(h.node());
  }

  @Test
  void hessiansOfLinearAndConstantSlopesAreZero() {
    same(hessian(x -> x.mul(3).sum(), of(1, 2)), 0, 0, 0, 0, 0);
    same(hvp(x -> x.sum(), of(1, 2), of(1, 1)), 0, 0, 0);
    same(grad(grad(grad(x -> x.square()))).apply(Tensor.of(new double[] {3})), 0, 0);
  }

  @Test
  void thirdDerivativeOfSine() {
    Tensor x = of(0.7);
    same(grad(grad(grad(Tensor::sin))).apply(x), 1e-15, -Math.cos(0.7));
    same(jacobian(t -> hessian(Tensor::sin, t), x), 1e-15, -Math.cos(0.7));
  }

  @Test
  void jvpIsTheJacobianTimesTheTangent() {
    Tensor w = random(4, 3, 3);
    UnaryOperator<Tensor> f = x -> x.matmul(w).tanh();
    Tensor x = random(5, 2, 3);
    Tensor t = random(6, 2, 3);
    Transforms.Jvp r = jvp(f, x, t);
    same(r.value(), 0, f.apply(x).doubles());
    Tensor expected = jacobian(f, x).reshape(6, 6).matmul(t.reshape(6, 1));
    same(r.tangent(), 1e-14, expected.doubles());
    assertEquals(x.shape(), r.tangent().shape());
    Transforms.Jvp two =
        jvp(xs -> xs.get(0).mul(xs.get(1)), List.of(of(2), of(5)), List.of(of(10), of(1)));
    same(two.tangent(), 0, 52);
  }

  @Test
  void jvpAtInfiniteSlopesOfTheUnusedValue() {
    // The pullback's value is 0 * inf; its derivative is not.
    assertEquals(Double.POSITIVE_INFINITY, jvp(Tensor::sqrt, of(0), of(1)).tangent().item());
  }

  @Test
  void aPullbackMayBeCalledOften() {
    Transforms.Vjp r = vjp(x -> x.square(), of(1, 2, 3));
    same(r.value(), 0, 1, 4, 9);
    same(r.pullback().apply(of(1, 0, 0)), 0, 2, 0, 0);
    same(r.pullback().apply(of(0, 1, 1)), 0, 0, 4, 6);
    r.value().close();
    same(r.pullback().apply(of(0, 0, 1)), 0, 0, 0, 6);
  }

  @Test
  void jacobianOfAGradient() {
    same(jacobian(grad(TransformsTest::rosenbrock), of(-1.2, 1)), 1e-9, ROSENBROCK_HESSIAN);
  }

  @Test
  void gradientOfAJvp() {
    // d/dx of 3x^2 t.
    UnaryOperator<Tensor> f = x -> jvp(y -> y.pow(3), x, of(5)).tangent();
    same(grad(f).apply(of(2)), 1e-12, 60);
    // And by the tangent, which is an argument of the outer function too.
    same(grad(t -> jvp(y -> y.pow(3), of(2), t).tangent()).apply(of(5)), 1e-12, 12);
    // Along a direction of a direction.
    same(jvp(f, of(2), of(1)).tangent(), 1e-12, 60);
  }

  @Test
  void gradientOfAVjpByItsSeed() {
    same(grad(u -> vjp(Tensor::exp, of(1)).pullback().apply(u)).apply(of(7)), 1e-14, Math.E);
  }

  @Test
  void hessianOfAVmap() {
    UnaryOperator<Tensor> rows = vmap(TransformsTest::rosenbrock);
    Tensor p = Tensor.of(new double[] {-1.2, 1, -1.2, 1}, 2, 2);
    Tensor h = hessian(x -> rows.apply(x).sum(), p);
    assertEquals(Shape.of(2, 2, 2, 2), h.shape());
    double[] e = ROSENBROCK_HESSIAN;
    same(h, 1e-9, e[0], e[1], 0, 0, e[2], e[3], 0, 0, 0, 0, e[0], e[1], 0, 0, e[2], e[3]);
    Tensor blocks = vmap(x -> hessian(TransformsTest::rosenbrock, x)).apply(p);
    assertEquals(Shape.of(2, 2, 2), blocks.shape());
    same(blocks, 1e-9, e[0], e[1], e[2], e[3], e[0], e[1], e[2], e[3]);
    // Per-example gradients, differentiated once more through the loop.
    Tensor twice = grad(x -> vmap(grad(TransformsTest::rosenbrock)).apply(x).sum()).apply(p);
    same(twice, 1e-9, e[0] + e[2], e[1] + e[3], e[0] + e[2], e[1] + e[3]);
  }

  @Test
  void vmapMovesAxes() {
    Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Tensor y = vmap(c -> c.cumSum(0), 1, 1).apply(x);
    assertEquals(Shape.of(2, 3), y.shape());
    same(y, 0, 1, 2, 3, 5, 7, 9);
    assertEquals(Shape.of(3, 2), vmap(c -> c.cumSum(0), -1, 0).apply(x).shape());
    Tensor z =
        vmapAll(xs -> xs.get(0).matmul(xs.get(1)), new int[] {0, Transforms.WHOLE}, -1)
            .apply(List.of(random(1, 4, 2, 3), random(2, 3, 5)));
    assertEquals(Shape.of(2, 5, 4), z.shape());
  }

  @Test
  void capturedVariablesStayConnected() {
    // f(a) = d/dx (a^2 x^3) at x = 2, is 12 a^2.
    UnaryOperator<Tensor> f = a -> grad(x -> x.pow(3).mul(a.square())).apply(of(2));
    same(grad(f).apply(of(5)), 1e-10, 120);
    Tensor leaf = of(5).requiresGrad(true);
    Tensor y = f.apply(leaf);
    y.backward();
    same(leaf.grad(), 1e-10, 120);
    leaf.zeroGrad();
    assertFalse(Autograd.noGrad(() -> f.apply(leaf)).requiresGrad());
  }

  @Test
  void trackedArgumentsStayConnected() {
    Tensor x = of(2).requiresGrad(true);
    Tensor g = grad(t -> t.pow(3)).apply(x);
    same(Autograd.grad(g, x), 1e-12, 12);
    Transforms.Valued v = valueAndGrad(t -> t.pow(3)).apply(x);
    same(Autograd.grad(v.value(), x), 1e-12, 12);
  }

  @Test
  void backwardThroughAnUntrackedArgumentLeavesNoGradientBehind() {
    long before = Backends.standard().liveBytes();
    Tensor w = of(3).requiresGrad(true);
    try (Scope s = Scope.open()) {
      Tensor penalty = grad(x -> x.square().mul(w)).apply(of(2)).square();
      penalty.backward();
      same(w.grad(), 1e-12, 2 * 4 * 4 * 3);
    }
    w.zeroGrad();
    w.close();
    assertEquals(before, Backends.standard().liveBytes());
  }

  @Test
  void onlyTheResultIsLeft() {
    Tensor p = of(-1.2, 1);
    long before = Backends.standard().liveBytes();
    hessian(TransformsTest::rosenbrock, p).close();
    grad(TransformsTest::rosenbrock).apply(p).close();
    hvp(TransformsTest::rosenbrock, p, p).close();
    Transforms.Jvp j = jvp(Tensor::exp, p, p);
    j.value().close();
    j.tangent().close();
    vmap(Tensor::exp).apply(p).close();
    jacobian(x -> x.sum().expand(5), p).close();
    assertEquals(before, Backends.standard().liveBytes());
    assertThrows(IllegalArgumentException.class, () -> grad(Tensor::exp).apply(p));
    assertEquals(before, Backends.standard().liveBytes());
    assertTrue(Autograd.recording());
    try (Scope s = Scope.open()) {
      vjp(Tensor::exp, p).pullback().apply(p);
    }
    assertEquals(before, Backends.standard().liveBytes());
  }

  @Test
  void hessianVectorProductsOfANetworkAreDifferencesOfGradients() {
    Tensor x = random(1, 8, 4);
    Tensor y = random(2, 8, 2);
    List<Tensor> params = List.of(random(3, 4, 5), random(4, 5), random(5, 5, 2), random(6, 2));
    Function<List<Tensor>, Tensor> loss =
        p ->
            x.matmul(p.get(0))
                .add(p.get(1))
                .tanh()
                .matmul(p.get(2))
                .add(p.get(3))
                .sub(y)
                .square()
                .mean();
    List<Tensor> v = List.of(random(7, 4, 5), random(8, 5), random(9, 5, 2), random(10, 2));
    double h = 1e-5;
    List<Tensor> up = gradAll(loss).apply(step(params, v, h));
    List<Tensor> down = gradAll(loss).apply(step(params, v, -h));
    List<Tensor> product = hvp(loss, params, v);
    for (int i = 0; i < 4; i++) {
      same(product.get(i), 1e-8, up.get(i).sub(down.get(i)).mul(0.5 / h).doubles());
    }
  }

  private static List<Tensor> step(List<Tensor> p, List<Tensor> v, double h) {
    return java.util.stream.IntStream.range(0, p.size())
        .mapToObj(i -> p.get(i).add(v.get(i).mul(h)))
        .toList();
  }

  @Test
  void onAnotherDevice() {
    try (Scope s = Scope.open(Device.REFERENCE)) {
      Tensor p = of(-1.2, 1);
      Tensor h;
      try (Scope other = Scope.open(Device.CPU)) {
        h = other.keep(hessian(TransformsTest::rosenbrock, p));
      }
      assertEquals(Device.REFERENCE, h.device());
      same(h, 1e-9, ROSENBROCK_HESSIAN);
    }
  }

  private static void refused(String message, Runnable r) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, r::run).getMessage());
  }

  @Test
  void mistakesAreNamed() {
    refused(
        "grad: the function must give one element, got [2]; reduce it with sum() or mean(), or use"
            + " vjp with a seed, or jacobian",
        () -> grad(Tensor::exp).apply(of(1, 2)));
    refused(
        "grad: the function's result F64 [1] is not recorded (a constant, detached, inside noGrad,"
            + " or read out as numbers); compute it from the argument with differentiable tensor"
            + " operations",
        () -> grad(x -> x.detach().exp()).apply(of(1)));
    refused("jacobian: the function returned null", () -> jacobian(x -> null, of(1)));
    refused(
        "jvp: tangent 0 must be float and have its argument's shape [2], got F64 [3]",
        () -> jvp(Tensor::exp, of(1, 2), of(1, 2, 3)));
    refused(
        "hvp: vector 0 must be float and have its argument's shape [2], got I32 [2]",
        () -> hvp(Tensor::sum, of(1, 2), Tensor.arange(2)));
    refused(
        "jvp: needs one tangent for each argument, got 0 for 1",
        () -> jvp(xs -> xs.get(0), List.of(of(1)), List.of()));
    refused(
        "vjp: the seed must be float and have the value's shape [2], got F64 [1]",
        () -> vjp(Tensor::exp, of(1, 2)).pullback().apply(of(1)));
    refused(
        "grad: argument 0 is I32, but derivatives need float types; cast it, or let the function"
            + " capture it",
        () -> grad(Tensor::sum).apply(Tensor.arange(3)));
    refused(
        "vmap: axis 0 of [0, 2] is empty, so the result's shape is unknown",
        () -> vmap(Tensor::exp).apply(Tensor.zeros(0, 2)));
    refused(
        "vmap: axis 3 is out of range for shape [2] of rank 1",
        () -> vmap(Tensor::exp, 3, 0).apply(of(1, 2)));
    refused("grad: needs at least one argument", () -> gradAll(xs -> null).apply(List.of()));
  }
}
