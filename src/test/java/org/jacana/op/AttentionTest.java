package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionTest {
  /** The formula for one query matrix, element by element. */
  private static double[] loop(
      double[] q, double[] k, double[] v, double[] bias, int rows, int keys, int e, int f) {
    double[] y = new double[rows * f];
    for (int i = 0; i < rows; i++) {
      double[] weight = new double[keys];
      double sum = 0;
      for (int j = 0; j < keys; j++) {
        double dot = 0;
        for (int d = 0; d < e; d++) {
          dot += q[i * e + d] * k[j * e + d];
        }
        weight[j] = Math.exp(dot / Math.sqrt(e) + bias[i * keys + j]);
        sum += weight[j];
      }
      for (int j = 0; j < keys && sum > 0; j++) {
        for (int d = 0; d < f; d++) {
          y[i * f + d] += weight[j] / sum * v[j * f + d];
        }
      }
    }
    return y;
  }

  /** Scores 0 and 2 log 3 / sqrt(4) = log 3 give the weights 1/4 and 3/4. */
  @Test
  void byHand() {
    try (Scope s = Scope.open()) {
      Tensor q = Tensor.of(new double[] {2, 0, 0, 0}, 1, 4);
      Tensor k = Tensor.of(new double[] {0, 1, 1, 1, Math.log(3), 0, 5, 0}, 2, 4);
      Tensor v = Tensor.of(new double[] {4, 8, 0, 16}, 2, 2);
      Tensor y = Attention.attention(q, k, v, null, false);
      assertArrayEquals(new double[] {1, 14}, y.doubles(), 1e-14);
    }
  }

  @Test
  void isTheFormulaWithEveryMask() {
    Generator random = new Generator(1);
    boolean[] may = {true, false, true, true, false, false, false, false, true, true, true, true};
    for (DType type : new DType[] {DType.F64, DType.F32}) {
      double tolerance = type == DType.F64 ? 1e-14 : 1e-6;
      try (Scope s = Scope.open()) {
        Tensor q = random.normal(type, 3, 5);
        Tensor k = random.normal(type, 4, 5);
        Tensor v = random.normal(type, 4, 2);
        Tensor added = random.normal(type, 3, 4);
        Tensor mask = Tensor.of(may, 3, 4);
        for (int m = 0; m < 3; m++) {
          for (boolean causal : new boolean[] {false, true}) {
            double[] bias = m == 2 ? added.to(DType.F64).doubles() : new double[12];
            for (int i = 0; i < 12; i++) {
              if ((m == 1 && !may[i]) || (causal && i % 4 > i / 4)) {
                bias[i] = Double.NEGATIVE_INFINITY;
              }
            }
            Tensor given = m == 0 ? null : m == 1 ? mask : added;
            Tensor y = Attention.attention(q, k, v, given, causal);
            double[] expected =
                loop(
                    q.to(DType.F64).doubles(),
                    k.to(DType.F64).doubles(),
                    v.to(DType.F64).doubles(),
                    bias,
                    3,
                    4,
                    5,
                    2);
            assertArrayEquals(expected, y.to(DType.F64).doubles(), tolerance);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aQueryWithoutKeysGivesZerosAndNoGradient(boolean additive) {
    try (Scope s = Scope.open()) {
      Tensor q = new Generator(2).normal(DType.F32, 2, 3).requiresGrad(true);
      Tensor k = new Generator(3).normal(DType.F32, 2, 3).requiresGrad(true);
      Tensor mask = Tensor.of(new boolean[] {false, false, true, true}, 2, 2);
      if (additive) {
        mask = Tensor.where(mask, Tensor.zeros(2, 2), Double.NEGATIVE_INFINITY);
      }
      Tensor y = Attention.attention(q, k, k, mask, false);
      assertArrayEquals(new float[3], y.slice(0, 0, 1).floats());
      Tensor g = Autograd.grad(y.square().sum(), q);
      assertArrayEquals(new float[3], g.slice(0, 0, 1).floats());
      assertTrue(g.isFinite().all().floats()[0] == 1);
    }
  }

  @Test
  void laterKeysDoNotChangeEarlierQueries() {
    try (Scope s = Scope.open()) {
      Tensor x = new Generator(4).normal(DType.F32, 2, 6, 3);
      Tensor later = Tensor.concat(1, x.slice(1, 0, 4), x.slice(1, 4, 6).mul(-7));
      Tensor y = Attention.attention(x, x, x, null, true);
      Tensor z = Attention.attention(later, later, later, null, true);
      assertArrayEquals(y.slice(1, 0, 4).floats(), z.slice(1, 0, 4).floats());
      assertArrayEquals(x.slice(1, 0, 1).floats(), y.slice(1, 0, 1).floats());
    }
  }

  @Test
  void dropoutKeepsTheMean() {
    try (Scope s = Scope.open()) {
      Tensor q = Tensor.zeros(1, 2);
      Tensor k = Tensor.zeros(4000, 2);
      Tensor v = Tensor.ones(4000, 1);
      Generator random = new Generator(5);
      float y = Attention.attention(q, k, v, null, false, 1, 0.25, random).floats()[0];
      // The mean of 4000 values that are 0 or 4/3 has a standard deviation of 0.009.
      assertEquals(1, y, 0.05);
      assertTrue(y != 1);
      assertEquals(0, Attention.attention(q, k, v, null, false, 1, 1, random).floats()[0], 0);
    }
  }

  private static String refusal(Runnable r) {
    return assertThrows(IllegalArgumentException.class, r::run).getMessage();
  }

  @Test
  void refusals() {
    try (Scope s = Scope.open()) {
      Tensor a = Tensor.zeros(2, 3);
      Tensor b = Tensor.zeros(4, 3);
      assertEquals(
          "attention: queries [..., L, E], keys [..., S, E] and values [..., S, V] must agree in E"
              + " and S, got [2, 3], [4, 3] and [2, 3]",
          refusal(() -> Attention.attention(a, b, a, null, false)));
      assertEquals(
          "attention: queries, keys and values must have one float type, got F32, F64 and F64;"
              + " cast with to(...)",
          refusal(() -> Attention.attention(a, b.to(DType.F64), b.to(DType.F64), null, false)));
      assertEquals(
          "attention: the mask must broadcast to [..., L, S] = [2, 4], got [4, 2]",
          refusal(() -> Attention.attention(a, b, b, Tensor.zeros(4, 2), false)));
      assertEquals(
          "attention: the mask must be BOOL or a float type, got I32; compare it with 0, or cast it",
          refusal(() -> Attention.attention(a, b, b, Tensor.arange(4), false)));
      assertEquals(
          "attention: dropout must be between 0 and 1, got 2.0",
          refusal(() -> Attention.attention(a, b, b, null, false, 1, 2, new Generator(1))));
      assertEquals(
          "attention: the scale must be finite, got NaN",
          refusal(
              () -> Attention.attention(a, b, b, null, false, Double.NaN, 0, new Generator(1))));
    }
  }
}
