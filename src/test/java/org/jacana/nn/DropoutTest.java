package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

class DropoutTest {
  @Test
  void keepsTheMeanAndScalesWhatStays() {
    try (Scope s = Scope.open()) {
      float[] y = new Dropout(0.3, new Generator(1)).apply(Tensor.ones(200, 200)).floats();
      double sum = 0;
      int zeros = 0;
      for (float v : y) {
        assertTrue(v == 0 || Math.abs(v - 1 / 0.7) < 1e-6, "value " + v);
        sum += v;
        zeros += v == 0 ? 1 : 0;
      }
      // Five standard errors of 40000 draws.
      assertEquals(0.3, zeros / 40000.0, 5 * Math.sqrt(0.3 * 0.7 / 40000));
      assertEquals(1, sum / 40000, 5 * Math.sqrt(0.3 / 0.7 / 40000));
    }
  }

  @Test
  void backwardUsesTheSameMask() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.ones(50).requiresGrad(true);
      Tensor y = new Dropout(0.5, new Generator(2)).apply(x);
      y.sum().backward();
      assertArrayEquals(y.floats(), x.grad().floats());
    }
  }

  @Test
  void masksFollowTheGenerator() {
    try (Scope s = Scope.open()) {
      Dropout d = new Dropout(0.5, new Generator(3));
      float[] first = d.apply(Tensor.ones(64)).floats();
      float[] second = d.apply(Tensor.ones(64)).floats();
      float[] again = new Dropout(0.5, new Generator(3)).apply(Tensor.ones(64)).floats();
      assertArrayEquals(first, again);
      assertTrue(!java.util.Arrays.equals(first, second));
    }
  }

  @Test
  void limits() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.ones(8).requiresGrad(true);
      Tensor y = new Dropout(1).apply(x);
      assertArrayEquals(new float[8], y.floats());
      y.sum().backward();
      assertArrayEquals(new float[8], x.grad().floats());
      assertSame(x, new Dropout(0).apply(x));
      assertSame(x, new Dropout(0.9).eval().apply(x));
    }
    for (double p : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> new Dropout(p));
    }
  }
}
