package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

class InitTest {
  private static final Shape DENSE = Shape.of(300, 200);
  private static final Shape FILTER = Shape.of(64, 5, 3, 32);

  private static double[] draw(Init init, Shape shape) {
    try (Scope s = Scope.open()) {
      return init.make(DType.F32, shape, new Generator(7)).doubles();
    }
  }

  private static void uniform(Init init, Shape shape, double bound) {
    double[] v = draw(init, shape);
    double low = Arrays.stream(v).min().orElseThrow();
    double high = Arrays.stream(v).max().orElseThrow();
    assertTrue(low >= -bound * (1 + 1e-6) && high <= bound * (1 + 1e-6), low + " " + high);
    assertTrue(low < -0.999 * bound && high > 0.999 * bound, low + " " + high + " " + bound);
    deviation(v, bound / Math.sqrt(3));
  }

  private static void deviation(double[] v, double expected) {
    double mean = Arrays.stream(v).average().orElseThrow();
    double square = Arrays.stream(v).map(x -> x * x).average().orElseThrow();
    assertEquals(0, mean, 5 * expected / Math.sqrt(v.length));
    assertEquals(expected, Math.sqrt(square), 0.02 * expected);
  }

  @Test
  void fans() {
    assertEquals(200, Init.fanIn(DENSE));
    assertEquals(300, Init.fanOut(DENSE));
    assertEquals(5 * 3 * 32, Init.fanIn(FILTER));
    assertEquals(5 * 3 * 64, Init.fanOut(FILTER));
    assertThrows(IllegalArgumentException.class, () -> Init.fanIn(Shape.of(3)));
    assertThrows(IllegalArgumentException.class, () -> Init.fanOut(Shape.of(0, 3)));
  }

  @Test
  void gains() {
    assertEquals(1.4142135623730951, Gain.RELU);
    assertEquals(Math.sqrt(2 / 1.04), Gain.leakyRelu(0.2), 1e-15);
    assertEquals(1 / Math.sqrt(3), Gain.leakyRelu(Math.sqrt(5)), 1e-15);
  }

  @Test
  void kaiming() {
    uniform(Init.kaimingUniform(Gain.RELU), DENSE, Math.sqrt(6.0 / 200));
    uniform(Init.kaimingUniform(Gain.LINEAR), FILTER, Math.sqrt(3.0 / 480));
    deviation(draw(Init.kaimingNormal(Gain.RELU), FILTER), Math.sqrt(2.0 / 480));
  }

  @Test
  void xavier() {
    uniform(Init.xavierUniform(1), DENSE, Math.sqrt(6.0 / 500));
    deviation(draw(Init.xavierNormal(Gain.TANH), DENSE), 5.0 / 3 * Math.sqrt(2.0 / 500));
  }

  @Test
  void layersUseTheFanIn() {
    try (Linear l = new Linear(400, 300);
        Conv2d c = new Conv2d(16, 64, 5)) {
      for (Tensor t : new Tensor[] {l.weight(), l.bias()}) {
        double most = Arrays.stream(t.doubles()).map(Math::abs).max().orElseThrow();
        assertTrue(most <= 0.05 * (1 + 1e-6) && most > 0.049, "" + most);
      }
      double most = Arrays.stream(c.weight().doubles()).map(Math::abs).max().orElseThrow();
      assertTrue(most <= 0.05 * (1 + 1e-6) && most > 0.049, "" + most);
    }
  }

  @Test
  void constantsAndFilling() {
    try (Scope s = Scope.open();
        Linear l = new Linear(3, 2)) {
      Init.constant(2.5).fill(l.weight(), Generator.standard());
      Init.zeros().fill(l.bias(), Generator.standard());
      assertArrayEquals(new float[] {2.5f, 2.5f, 2.5f, 2.5f, 2.5f, 2.5f}, l.weight().floats());
      assertArrayEquals(new float[] {7.5f, 7.5f}, l.apply(Tensor.ones(1, 3)).floats());
    }
    deviation(draw(Init.normal(0, 3), DENSE), 3);
  }

  @Test
  void badConstantsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Init.uniform(1, 0));
    assertThrows(IllegalArgumentException.class, () -> Init.uniform(Double.NaN, 0));
    assertThrows(IllegalArgumentException.class, () -> Init.normal(0, -1));
    assertThrows(IllegalArgumentException.class, () -> Init.kaimingUniform(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Init.xavierNormal(-1));
  }
}
