package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values worked out by hand: limits, writing by index, running extremes, bicubic resizing. */
class IndexedValuesTest {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  private static Tensor of(double... v) {
    return Tensor.of(v, v.length);
  }

  private static void check(Tensor y, double... expected) {
    assertArrayEquals(expected, y.doubles(), 1e-12);
  }

  private static Device device(String name) {
    return name.equals("cpu") ? Device.CPU : Device.REFERENCE;
  }

  private static String refusal(Runnable f) {
    return assertThrows(IllegalArgumentException.class, f::run).getMessage();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void limitsAtTheirEdges(String d) {
    try (Scope s = Scope.open(device(d))) {
      check(
          of(-2, 5, 1, NAN, 1, 1).clamp(of(-1, -1, 3, 0, NAN, 0), of(1, 1, 2, 1, 1, NAN)),
          -1,
          1,
          2,
          NAN,
          NAN,
          NAN);
      check(of(-1, -0.0, 0, 2, NAN, INF).heaviside(of(7, 7, 8, 8, 8, 8)), 0, 7, 8, 1, 0, 1);
      check(of(1.25, 1.35, -1.25, 14, 15, 25).round(1), 1.2, 1.4, -1.2, 14, 15, 25);
      check(of(14, 15, 25, -15, 0.3).round(-1), 10, 20, 20, -20, 0);
      check(of(-1, -0.0, 0, 1, -INF, NAN).signBit(), 1, 1, 0, 0, 1, 0);
      check(of(1, -INF, INF, 2000).logAddExp2(of(1, -INF, 3, 2000)), 2, -INF, INF, 2001);
      check(of(1, 2).addCMul(of(3, 4), of(5, 6), 0.5), 8.5, 14);
      check(of(1, 2).addCDiv(of(3, 4), of(6, 0), 2), 2, INF);
      Tensor x = of(0, 3, 1).requiresGrad(true);
      Tensor low = of(1, 1, 1).requiresGrad(true);
      Tensor high = of(2, 2, 2).requiresGrad(true);
      Tensor y = x.clamp(low, high).sum();
      var gs = Autograd.grad(y, java.util.List.of(x, low, high));
      check(gs.get(0), 0, 0, 1);
      check(gs.get(1), 1, 0, 0);
      check(gs.get(2), 0, 1, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void scatterReduceByHand(String d) {
    try (Scope s = Scope.open(device(d))) {
      // The example of PyTorch's documentation.
      Tensor src = of(1, 2, 3, 4, 5, 6);
      Tensor index = Tensor.of(new int[] {0, 1, 0, 1, 2, 1});
      Tensor x = of(1, 2, 3, 4);
      check(x.scatterReduce(0, index, src, ScatterReduce.SUM, true), 5, 14, 8, 4);
      check(x.scatterReduce(0, index, src, ScatterReduce.SUM, false), 4, 12, 5, 4);
      check(of(5, 4, 3, 2).scatterReduce(0, index, src, ScatterReduce.AMAX, true), 5, 6, 5, 2);
      check(of(5, 4, 3, 2).scatterReduce(0, index, src, ScatterReduce.AMAX, false), 3, 6, 5, 2);
      check(x.scatterReduce(0, index, src, ScatterReduce.AMIN, true), 1, 2, 3, 4);
      check(x.scatterReduce(0, index, src, ScatterReduce.PROD, true), 3, 96, 15, 4);
      check(x.scatterReduce(0, index, src, ScatterReduce.PROD, false), 3, 48, 5, 4);
      check(x.scatterReduce(0, index, src, ScatterReduce.MEAN, true), 5 / 3.0, 3.5, 4, 4);
      check(x.scatterReduce(0, index, src, ScatterReduce.MEAN, false), 2, 4, 5, 4);
      Tensor nan = of(NAN, 2, 3, 4, 5, -INF);
      check(x.scatterReduce(0, index, nan, ScatterReduce.AMAX, true), NAN, 4, 5, 4);
      check(x.scatterReduce(0, index, nan, ScatterReduce.AMIN, false), NAN, -INF, 5, 4);
      // Three that tie share the gradient.
      Tensor own = of(7).requiresGrad(true);
      Tensor two = of(7, 7, 1).requiresGrad(true);
      Tensor at = Tensor.of(new int[] {0, 0, 0});
      var gs =
          Autograd.grad(
              own.scatterReduce(0, at, two, ScatterReduce.AMAX, true).sum(),
              java.util.List.of(own, two));
      check(gs.get(0), 1 / 3.0);
      check(gs.get(1), 1 / 3.0, 1 / 3.0, 0);
      Tensor whole = Tensor.of(new int[] {10, 20, 30, 40});
      Tensor numbers = Tensor.of(new int[] {1, 2, 3, 4, 5, 6});
      check(whole.scatterReduce(0, index, numbers, ScatterReduce.PROD, true), 30, 960, 150, 40);
      check(whole.scatterReduce(0, index, numbers, ScatterReduce.AMAX, false), 3, 6, 5, 40);
      assertTrue(
          refusal(() -> whole.scatterReduce(0, index, numbers, ScatterReduce.MEAN, true))
              .contains("MEAN needs a float type"));
      assertTrue(
          refusal(() -> x.scatterReduce(0, index, of(1, 2), ScatterReduce.SUM, true))
              .contains("one shape"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void slicesByIndex(String d) {
    try (Scope s = Scope.open(device(d))) {
      Tensor x = of(1, 2, 3, 4, 5, 6).reshape(3, 2);
      Tensor index = Tensor.of(new int[] {2, 0});
      check(x.indexCopy(0, index, of(10, 20, 30, 40).reshape(2, 2)), 30, 40, 3, 4, 10, 20);
      check(x.indexFill(0, index, -1), -1, -1, 3, 4, -1, -1);
      check(x.indexFill(1, Tensor.of(new int[] {1}), 0), 1, 0, 3, 0, 5, 0);
      assertTrue(refusal(() -> x.indexCopy(0, index, x)).contains("source the tensor's shape"));
      assertTrue(
          refusal(() -> x.indexFill(0, index.reshape(2, 1), 0)).contains("index must be [n]"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void positionsAndQuantiles(String d) {
    try (Scope s = Scope.open(device(d))) {
      Tensor x = of(1, 3, 3, 2, NAN, 9);
      check(x.cumMax(0).values(), 1, 3, 3, 3, NAN, NAN);
      check(x.cumMax(0).indices(), 0, 1, 2, 2, 4, 4);
      check(of(2, 2, 1, 5).cumMin(0).indices(), 0, 1, 2, 2);
      check(of(1, 3, 3).maxAt(0, false).indices(), 1);
      check(x.maxAt(0, true).values(), NAN);
      Tensor y = of(1, 3, 3).requiresGrad(true);
      check(Autograd.grad(y.maxAt(0, false).values(), y), 0, 1, 0);
      check(Autograd.grad(y.amax(), y), 0, 0.5, 0.5);
      check(of(1, 4, 9, 16).diff(1, 0), 3, 5, 7);
      check(of(1, 4, 9, 16).diff(2, 0), 2, 2);
      check(of(1, 4).diff(3, 0));
      check(of(4, 1, 3, 2).quantile(0.5, 0, false), 2.5);
      check(of(4, 1, 3, 2).quantile(0.25, 0, true), 1.75);
      check(of(4, 1, NAN, 2).quantile(0, 0, true), NAN);
      assertTrue(refusal(() -> x.quantile(1.5, 0, true)).contains("q between 0 and 1"));
      var m = of(1, 2, 3, 6).varMean(new int[] {0}, false, 1);
      check(m.spread(), 14 / 3.0);
      check(m.mean(), 3);
      assertEquals(2, of(1, 5).stdMean(new int[] {0}, false, 0).spread().item(), 1e-15);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void bicubicByHand(String d) {
    try (Scope s = Scope.open(device(d))) {
      // Weights at a quarter and three quarters, a = -3/4: -27/256, 225/256, 67/256, -9/256.
      double p = -27 / 256.0;
      double q = 225 / 256.0;
      double r = 67 / 256.0;
      double t = -9 / 256.0;
      Tensor x = of(1, 2, 4, 8).reshape(1, 4, 1, 1);
      check(
          Resize.bicubic(x, 8, 1, false),
          t + r + q + 2 * p,
          p + q + 2 * r + 4 * t,
          t + r + 2 * q + 4 * p,
          p + 2 * q + 4 * r + 8 * t,
          t + 2 * r + 4 * q + 8 * p,
          2 * p + 4 * q + 8 * r + 8 * t,
          2 * t + 4 * r + 8 * q + 8 * p,
          4 * p + 8 * q + 8 * r + 8 * t);
      // Corners aligned, 4 to 7: every second is a pixel, the others lie in the middle between two.
      double h = -3 / 32.0;
      double k = 19 / 32.0;
      check(
          Resize.bicubic(x, 7, 1, true),
          1,
          h + k + 2 * k + 4 * h,
          2,
          h + 2 * k + 4 * k + 8 * h,
          4,
          2 * h + 4 * k + 8 * k + 8 * h,
          8);
      // Both axes, and what is constant stays.
      check(Resize.bicubic(Tensor.ones(1, 3, 2, 1), 2, 5, false), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
      Tensor across = Resize.bicubic(x.transpose(1, 2), 1, 8, false);
      assertArrayEquals(Resize.bicubic(x, 8, 1, false).doubles(), across.doubles());
      check(Resize.bicubic(x, 1, 1, true), 1);
      assertTrue(refusal(() -> Resize.bicubic(x, 0, 1, true)).contains("at least 1x1"));
    }
  }
}
