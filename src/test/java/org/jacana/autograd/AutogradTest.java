package org.jacana.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.op.BatchNorm;
import org.jacana.op.CrossEntropy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AutogradTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor leaf(double... v) {
    return Tensor.of(v).requiresGrad(true);
  }

  private static Tensor grad(Tensor y, Tensor x) {
    return Autograd.grad(y, List.of(x), true).get(0);
  }

  @Test
  void derivativesOfEveryOrderOfAPolynomial() {
    Tensor x = leaf(2);
    Tensor y = x.pow(5).sum();
    double[] expected = {80, 160, 240, 240, 120, 0};
    for (int n = 0; n < 5; n++) {
      y = grad(y, x).sum();
      assertEquals(expected[n], y.item(), 1e-9, "order " + (n + 1));
    }
  }

  @Test
  void gradientsThroughSavedOutputs() {
    double t = Math.tanh(0.3);
    double s = 1 / (1 + Math.exp(-0.3));
    check(Tensor::exp, Math.exp(0.3), Math.exp(0.3));
    check(Tensor::tanh, 1 - t * t, -2 * t * (1 - t * t));
    check(Tensor::sigmoid, s * (1 - s), s * (1 - s) * (1 - 2 * s));
    check(Tensor::sqrt, 0.5 / Math.sqrt(0.3), -0.25 * Math.pow(0.3, -1.5));
    check(Tensor::reciprocal, -1 / 0.09, 2 / 0.027);
    check(Tensor::rsqrt, -0.5 * Math.pow(0.3, -1.5), 0.75 * Math.pow(0.3, -2.5));
    check(x -> x.softmax(0), 0, 0);
  }

  private static void check(
      java.util.function.UnaryOperator<Tensor> f, double first, double second) {
    Tensor x = leaf(0.3);
    Tensor d = grad(f.apply(x).sum(), x);
    assertEquals(first, d.item(), 1e-12);
    assertEquals(second, grad(d.sum(), x).item(), 1e-11);
  }

  @Test
  void aGraphIsFreedByItsFirstUse() {
    Tensor x = leaf(1, 2);
    Tensor y = x.exp().sum();
    Autograd.grad(y, x);
    assertEquals(
        "grad: the graph through 'reshape' was already freed; pass retainGraph or createGraph to the"
            + " first call, or keep its scope open",
        assertThrows(IllegalStateException.class, () -> Autograd.grad(y, x)).getMessage());
  }

  @Test
  void retainGraphAllowsASecondUse() {
    Tensor x = leaf(1, 2);
    Tensor y = x.exp().sum();
    double[] a = Autograd.grad(y, null, List.of(x), false, true, false).get(0).doubles();
    double[] b = Autograd.grad(y, null, List.of(x), false, false, false).get(0).doubles();
    assertArrayEquals(a, b);
  }

  @Test
  void anInputChangedInPlaceIsNoticed() {
    Tensor x = leaf(1, 2);
    Tensor w = Tensor.of(new double[] {3, 4});
    Tensor y = x.mul(w).sum();
    w.assign(Tensor.of(new double[] {5, 6}));
    assertEquals(
        "mul: input 1 was changed in place after it was recorded",
        assertThrows(IllegalStateException.class, () -> Autograd.grad(y, x)).getMessage());
  }

  @Test
  void anInputChangedThroughAViewIsNoticed() {
    Tensor x = leaf(1, 2);
    Tensor w = Tensor.of(new double[] {3, 4});
    Tensor y = x.mul(w).sum();
    w.slice(0, 0, 1).assign(Tensor.of(new double[] {9}));
    assertThrows(IllegalStateException.class, () -> Autograd.grad(y, x));
  }

  @Test
  void anOutputChangedInPlaceIsNoticed() {
    Tensor x = leaf(1, 2);
    Tensor y = x.exp();
    Tensor z = y.sum();
    y.assign(Tensor.of(new double[] {0, 0}));
    assertEquals(
        "exp: the output was changed in place after it was recorded",
        assertThrows(IllegalStateException.class, () -> Autograd.grad(z, x)).getMessage());
  }

  @Test
  void whatARuleDoesNotReadMayChange() {
    Tensor x = leaf(1, 2);
    Tensor w = Tensor.of(new double[] {3, 4});
    Tensor y = x.add(w).sum();
    w.assign(Tensor.of(new double[] {5, 6}));
    assertArrayEquals(new double[] {1, 1}, Autograd.grad(y, x).doubles());
  }

  @Test
  void hooksSeeTheWholeGradientAndMayReplaceIt() {
    Tensor x = leaf(1, 2);
    Tensor h = x.mul(3);
    List<double[]> seen = new ArrayList<>();
    Tensor other = Tensor.of(new double[] {10, 20});
    Autograd.hook(
        h,
        g -> {
          seen.add(g.doubles());
          return null;
        });
    Autograd.hook(h, g -> other);
    Tensor dx = Autograd.grad(h.add(h.mul(4)).sum(), x);
    assertArrayEquals(new double[] {5, 5}, seen.get(0));
    assertArrayEquals(new double[] {30, 60}, dx.doubles());
    assertTrue(other.isOpen(), "a hook's own tensor stays open");
  }

  @Test
  void aHookMustKeepTheShape() {
    Tensor x = leaf(1, 2);
    Autograd.hook(x, g -> g.sum());
    assertEquals(
        "hook: must return a gradient of shape [2], got []",
        assertThrows(IllegalArgumentException.class, () -> Autograd.grad(x.mul(2).sum(), x))
            .getMessage());
  }

  @Test
  void nothingIsRecordedWithoutGradients() {
    Tensor x = leaf(1, 2);
    try (Autograd.Mode off = Autograd.noGrad()) {
      assertFalse(x.mul(2).requiresGrad());
      try (Autograd.Mode on = Autograd.enableGrad()) {
        assertTrue(x.mul(2).requiresGrad());
      }
      assertFalse(Autograd.recording());
    }
    assertTrue(Autograd.recording());
    Tensor y = Autograd.noGrad(() -> x.mul(2).sum());
    assertEquals(
        "grad: y [] was computed from nothing that requires a gradient, or inside noGrad",
        assertThrows(IllegalArgumentException.class, () -> Autograd.grad(y, x)).getMessage());
  }

  @Test
  void noGradEndsWithAnException() {
    assertThrows(
        ArithmeticException.class,
        () ->
            Autograd.noGrad(
                (Runnable)
                    () -> {
                      throw new ArithmeticException();
                    }));
    assertTrue(Autograd.recording());
  }

  @Test
  void detachCutsTheGraphAndSharesMemory() {
    Tensor x = leaf(1, 2);
    Tensor d = x.detach();
    assertFalse(d.requiresGrad());
    assertArrayEquals(new double[] {1, 2}, Autograd.grad(x.mul(d).sum(), x).doubles());
    d.assign(Tensor.of(new double[] {7, 8}));
    assertArrayEquals(new double[] {7, 8}, x.doubles());
  }

  @Test
  void anUnusedInputIsNamed() {
    Tensor x = leaf(1, 2);
    Tensor z = leaf(3);
    Tensor y = x.square().sum();
    assertEquals(
        "grad: y does not depend on x[1] [1]; leave it out, or ask for zeros with zeroUnused",
        assertThrows(
                IllegalArgumentException.class,
                () -> Autograd.grad(y, null, List.of(x, z), false, true, false))
            .getMessage());
    List<Tensor> g = Autograd.grad(y, null, List.of(x, z), false, false, true);
    assertArrayEquals(new double[] {2, 4}, g.get(0).doubles());
    assertArrayEquals(new double[] {0}, g.get(1).doubles());
  }

  @Test
  void zerosWhereNothingWasRecorded() {
    Tensor x = leaf(1, 2);
    Tensor c = Tensor.full(DType.F64, 3);
    assertArrayEquals(
        new double[] {0, 0},
        Autograd.grad(c, null, List.of(x), false, false, true).get(0).doubles());
  }

  @Test
  void theSameInputTwiceGivesTwoHandles() {
    Tensor x = leaf(1, 2);
    List<Tensor> g = Autograd.grad(x.square().sum(), List.of(x, x));
    assertNotSame(g.get(0), g.get(1));
    g.get(0).close();
    assertArrayEquals(new double[] {2, 4}, g.get(1).doubles());
  }

  @Test
  void theGradientOfAnIntermediateResult() {
    Tensor x = leaf(1, 2);
    Tensor h = x.mul(3);
    List<Tensor> g = Autograd.grad(h.square().sum(), List.of(h, x));
    assertArrayEquals(new double[] {6, 12}, g.get(0).doubles());
    assertArrayEquals(new double[] {18, 36}, g.get(1).doubles());
  }

  @Test
  void theGradientOfAFusedResult() {
    Tensor z = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2).requiresGrad(true);
    Tensor loss = CrossEntropy.crossEntropy(z, Tensor.of(new int[] {0, 1}));
    for (boolean createGraph : new boolean[] {true, false}) {
      List<Tensor> g =
          Autograd.grad(loss.mul(2).sum(), null, List.of(loss, z), createGraph, true, false);
      assertArrayEquals(new double[] {2, 2}, g.get(0).doubles());
      double p = 1 / (1 + Math.exp(-1));
      assertArrayEquals(
          new double[] {-2 * p, 2 * p, 2 - 2 * p, 2 * p - 2}, g.get(1).doubles(), 1e-12);
    }
  }

  @Test
  void theSeedWeighsAndStaysOpen() {
    Tensor x = leaf(1, 2);
    Tensor y = x.square();
    Tensor seed = Tensor.of(new double[] {10, 100});
    for (int i = 0; i < 2; i++) {
      List<Tensor> g = Autograd.grad(y, seed, List.of(x, y), false, true, false);
      assertArrayEquals(new double[] {20, 400}, g.get(0).doubles());
      assertArrayEquals(new double[] {10, 100}, g.get(1).doubles());
      g.get(1).close();
      assertTrue(seed.isOpen());
    }
  }

  @Test
  void aSeedOfAnotherTypeIsCast() {
    Tensor x = Tensor.of(new float[] {1, 2}).requiresGrad(true);
    Tensor seed = Tensor.of(new double[] {10, 100});
    Tensor g = Autograd.grad(x.square(), seed, List.of(x), false, false, false).get(0);
    assertEquals(DType.F32, g.dtype());
    assertArrayEquals(new double[] {20, 400}, g.doubles());
  }

  @Test
  void aSeedOfAnotherShapeIsRefused() {
    Tensor x = leaf(1, 2);
    assertEquals(
        "grad: the seed must have y's shape, got [] for y [2]",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Autograd.grad(
                        x.square(), Tensor.full(DType.F64, 1), List.of(x), false, false, false))
            .getMessage());
  }

  @Test
  void onlyScalarsNeedNoSeed() {
    Tensor x = leaf(1, 2);
    assertEquals(
        "grad: y must have one element, got [2]; reduce it with sum() or mean(), or pass a seed of"
            + " its shape",
        assertThrows(IllegalArgumentException.class, () -> Autograd.grad(x.square(), x))
            .getMessage());
  }

  @Test
  void anUntrackedInputIsRefused() {
    Tensor x = leaf(1);
    assertEquals(
        "grad: x[0] [2] is not tracked; call requiresGrad(true) on it before it is used",
        assertThrows(
                IllegalArgumentException.class,
                () -> Autograd.grad(x.sum(), Tensor.of(new double[] {1, 2})))
            .getMessage());
  }

  @Test
  void backwardAddsUp() {
    Tensor x = leaf(1, 2);
    x.square().sum().backward();
    x.square().sum().backward();
    assertArrayEquals(new double[] {4, 8}, x.grad().doubles());
    x.zeroGrad();
    assertNull(x.grad());
  }

  @Test
  void gradientsOfTwoLeavesDoNotShareMemory() {
    Tensor a = leaf(1, 2);
    Tensor b = leaf(3, 4);
    a.add(b).mul(Tensor.of(new double[] {5, 6})).sum().backward();
    a.grad().assign(Tensor.of(new double[] {0, 0}));
    assertArrayEquals(new double[] {5, 6}, b.grad().doubles());
  }

  @Test
  void gradientsOutliveTheScopeOfTheirStep() {
    Tensor x = leaf(1, 2);
    try (Scope step = Scope.open()) {
      x.square().sum().backward();
    }
    assertArrayEquals(new double[] {2, 4}, x.grad().doubles());
    assertFalse(x.grad().requiresGrad());
  }

  @Test
  void onlyLeavesOfFloatTypesAskForGradients() {
    Tensor x = leaf(1, 2);
    Tensor y = x.mul(2);
    assertEquals(
        "requiresGrad: this tensor is the result of 'mul_scalar'; use detach() first, or ask for"
            + " the gradient with Autograd.grad",
        assertThrows(IllegalStateException.class, () -> y.requiresGrad(true)).getMessage());
    assertEquals(
        "requiresGrad: only float tensors have gradients, this one is I32",
        assertThrows(IllegalArgumentException.class, () -> Tensor.arange(2).requiresGrad(true))
            .getMessage());
  }

  @Test
  void castsPassGradientsInTheInputsType() {
    Tensor x = Tensor.of(new float[] {1, 2}).requiresGrad(true);
    Tensor g = Autograd.grad(x.to(DType.F64).square().sum(), x);
    assertEquals(DType.F32, g.dtype());
    assertArrayEquals(new double[] {2, 4}, g.doubles());
    Tensor h = Autograd.grad(x.to(DType.F16).mul(3).to(DType.BF16).sum(), x);
    assertEquals(DType.F32, h.dtype());
    assertArrayEquals(new double[] {3, 3}, h.doubles());
  }

  @Test
  void mixedTypesGiveEachInputItsOwn() {
    Tensor a = Tensor.of(new float[] {1, 2}).requiresGrad(true);
    Tensor b = leaf(3, 4);
    List<Tensor> g = Autograd.grad(a.mul(b).sum(), List.of(a, b));
    assertEquals(DType.F32, g.get(0).dtype());
    assertEquals(DType.F64, g.get(1).dtype());
  }

  @Test
  void tiesShareTheGradient() {
    Tensor x = leaf(2, 1, 2, 2);
    assertArrayEquals(
        new double[] {1 / 3.0, 0, 1 / 3.0, 1 / 3.0}, Autograd.grad(x.max(), x).doubles(), 1e-15);
    Tensor a = leaf(1);
    Tensor b = leaf(1);
    List<Tensor> g = Autograd.grad(a.maximum(b).sum(), List.of(a, b));
    assertEquals(0.5, g.get(0).item());
    assertEquals(0.5, g.get(1).item());
  }

  @Test
  void aDivisionsGradientDoesNotUnderflow() {
    Tensor a = Tensor.of(new float[] {1e-30f}).requiresGrad(true);
    Tensor b = Tensor.of(new float[] {1e-25f}).requiresGrad(true);
    assertEquals(-1e20, Autograd.grad(a.div(b).sum(), b).item(), 1e14);
  }

  @Test
  void batchNormsStatisticsAreThoseOfTheBatch() {
    Tensor x = Tensor.of(new double[] {1, 10, 3, 30, 5, 20}, 3, 2);
    BatchNorm.Result r =
        BatchNorm.batchNorm(x, Tensor.ones(DType.F64, 2), Tensor.zeros(DType.F64, 2), 0);
    assertArrayEquals(new double[] {3, 20}, r.mean().doubles(), 1e-12);
    assertArrayEquals(new double[] {8 / 3.0, 200 / 3.0}, r.variance().doubles(), 1e-12);
    double a = Math.sqrt(1.5);
    assertArrayEquals(new double[] {-a, -a, 0, a, a, 0}, r.y().doubles(), 1e-12);
  }
}
