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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostInitTest {
  private static double[] draw(Init init, int... shape) {
    try (Scope s = Scope.open()) {
      Tensor t = init.make(DType.F64, Shape.of(shape), new Generator(3));
      assertEquals(Shape.of(shape), t.shape());
      return t.doubles();
    }
  }

  private static String refusal(Runnable r) {
    return assertThrows(IllegalArgumentException.class, r::run).getMessage();
  }

  @ParameterizedTest
  @CsvSource({"3, 5", "6, 2", "4, 4", "1, 1", "40, 30"})
  void orthogonalRowsOrColumns(int rows, int columns) {
    double[] w = draw(Init.orthogonal(2), rows, columns);
    boolean wide = rows <= columns;
    int n = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double dot = 0;
        for (int k = 0; k < length; k++) {
          dot +=
              wide
                  ? w[i * columns + k] * w[j * columns + k]
                  : w[k * columns + i] * w[k * columns + j];
        }
        assertEquals(i == j ? 4 : 0, dot, 1e-13);
      }
    }
  }

  @Test
  void orthogonalFiltersAndTypes() {
    assertArrayEquals(draw(Init.orthogonal(1), 4, 18), draw(Init.orthogonal(1), 4, 3, 3, 2));
    try (Scope s = Scope.open();
        Linear l = new Linear(3, 2)) {
      Init.orthogonal(1).fill(l.weight(), new Generator(1));
      assertEquals(2, l.weight().square().sum().item(), 1e-6);
    }
    assertTrue(refusal(() -> draw(Init.orthogonal(1), 4)).contains("two axes or more, got [4]"));
    refusal(() -> Init.orthogonal(Double.NaN));
  }

  /** Values of scipy.stats.norm. */
  @ParameterizedTest
  @CsvSource({
    "-8, 6.22096057427174e-16",
    "-3.5, 0.00023262907903552502",
    "-2.999, 0.0013543365337271057",
    "-1, 0.15865525393145707",
    "0, 0.5",
    "0.3, 0.6179114221889526",
    "2, 0.9772498680518208",
    "4, 0.9999683287581669"
  })
  void gaussianProbabilities(double z, double p) {
    assertEquals(p, Gaussian.below(z), 1e-15);
    assertEquals(1, Gaussian.below(z) / p, 1e-12);
  }

  @ParameterizedTest
  @CsvSource({
    "1e-10, -6.361340902404056",
    "0.001, -3.090232306167813",
    "0.2, -0.8416212335729142",
    "0.5, 0",
    "0.9, 1.2815515655446004",
    "0.9999, 3.719016485455709"
  })
  void gaussianQuantiles(double p, double z) {
    assertEquals(z, Gaussian.quantile(p), 1e-12);
  }

  /** Mean and deviation by scipy.stats.truncnorm. */
  @ParameterizedTest
  @CsvSource({
    "-1, 2.5, 0.2687498456249213, 0.7652213016445635",
    "3, 4, 3.2604542855900243, 0.2219860215810495",
    "-4, -3, -3.2604542855900243, 0.2219860215810495",
  })
  void truncatedNormal(double low, double high, double mean, double deviation) {
    int n = 200_000;
    double[] v = draw(Init.truncatedNormal(5, 2, 5 + 2 * low, 5 + 2 * high), n);
    double sum = 0;
    double squares = 0;
    for (double x : v) {
      assertTrue(x >= 5 + 2 * low && x <= 5 + 2 * high);
      double z = (x - 5) / 2;
      sum += z - mean;
      squares += (z - mean) * (z - mean);
    }
    assertEquals(0, sum / n, 5 * deviation / Math.sqrt(n));
    assertEquals(deviation, Math.sqrt(squares / n), 0.01 * deviation);
  }

  @Test
  void truncatedNormalRefusesWhatCannotBe() {
    refusal(() -> Init.truncatedNormal(0, 0, -1, 1));
    refusal(() -> Init.truncatedNormal(0, 1, 1, 1));
    refusal(() -> Init.truncatedNormal(Double.NaN, 1, -1, 1));
    String m = refusal(() -> Init.truncatedNormal(0, 1, 50, 51));
    assertTrue(m.contains("almost nothing of the distribution lies in 50.0..51.0"), m);
  }

  @Test
  void sparse() {
    double[] w = draw(Init.sparse(0.25, 0.5), 10, 200);
    double square = 0;
    int[] perRow = new int[10];
    for (int c = 0; c < 200; c++) {
      int zeros = 0;
      for (int r = 0; r < 10; r++) {
        double v = w[r * 200 + c];
        zeros += v == 0 ? 1 : 0;
        perRow[r] += v == 0 ? 1 : 0;
        square += v * v;
      }
      assertEquals(3, zeros, "ceil(0.25 10) zeros of input " + c);
    }
    assertEquals(0.5, Math.sqrt(square / 1400), 0.05);
    // 60 expected of each row, deviation 6.5.
    assertTrue(Arrays.stream(perRow).allMatch(n -> n > 30 && n < 90), Arrays.toString(perRow));
    assertArrayEquals(new double[6], draw(Init.sparse(1, 1), 3, 2));
    refusal(() -> draw(Init.sparse(0.5, 1), 3, 2, 2));
    refusal(() -> Init.sparse(1.5, 1));
    refusal(() -> Init.sparse(0.5, -1));
  }

  @Test
  void eye() {
    assertArrayEquals(new double[] {1, 0, 0, 0, 1, 0}, draw(Init.eye(), 2, 3));
    assertArrayEquals(new double[] {1, 0, 0, 1, 0, 0}, draw(Init.eye(), 3, 2));
    refusal(() -> draw(Init.eye(), 3));
  }

  @Test
  void diracHandsChannelsOn() {
    try (Scope s = Scope.open()) {
      Tensor x = new Generator(1).normal(DType.F64, 2, 5, 4, 3);
      Tensor w = Init.dirac(1).make(DType.F64, Shape.of(4, 3, 3, 3), new Generator(0));
      Tensor y = x.conv2d(w, 1, 1);
      assertArrayEquals(x.doubles(), y.slice(3, 0, 3).doubles());
      assertEquals(0, y.slice(3, 3, 4).abs().max().item());
      Tensor two = Init.dirac(2).make(DType.F64, Shape.of(4, 3, 3, 3), new Generator(0));
      Tensor z = x.conv2d(two, 1, 1);
      assertArrayEquals(x.slice(3, 0, 2).doubles(), z.slice(3, 0, 2).doubles());
      assertArrayEquals(x.slice(3, 0, 2).doubles(), z.slice(3, 2, 4).doubles());
    }
    refusal(() -> draw(Init.dirac(3), 4, 1, 1, 4));
    refusal(() -> Init.dirac(0));
  }

  /** torch.nn.init.calculate_gain. */
  @ParameterizedTest
  @CsvSource({
    "linear, 1",
    "conv2d, 1",
    "sigmoid, 1",
    "tanh, 1.6666666666666667",
    "relu, 1.4142135623730951",
    "leaky_relu, 1.4141428569978354",
    "selu, 0.75"
  })
  void gains(String name, double gain) {
    assertEquals(gain, Gain.of(name), 1e-15);
  }

  @Test
  void unknownGains() {
    assertTrue(refusal(() -> Gain.of("sinus")).startsWith("gain: unknown nonlinearity 'sinus'"));
  }
}
