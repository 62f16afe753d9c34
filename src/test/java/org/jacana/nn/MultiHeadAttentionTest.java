package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.optim.Adam;
import org.junit.jupiter.api.Test;

class MultiHeadAttentionTest {
  private static MultiHeadAttention make(int embed, int heads) {
    MultiHeadAttention m = new MultiHeadAttention(embed, heads, true, 0, new Generator(1));
    m.to(DType.F64);
    try (Scope s = Scope.open()) {
      m.inBias().assign(new Generator(2).normal(DType.F64, 3 * embed));
      m.out().bias().assign(new Generator(3).normal(DType.F64, embed));
    }
    return m;
  }

  /** Row r of x W^T + b for features from..from+n of the packed weight. */
  private static double project(double[] w, double[] b, double[] x, int row, int feature, int e) {
    double sum = b[feature];
    for (int d = 0; d < e; d++) {
      sum += w[feature * e + d] * x[row * e + d];
    }
    return sum;
  }

  /** The paper's formula, position by position. */
  private static double[] loop(
      MultiHeadAttention m, double[] q, double[] kv, int n, int rows, int keys, int e, int heads) {
    double[] w = m.inWeight().doubles();
    double[] b = m.inBias().doubles();
    double[] wo = m.out().weight().doubles();
    double[] bo = m.out().bias().doubles();
    int d = e / heads;
    double[] out = new double[n * rows * e];
    for (int i = 0; i < n * rows; i++) {
      double[] joined = new double[e];
      for (int h = 0; h < heads; h++) {
        double[] score = new double[keys];
        double sum = 0;
        for (int j = 0; j < keys; j++) {
          int key = i / rows * keys + j;
          double dot = 0;
          for (int c = h * d; c < (h + 1) * d; c++) {
            dot += project(w, b, q, i, c, e) * project(w, b, kv, key, e + c, e);
          }
          score[j] = Math.exp(dot / Math.sqrt(d));
          sum += score[j];
        }
        for (int j = 0; j < keys; j++) {
          int key = i / rows * keys + j;
          for (int c = h * d; c < (h + 1) * d; c++) {
            joined[c] += score[j] / sum * project(w, b, kv, key, 2 * e + c, e);
          }
        }
      }
      for (int c = 0; c < e; c++) {
        out[i * e + c] = project(wo, bo, joined, 0, c, e);
      }
    }
    return out;
  }

  @Test
  void isTheFormula() {
    try (Scope s = Scope.open();
        MultiHeadAttention m = make(6, 3)) {
      Tensor x = new Generator(4).normal(DType.F64, 2, 3, 6);
      Tensor z = new Generator(5).normal(DType.F64, 2, 4, 6);
      double[] self = loop(m, x.doubles(), x.doubles(), 2, 3, 3, 6, 3);
      assertArrayEquals(self, m.apply(x).doubles(), 1e-13);
      assertArrayEquals(self, m.attend(x, x.copy(), x.copy(), null, false).doubles(), 1e-13);
      double[] cross = loop(m, x.doubles(), z.doubles(), 2, 3, 4, 6, 3);
      assertArrayEquals(cross, m.attend(x, z, z, null, false).doubles(), 1e-13);
    }
  }

  @Test
  void derivatives() {
    try (Scope s = Scope.open();
        MultiHeadAttention m = make(4, 2)) {
      Tensor x = new Generator(6).normal(DType.F64, 2, 3, 4).requiresGrad(true);
      Tensor z = new Generator(7).normal(DType.F64, 2, 2, 4).requiresGrad(true);
      Derivatives.check(m, () -> m.attend(x, null, true), x);
      Tensor mask = Tensor.of(new boolean[] {true, false, true, true, false, false}, 3, 2);
      Derivatives.check(m, () -> m.attend(x, z, z, mask, false), x, z);
    }
  }

  @Test
  void causalAndMasksPerBatch() {
    try (Scope s = Scope.open();
        MultiHeadAttention m = make(4, 2)) {
      Tensor x = new Generator(8).normal(DType.F64, 2, 5, 4);
      Tensor later = Tensor.concat(1, x.slice(1, 0, 3), x.slice(1, 3, 5).mul(3));
      assertArrayEquals(
          m.attend(x, null, true).slice(1, 0, 3).doubles(),
          m.attend(later, null, true).slice(1, 0, 3).doubles(),
          1e-14);
      // The first sequence of the batch is 2 long, the second 5.
      boolean[] may = new boolean[10];
      for (int i = 0; i < 10; i++) {
        may[i] = i < 2 || i >= 5;
      }
      Tensor y = m.attend(x, Tensor.of(may, 2, 1, 1, 5), false);
      Tensor alone = m.apply(x.slice(0, 0, 1).slice(1, 0, 2));
      assertArrayEquals(alone.doubles(), y.slice(0, 0, 1).slice(1, 0, 2).doubles(), 1e-14);
      Tensor whole = m.apply(x).slice(0, 1, 2);
      assertArrayEquals(whole.doubles(), y.slice(0, 1, 2).doubles(), 1e-14);
    }
  }

