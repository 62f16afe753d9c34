package org.jacana.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipTest {
  private static Tensor of(double... v) {
    return Tensor.of(v);
  }

  @Test
  void byValue() {
    try (Scope s = Scope.open()) {
      Tensor g = of(-3, 0.5, 2);
      Clip.byValue(List.of(g), 1);
      assertArrayEquals(new double[] {-1, 0.5, 1}, g.doubles());
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 5", "1, 7", "Infinity, 4", "3, 4.497941445275415"})
  void byNormReturnsTheNormAndScales(double order, double norm) {
    try (Scope s = Scope.open()) {
      Tensor a = of(3, 0);
      Tensor b = Tensor.of(new double[] {0, -4, 0, 0}, 2, 2);
      Tensor c = Tensor.zeros(DType.F64, 0, 3);
      assertEquals(norm, Clip.byNorm(List.of(a, b, c), 100, order, true), 1e-14);
      assertArrayEquals(new double[] {3, 0}, a.doubles());
      assertEquals(norm, Clip.byNorm(List.of(a, b, c), 1, order, true), 1e-14);
      double f = 1 / (norm + 1e-6);
      assertArrayEquals(new double[] {3 * f, 0}, a.doubles(), 1e-14);
      assertArrayEquals(new double[] {0, -4 * f, 0, 0}, b.doubles(), 1e-14);
    }
  }

  @Test
  void smallTypesAndManyTypes() {
    try (Scope s = Scope.open()) {
      Tensor a = Tensor.full(DType.BF16, 3, 1000);
      Tensor b = Tensor.full(DType.F32, 1, 400);
      assertEquals(Math.sqrt(9400), Clip.byNorm(List.of(a, b), 1e6), 1e-9);
      assertEquals(0, Clip.byNorm(List.of(), 1));
    }
  }

  @Test
  void badNormsAreRefusedOrPassAsInPyTorch() {
    try (Scope s = Scope.open()) {
      Tensor a = of(1, Double.NaN);
      Tensor b = of(2);
      String m =
          assertThrows(ArithmeticException.class, () -> Clip.byNorm(List.of(b, a), 1, 2, true))
              .getMessage();
      assertTrue(m.startsWith("byNorm: the gradients' norm is NaN"), m);
      assertEquals(2, b.item());
      assertTrue(Double.isNaN(Clip.byNorm(List.of(b, a), 1)));
      assertTrue(Double.isNaN(b.item()));
      Tensor c = of(Double.POSITIVE_INFINITY, 1);
      assertEquals(Double.POSITIVE_INFINITY, Clip.byNorm(List.of(c), 1));
      assertEquals(0, c.doubles()[1]);
    }
  }

  /** The loop of the paper's equation 3 over rows. */
  @Test
  void adaptive() {
    try (Scope s = Scope.open()) {
      double[] wv = {3, 4, 0, 0, 0.3, 0.4};
      double[] gv = {0.6, 0.8, 0.5, 0, 0.001, 0};
      Tensor w = Tensor.of(wv.clone(), 3, 2).requiresGrad(true);
      Tensor filter = Tensor.of(wv.clone(), 3, 1, 2, 1).requiresGrad(true);
      Tensor bias = of(3, 4).requiresGrad(true);
      Tensor unused = of(1).requiresGrad(true);
      w.mul(Tensor.of(gv, 3, 2)).sum().backward();
      filter.mul(Tensor.of(gv, 3, 1, 2, 1)).sum().backward();
      bias.mul(of(6, 8)).sum().backward();
      Clip.adaptive(List.of(w, filter, bias, unused), 0.1, 1e-3);
      double[] expected = new double[6];
      for (int row = 0; row < 3; row++) {
        double wn = Math.max(Math.hypot(wv[2 * row], wv[2 * row + 1]), 1e-3);
        double gn = Math.hypot(gv[2 * row], gv[2 * row + 1]);
        double f = gn > 0.1 * wn ? 0.1 * wn / Math.max(gn, 1e-6) : 1;
        expected[2 * row] = f * gv[2 * row];
        expected[2 * row + 1] = f * gv[2 * row + 1];
      }
      assertArrayEquals(expected, w.grad().doubles(), 1e-15);
      assertArrayEquals(expected, filter.grad().doubles(), 1e-15);
      assertArrayEquals(new double[] {0.3, 0.4}, bias.grad().doubles(), 1e-15);
      assertEquals(3, Clip.gradients(List.of(w, filter, bias, unused)).size());
    }
  }

  @Test
  void badNumbersAreRefused() {
    try (Scope s = Scope.open()) {
      List<Tensor> g = List.of(of(1));
      for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
        assertThrows(IllegalArgumentException.class, () -> Clip.byValue(g, bad));
        assertThrows(IllegalArgumentException.class, () -> Clip.byNorm(g, bad));
        assertThrows(IllegalArgumentException.class, () -> Clip.adaptive(g, bad, 0));
        assertThrows(IllegalArgumentException.class, () -> Clip.adaptive(g, 0, bad));
      }
      assertThrows(IllegalArgumentException.class, () -> Clip.byNorm(g, 1, 0.5, false));
      assertThrows(
          IllegalArgumentException.class, () -> Clip.byNorm(Arrays.asList((Tensor) null), 1));
    }
  }

  @Test
  void accumulationStepsLikeOneBatch() {
    try (Scope s = Scope.open()) {
      Tensor a = of(1, 2).requiresGrad(true);
      Tensor b = of(1, 2).requiresGrad(true);
      try (Sgd x = Sgd.of(List.of(a)).learningRate(0.1).momentum(0.9);
          Sgd y = Sgd.of(List.of(b)).learningRate(0.1).momentum(0.9)) {
        Accumulation sum = new Accumulation(x, 2);
        for (int i = 0; i < 20; i++) {
          a.mul(of(i, -i)).sum().backward();
          assertEquals(i % 2 == 1, sum.step());
          if (i % 2 == 1) {
            y.step(List.of(of(i - 0.5, 0.5 - i)));
            assertArrayEquals(b.doubles(), a.doubles(), 1e-12);
          }
        }
        assertFalse(sum.flush());
        a.mul(of(5, 1)).sum().backward();
        assertFalse(sum.step());
        assertTrue(sum.flush());
        y.step(List.of(of(5, 1)));
        assertArrayEquals(b.doubles(), a.doubles(), 1e-12);
        assertThrows(IllegalArgumentException.class, () -> new Accumulation(x, 0));
      }
    }
  }
}
