package org.jacana.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor random(int seed, int... shape) {
    double[] v = new Random(seed).doubles(Shape.of(shape).size(), -1, 1).toArray();
    return Tensor.of(v, v.length).reshape(shape);
  }

  @Test
  void gradientsOfArgumentsAndCapturedParametersAreBitEqual() {
    Tensor x = random(1, 4, 3).requiresGrad(true);
    Tensor w = random(2, 3, 5).requiresGrad(true);
    Tensor scale = random(3, 5).requiresGrad(true);
    // Captured too, computed from a parameter that is captured itself.
    Tensor derived = scale.exp();
    UnaryOperator<Tensor> f = t -> t.matmul(w).tanh().mul(derived).add(scale);
    List<Tensor> xs = List.of(x, w, scale);
    List<Tensor> plain = Autograd.grad(f.apply(x).square().sum(), null, xs, false, true, false);
    Tensor y = Transforms.checkpoint(f, x);
    List<Tensor> again = Autograd.grad(y.square().sum(), null, xs, false, true, false);
    for (int i = 0; i < xs.size(); i++) {
      assertArrayEquals(plain.get(i).doubles(), again.get(i).doubles(), "" + i);
    }
    // The graph of what was captured is still whole.
    y.square().sum().backward();
    assertArrayEquals(plain.get(2).doubles(), scale.grad().doubles());
    scale.zeroGrad();
    w.zeroGrad();
    x.zeroGrad();
  }

  @Test
  void higherOrders() {
    Tensor w = random(2, 3).requiresGrad(true);
    GradientCheck.of(
            in -> Transforms.checkpoint(t -> t.get(0).mul(t.get(1)).sin(), List.of(in[0], in[1])))
        .order(3)
        .tolerance(1e-6, 1e-5)
        .check(random(3, 3), random(4, 3));
    // The second input reaches the function by capture.
    GradientCheck.of(in -> Transforms.checkpoint(t -> t.mul(in[1]).sin(), in[0]))
        .order(3)
        .tolerance(1e-6, 1e-5)
        .check(random(3, 3), random(4, 3));
    Tensor h = Transforms.hessian(x -> Transforms.checkpoint(t -> t.pow(3).sum(), x), w.detach());
    double[] v = w.doubles();
    assertArrayEquals(
        new double[] {6 * v[0], 0, 0, 0, 6 * v[1], 0, 0, 0, 6 * v[2]}, h.doubles(), 1e-14);
  }

  @Test
  void insideOneAnother() {
    Tensor w = random(2, 3).requiresGrad(true);
    Tensor x = random(3, 3);
    UnaryOperator<Tensor> inner = t -> t.mul(w).exp();
    UnaryOperator<Tensor> outer = t -> Transforms.checkpoint(inner, t.square()).add(w);
    Tensor expected = Autograd.grad(inner.apply(x.square()).add(w).sum(), w);
    Tensor actual = Autograd.grad(Transforms.checkpoint(outer, x).sum(), w);
    assertArrayEquals(expected.doubles(), actual.doubles());
  }

  @Test
  void aGradientTakenInsideSeesCapturedParameters() {
    Tensor w = random(2, 3).requiresGrad(true);
    Tensor x = random(3, 3);
    UnaryOperator<Tensor> slope = Transforms.grad(t -> t.pow(3).mul(w).sum());
    Tensor expected = Autograd.grad(slope.apply(x).sum(), w);
    Tensor actual = Autograd.grad(Transforms.checkpoint(slope, x).sum(), w);
    assertArrayEquals(expected.doubles(), actual.doubles());
  }

  @Test
  void randomNumbersAreDrawnAgain() {
    Generator.seed(5);
    Generator own = new Generator(9);
    Tensor x = Tensor.ones(DType.F64, 50).requiresGrad(true);
    UnaryOperator<Tensor> drop =
        t -> t.mul(Tensor.rand(50).ge(0.5).to(DType.F64)).mul(own.uniform(DType.F64, 50));
    Tensor y = Transforms.checkpoint(drop, x, own);
    long after = Generator.standard().offset();
    Tensor.rand(7);
    long later = Generator.standard().offset();
    Tensor g = Autograd.grad(y.sum(), x);
    // The function is linear with diagonal derivatives, so the gradient at ones is the value.
    assertArrayEquals(y.doubles(), g.doubles());
    assertEquals(later, Generator.standard().offset());
    assertTrue(later > after);
    assertEquals(52, own.offset());
    Generator.seed(0);
  }

  @Test
  void integersPassAndNothingTrackedIsNotRecorded() {
    Tensor x = random(3, 3).requiresGrad(true);
    Tensor y =
        Transforms.checkpoint(
            t -> t.get(0).indexSelect(0, t.get(1)), List.of(x, Tensor.of(new int[] {2, 0})));
    assertArrayEquals(new double[] {1, 0, 1}, Autograd.grad(y.sum(), x).doubles());
    assertFalse(Transforms.checkpoint(Tensor::exp, x.detach()).requiresGrad());
    assertFalse(Autograd.noGrad(() -> Transforms.checkpoint(Tensor::exp, x)).requiresGrad());
  }

  @Test
  void aHookOfACapturedLeafRunsOnce() {
    Tensor w = random(2, 3).requiresGrad(true);
    List<Integer> calls = new ArrayList<>();
    Autograd.hook(
        w,
        g -> {
          calls.add(1);
          return g.mul(2);
        });
    Tensor g = Autograd.grad(Transforms.checkpoint(t -> t.mul(w), Tensor.ones(3)).sum(), w);
    assertArrayEquals(new double[] {2, 2, 2}, g.doubles());
    assertEquals(1, calls.size());
  }

  @Test
  void capturedTensorsMustStayAsTheyWere() {
    Tensor w = random(2, 3).requiresGrad(true);
    Tensor y = Transforms.checkpoint(t -> t.mul(w), Tensor.ones(DType.F64, 3));
    w.assign(Tensor.zeros(DType.F64, 3));
    assertEquals(
        "checkpoint: input 1 was changed in place after it was recorded",
        assertThrows(IllegalStateException.class, () -> Autograd.grad(y.sum(), w)).getMessage());
  }

  @Test
  void aChangedFunctionIsNoticed() {
    int[] n = {2};
    Tensor x = random(1, 3).requiresGrad(true);
    Tensor y = Transforms.checkpoint(t -> t.slice(0, 0, n[0]), x);
    n[0] = 3;
    assertEquals(
        "checkpoint: run again, the function gave [3] instead of [2]; it must depend on its"
            + " arguments and unchanged variables alone",
        assertThrows(IllegalStateException.class, () -> Autograd.grad(y.sum(), x)).getMessage());
  }

  /** The most bytes alive while a deep chain of blocks is differentiated. */
  private static long peak(boolean checkpointed, List<double[]> gradients) {
    Backend b = Backends.standard();
    long[] peak = {0};
    try (Scope s = Scope.open()) {
      Tensor x = random(1, 1000).requiresGrad(true);
      UnaryOperator<Tensor> block =
          t -> {
            for (int i = 0; i < 8; i++) {
              t = t.sin();
            }
            peak[0] = Math.max(peak[0], b.liveBytes());
            return t;
          };
      Tensor h = x;
      for (int i = 0; i < 8; i++) {
        Tensor in = h;
        h = checkpointed ? Transforms.checkpoint(block, in) : Scope.tidy(() -> block.apply(in));
      }
      gradients.add(Autograd.grad(h.sum(), x).doubles());
    }
    return peak[0];
  }

  @Test
  void memoryIsLowerAndGradientsAreBitEqual() {
    List<double[]> gradients = new ArrayList<>();
    long plain = peak(false, gradients);
    long less = peak(true, gradients);
    assertArrayEquals(gradients.get(0), gradients.get(1));
    // 64 saved steps against 8 saved blocks and the 8 steps of one.
    assertTrue(less < plain / 2, less + " against " + plain);
  }
}
