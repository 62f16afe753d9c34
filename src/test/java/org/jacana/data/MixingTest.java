package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixingTest {
  /** Beta(a, a) has mean 1/2 and variance 1 / (4 (2 a + 1)). */
  @ParameterizedTest
  @ValueSource(doubles = {0.2, 1, 4})
  void betaHasItsMoments(double alpha) {
    int n = 4000;
    double sum = 0;
    double squares = 0;
    Draws draws = new Draws(8, 0);
    for (int i = 0; i < n; i++) {
      double l = draws.beta(alpha);
      assertTrue(l >= 0 && l <= 1);
      sum += l - 0.5;
      squares += (l - 0.5) * (l - 0.5);
    }
    double variance = 1 / (4 * (2 * alpha + 1));
    assertEquals(0, sum / n, 5 * Math.sqrt(variance / n));
    assertEquals(variance, squares / n, 0.08 * variance);
    assertEquals(1, draws.beta(0));
  }

  @Test
  void mixupMixesSamplesAndTargetsAlike() {
    float[] x = {0, 10, 20, 30};
    float[] y = {1, 0, 1, 0, 0, 1, 0, 1};
    float[] p = {0.75f, 2, 0, 3, 1};
    new Mixup(1).apply(Shape.of(1), 4, x, y, 2, p, new float[8]);
    assertArrayEquals(new float[] {5, 7.5f, 22.5f, 25}, x);
    assertArrayEquals(new float[] {0.75f, 0.25f, 1, 0, 0, 1, 0.25f, 0.75f}, y);
  }

  @Test
  void cutMixPastesARectangle() {
    float[] x = new float[24];
    for (int i = 0; i < 24; i++) {
      x[i] = i < 12 ? i : 100 + i - 12;
    }
    float[] expected = x.clone();
    float[] y = {1, 0, 0, 1};
    // Rows 1 to 2, columns 2 to 4 of 3x4: two of twelve pixels.
    float[] p = {10 / 12f, 1, 2, 2, 4, 1, 0};
    new CutMix(1).apply(Shape.of(3, 4, 1), 2, x, y, 2, p, new float[24]);
    expected[6] = 106;
    expected[7] = 107;
    expected[18] = 6;
    expected[19] = 7;
    assertArrayEquals(expected, x);
    assertArrayEquals(new float[] {10 / 12f, 2 / 12f, 2 / 12f, 10 / 12f}, y, 1e-6f);
  }

  /** Where the rectangle is not cut off, its area is 1 - l, whose mean is 1/2. */
  @Test
  void cutMixKnowsItsArea() {
    Shape s = Shape.of(20, 30, 3);
    CutMix t = new CutMix(1);
    for (int i = 0; i < 500; i++) {
      float[] p = new float[t.parameters(7)];
      t.draw(new Draws(0).at(1, i, 0, 1), 7, s, p);
      assertTrue(p[1] >= 0 && p[1] <= p[3] && p[3] <= 20 && p[2] >= 0 && p[4] <= 30);
      assertEquals(1 - (p[3] - p[1]) * (p[4] - p[2]) / 600, p[0], 1e-6);
      int[] partners = IntStream.range(0, 7).map(k -> (int) p[5 + k]).sorted().toArray();
      assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6}, partners);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> t.draw(new Draws(1, 1), 2, Shape.of(4), new float[9]));
    assertThrows(IllegalArgumentException.class, () -> new CutMix(-1));
    assertThrows(IllegalArgumentException.class, () -> new Mixup(Double.NaN));
  }

  @Test
  void aLoaderMixesEveryBatch() {
    ImageData data = Digits.load().test();
    float[][] seen = new float[3][];
    for (int workers = 0; workers < 3; workers++) {
      try (Loader loader = Loader.of(data).batch(16).shuffle(3).workers(workers).mix(new Mixup(1));
          Scope scope = Scope.open()) {
        Batch b = loader.start(1, 2).next();
        seen[workers] = Arrays.copyOf(b.input(), 16 * 64);
        assertEquals(Shape.of(16, 10), b.y().shape());
        assertEquals(DType.F32, b.y().dtype());
        assertEquals(Shape.of(10), loader.valuesShape());
        for (float sum : b.y().sum(1).floats()) {
          assertEquals(1, sum, 1e-6);
        }
      }
    }
    assertArrayEquals(seen[0], seen[1]);
    assertArrayEquals(seen[0], seen[2]);
  }
}
