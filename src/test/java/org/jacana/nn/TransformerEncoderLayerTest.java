package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransformerEncoderLayerTest {
  private static TransformerEncoderLayer make(Activation f, boolean first, double dropout) {
    TransformerEncoderLayer m =
        new TransformerEncoderLayer(4, 2, 6, dropout, f, first, new Generator(1));
    m.to(DType.F64);
    try (Scope s = Scope.open()) {
      Generator g = new Generator(2);
      // Norms and biases away from ones and zeros, so that each is seen.
      for (Map.Entry<String, Tensor> e : m.namedParameters().entrySet()) {
        if (e.getValue().rank() == 1) {
          e.getValue().assign(g.normal(DType.F64, e.getValue().shape().dims()));
        }
      }
    }
    return m;
  }

  private static double[] norm(double[] x, double[] w, double[] b) {
    double mean = 0;
    double square = 0;
    for (double v : x) {
      mean += v / x.length;
    }
    for (double v : x) {
      square += (v - mean) * (v - mean) / x.length;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(square + 1e-5) * w[i] + b[i];
    }
    return y;
  }

  private static double[] affine(double[] x, double[] w, double[] b) {
    double[] y = b.clone();
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += w[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  private static double[] sum(double[] a, double[] b) {
    double[] y = a.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] += b[i];
    }
    return y;
  }

  /** Rows of [L, 4] through the layer, attention by the module that has its own test. */
  private static double[] formula(
      TransformerEncoderLayer m, Tensor x, boolean first, DoubleUnaryOperator f) {
    Map<String, Tensor> p = m.namedParameters();
    MultiHeadAttention attention = (MultiHeadAttention) m.children().get("self_attn");
    double[] w1 = p.get("norm1.weight").doubles();
    double[] b1 = p.get("norm1.bias").doubles();
    double[] w2 = p.get("norm2.weight").doubles();
    double[] b2 = p.get("norm2.bias").doubles();
    int rows = x.shape().dim(1);
    double[][] h = new double[rows][];
    double[] in = new double[rows * 4];
    for (int r = 0; r < rows; r++) {
      h[r] = x.select(0, 0).select(0, r).doubles();
      System.arraycopy(first ? norm(h[r], w1, b1) : h[r], 0, in, r * 4, 4);
    }
    double[] attended = attention.apply(Tensor.of(in, 1, rows, 4)).doubles();
    double[] out = new double[rows * 4];
    for (int r = 0; r < rows; r++) {
      double[] y = sum(h[r], java.util.Arrays.copyOfRange(attended, r * 4, r * 4 + 4));
      y = first ? y : norm(y, w1, b1);
      double[] z = first ? norm(y, w2, b2) : y;
      double[] wide = affine(z, p.get("linear1.weight").doubles(), p.get("linear1.bias").doubles());
      wide = java.util.Arrays.stream(wide).map(f).toArray();
      y = sum(y, affine(wide, p.get("linear2.weight").doubles(), p.get("linear2.bias").doubles()));
      System.arraycopy(first ? y : norm(y, w2, b2), 0, out, r * 4, 4);
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({"false, relu", "true, relu", "false, gelu", "true, gelu"})
  void isTheFormula(boolean first, String f) {
    try (Scope s = Scope.open();
        TransformerEncoderLayer m = make(Activation.byName(f), first, 0)) {
      Tensor x = new Generator(4).normal(DType.F64, 1, 3, 4);
      DoubleUnaryOperator g =
          f.equals("relu")
              ? v -> Math.max(0, v)
              : v -> 0.5 * v * (1 + Tensor.of(new double[] {v / Math.sqrt(2)}).erf().item());
      assertArrayEquals(formula(m, x, first, g), m.apply(x).doubles(), 1e-12);
    }
  }

  @Test
  void derivatives() {
    for (boolean first : new boolean[] {false, true}) {
      try (Scope s = Scope.open();
          TransformerEncoderLayer m = make(Activation.gelu(), first, 0)) {
        Tensor x = new Generator(6).normal(DType.F64, 2, 3, 4).requiresGrad(true);
        Derivatives.check(m, () -> m.apply(x, null, true), x);
      }
    }
  }

  @Test
  void masksReachAttention() {
    try (Scope s = Scope.open();
        TransformerEncoderLayer m = make(Activation.relu(), true, 0)) {
      Tensor x = new Generator(7).normal(DType.F64, 1, 4, 4);
      Tensor lower = Tensor.ones(4, 4).tril(0).gt(0);
      assertArrayEquals(m.apply(x, lower, false).doubles(), m.apply(x, null, true).doubles());
      Tensor later = Tensor.concat(1, x.slice(1, 0, 2), x.slice(1, 2, 4).mul(3));
      assertArrayEquals(
          m.apply(x, null, true).slice(1, 0, 2).doubles(),
          m.apply(later, null, true).slice(1, 0, 2).doubles(),
          1e-14);
    }
  }

  @Test
  void dropsInTrainingOnly() {
    try (Scope s = Scope.open();
        TransformerEncoderLayer m = make(Activation.relu(), false, 0.5)) {
      Tensor x = new Generator(8).normal(DType.F64, 1, 3, 4);
      assertNotEquals(m.apply(x).sum().item(), m.apply(x).sum().item());
      m.eval();
      assertArrayEquals(m.apply(x).doubles(), m.apply(x).doubles());
    }
  }

  @Test
  void namesAreThoseOfPyTorch() {
    try (TransformerEncoderLayer m = new TransformerEncoderLayer(4, 2, 6)) {
      assertEquals(
          List.of(
              "self_attn.in_proj_weight",
              "self_attn.in_proj_bias",
              "self_attn.out_proj.weight",
              "self_attn.out_proj.bias",
              "linear1.weight",
              "linear1.bias",
              "linear2.weight",
              "linear2.bias",
              "norm1.weight",
              "norm1.bias",
              "norm2.weight",
              "norm2.bias"),
          List.copyOf(m.namedParameters().keySet()));
    }
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> new TransformerEncoderLayer(5, 2, 6))
            .getMessage()
            .contains("embed must divide into heads"));
  }
}