  @Test
  void namesAndInitialValues() {
    try (Scope s = Scope.open();
        MultiHeadAttention m = new MultiHeadAttention(8, 2);
        MultiHeadAttention bare = new MultiHeadAttention(8, 2, false, 0, new Generator(1))) {
      assertEquals(
          List.of("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"),
          List.copyOf(m.namedParameters().keySet()));
      assertEquals(
          List.of("in_proj_weight", "out_proj.weight"),
          List.copyOf(bare.namedParameters().keySet()));
      assertEquals(Shape.of(24, 8), m.inWeight().shape());
      assertArrayEquals(new float[24], m.inBias().floats());
      assertArrayEquals(new float[8], m.out().bias().floats());
      double bound = Math.sqrt(6.0 / 32);
      assertTrue(m.inWeight().abs().max().item() <= bound);
      assertTrue(m.inWeight().abs().max().item() > 0.8 * bound);
      assertEquals("MultiHeadAttention(8, 2)", m.toString());
      Numeric.assertShape(bare.apply(Tensor.zeros(2, 3, 8)), 2, 3, 8);
      assertEquals(2 * 3 * 8 * (24 + 6), m.multiplyAdds(Shape.of(2, 3, 8), Shape.of(2, 3, 8)));
    }
  }

  @Test
  void dropoutOnlyInTraining() {
    try (Scope s = Scope.open();
        MultiHeadAttention m = new MultiHeadAttention(4, 1, true, 0.5, new Generator(1))) {
      Tensor x = new Generator(2).normal(DType.F32, 1, 6, 4);
      assertTrue(m.apply(x).sub(m.apply(x)).abs().max().item() > 0);
      m.eval();
      assertArrayEquals(m.apply(x).floats(), m.apply(x).floats());
    }
  }

  /** Every position must give the first position's input, which only attention can carry. */
  @Test
  void learnsToCopyTheFirstPosition() {
    Generator random = new Generator(11);
    try (Sequential model =
        new Sequential(
            new SinusoidalEncoding(8, 5),
            new MultiHeadAttention(8, 2, true, 0, random),
            new Linear(8, 2, random))) {
      Adam adam = Adam.of(model.parameters()).learningRate(0.02);
      double loss = 1;
      for (int step = 0; step < 300; step++) {
        try (Scope s = Scope.open()) {
          Tensor bits = random.uniform(DType.F32, 32, 5, 2).ge(0.5).to(DType.F32);
          Tensor x = bits.mul(4).pad(0, 0, 0, 0, 0, 0, 6);
          Tensor target = bits.slice(1, 0, 1).expand(32, 5, 2);
          Tensor l = Losses.mse(model.apply(x), target);
          l.backward();
          adam.step();
          adam.zeroGrad();
          loss = l.item();
        }
      }
      adam.close();
      assertTrue(loss < 0.02, "loss " + loss);
    }
  }

  private static String refusal(Runnable r) {
    return assertThrows(IllegalArgumentException.class, r::run).getMessage();
  }

  @Test
  void refusals() {
    assertEquals(
        "multiHeadAttention: embed must divide into heads, got 6 for 4 heads",
        refusal(() -> new MultiHeadAttention(6, 4)));
    try (Scope s = Scope.open();
        MultiHeadAttention m = new MultiHeadAttention(4, 2)) {
      assertEquals(
          "MultiHeadAttention(4, 2): inputs must be [N, L, 4], got [2, 4]",
          refusal(() -> m.apply(Tensor.zeros(2, 4))));
      Tensor x = Tensor.zeros(2, 3, 4);
      assertEquals(
          "MultiHeadAttention(4, 2): the mask must be [L, S] or [N, heads, L, S], got [2, 3, 3]; a"
              + " mask [N, L, S] needs unsqueeze(1)",
          refusal(() -> m.attend(x, Tensor.zeros(2, 3, 3), false)));
      assertEquals(
          "MultiHeadAttention(4, 2): keys and values must have one shape and the queries' batch"
              + " size, got queries [2, 3, 4], keys [1, 3, 4] and values [1, 3, 4]",
          refusal(() -> m.attend(x, Tensor.zeros(1, 3, 4), Tensor.zeros(1, 3, 4), null, false)));
    }
  }

  @Test
  void sinusoidalEncodingByHand() {
    try (Scope s = Scope.open();
        SinusoidalEncoding e = new SinusoidalEncoding(3, 4)) {
      double slow = 2 * Math.pow(10000, -2 / 3.0);
      float[] y = e.apply(Tensor.zeros(1, 3, 3)).floats();
      assertArrayEquals(
          new float[] {(float) Math.sin(2), (float) Math.cos(2), (float) Math.sin(slow)},
          new float[] {y[6], y[7], y[8]},
          1e-7f);
      assertArrayEquals(new float[] {0, 1, 0}, new float[] {y[0], y[1], y[2]});
      assertEquals(
          "SinusoidalEncoding(3, 4): the input must be [N, T, 3] with T at most 4, got [1, 5, 3]",
          refusal(() -> e.apply(Tensor.zeros(1, 5, 3))));
    }
  }
}
