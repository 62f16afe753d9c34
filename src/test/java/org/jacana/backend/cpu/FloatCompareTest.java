package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.BinaryOperator;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.op.Binary;
import org.junit.jupiter.api.Test;

class FloatCompareTest {
  private static final float[] EDGES = {
    0f,
    -0f,
    1,
    -1,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    Float.intBitsToFloat(0xffc00001),
    2.5f
  };

  private record Case(Binary kernel, BinaryOperator<Tensor> f) {}

  private static final List<Case> CASES =
      List.of(
          new Case(Binary.EQ, Tensor::eq),
          new Case(Binary.NE, Tensor::ne),
          new Case(Binary.LT, Tensor::lt),
          new Case(Binary.LE, Tensor::le),
          new Case(Binary.GT, Tensor::gt),
          new Case(Binary.GE, Tensor::ge));

  private static void check(Case c, float[] x, float[] y, Tensor got) {
    float[] g = got.to(org.jacana.DType.F32).floats();
    assertEquals(x.length, g.length);
    for (int i = 0; i < g.length; i++) {
      double want = c.kernel.apply(x[i], y[i]);
      assertEquals(want, g[i], c.kernel + " of " + x[i] + " and " + y[i] + " at " + i);
    }
  }

  /** Every pair of edges, beside ordinary numbers, at lengths around tiles and pieces. */
  @Test
  void everyPair() {
    for (int n : new int[] {1, 169, 1023, 1025, 16 * 1024 + 3, 50_001}) {
      float[] x = new float[n];
      float[] y = new float[n];
      for (int i = 0; i < n; i++) {
        x[i] = i % 500 < 169 ? EDGES[i % 500 / 13] : (i * 37 % 101) / 10f;
        y[i] = i % 500 < 169 ? EDGES[i % 500 % 13] : (i * 53 % 103) / 10f;
      }
      try (Scope s = Scope.open(Device.CPU)) {
        Tensor a = Tensor.of(x);
        Tensor b = Tensor.of(y);
        for (Case c : CASES) {
          check(c, x, y, c.f.apply(a, b));
        }
      }
    }
  }

  @Test
  void broadcastAndStrided() {
    int rows = 40;
    int columns = 13;
    try (Scope s = Scope.open(Device.CPU)) {
      float[] x = new float[rows * columns];
      float[] transposed = new float[x.length];
      float[] row = new float[x.length];
      float[] one = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = EDGES[i * 7 % 13];
        row[i] = EDGES[i % 13];
        one[i] = -0f;
        transposed[i % columns * rows + i / columns] = x[i];
      }
      Tensor a = Tensor.of(transposed, columns, rows).transpose(0, 1);
      Tensor b = Tensor.of(EDGES);
      Tensor zero = Tensor.of(new float[] {-0f});
      for (Case c : CASES) {
        check(c, x, row, c.f.apply(a, b));
        check(c, row, x, c.f.apply(b, a));
        check(c, x, one, c.f.apply(a, zero));
        check(c, one, x, c.f.apply(zero, a));
      }
    }
  }
}
