package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Sums of F32 against sums in double, where their ways part: lengths, cancellation, overflow. */
class FloatSumsTest {
  private static final int LARGE = FloatSums.LARGE;

  /** Around tiles, pieces, and the length from which OpenBLAS adds. */
  private static final int[] LENGTHS = {
    1, 31, 32, 1023, 1025, 4095, 4096, 4097, 32_767, 32_769, LARGE - 1, LARGE, LARGE + 33
  };

  private final int threads = Device.threads();

  @AfterEach
  void restoreThreads() {
    Device.threads(threads);
  }

  private static float[] values(int n, IntToDoubleFunction f) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = (float) f.applyAsDouble(i);
    }
    return v;
  }

  private static IntToDoubleFunction normal(double mean) {
    Random r = new Random(5);
    return i -> r.nextGaussian() + mean;
  }

  /** Exact where sums need at most 106 bits. */
  private static double sum(float[] v, int from, int step, int n) {
    double sum = 0;
    double rest = 0;
    for (int i = 0; i < n; i++) {
      double x = v[from + i * step];
      double t = sum + x;
      double second = t - sum;
      double error = (sum - (t - second)) + (x - second);
      rest += Double.isNaN(error) ? 0 : error;
      sum = t;
    }
    return sum + rest;
  }

  private static double magnitude(float[] v) {
    double sum = 0;
    for (float x : v) {
      sum += Math.abs(x);
    }
    return sum;
  }

  private static float onCpu(float[] v) {
    try (Scope s = Scope.open(Device.CPU)) {
      return (float) Tensor.of(v).sum().item();
    }
  }

  @Test
  void ofNumbersAroundAMeanAndAroundZero() {
    for (int n : LENGTHS) {
      float[] far = values(n, normal(2));
      double want = sum(far, 0, 1, n);
      assertEquals(want, onCpu(far), 1e-6 * Math.abs(want), n + " around 2");
      float[] near = values(n, normal(0));
      want = sum(near, 0, 1, n);
      double tolerance = 1.2e-7 * Math.abs(want) + 1e-11 * magnitude(near);
      assertEquals(want, onCpu(near), tolerance, n + " around 0");
    }
  }

  @Test
  void smallNumbersBetweenLargeOnesThatCancel() {
    for (int n : LENGTHS) {
      float[] v = values(n, i -> i % 3 == 0 ? 3e8 : i % 3 == 1 ? 1 : -3e8);
      double want = sum(v, 0, 1, n);
      assertEquals(want, onCpu(v), 1e-6 * Math.abs(want), n + " neighbours");
      // Large ones far from each other, the first half of one sign.
      v = values(n, i -> i % 2 == 0 ? 1 : i < n / 2 ? 3e6 : -3e6);
      want = sum(v, 0, 1, n);
      assertEquals(want, onCpu(v), 1e-6 * Math.abs(want), n + " halves");
      // At the end of numbers of one sign.
      v = values(n, i -> i < n - 2 ? 1 : i == n - 2 ? 1e15 : -1e15);
      want = sum(v, 0, 1, n);
      assertEquals(want, onCpu(v), 1e-6 * Math.abs(want) + 1e-7, n + " at the end");
    }
  }

  @Test
  void beyondTheRangeOfFloatAndNoNumbers() {
    for (int n : new int[] {1024, 4098, 40_000, LARGE}) {
      float max = Float.MAX_VALUE;
      float[] v = values(n, i -> i < n / 2 ? max : -max);
      assertEquals(0f, onCpu(v), n + " that cancel");
      v[n - 1] = -max / 2;
      assertEquals(max / 2, onCpu(v), n + " that all but cancel");
      assertEquals(Float.POSITIVE_INFINITY, onCpu(values(n, i -> max)), n + " too large");
      for (int at : new int[] {0, n / 2, n - 1}) {
        float[] w = values(n, i -> 1);
        w[at] = Float.NaN;
        assertTrue(Float.isNaN(onCpu(w)), "NaN at " + at + " of " + n);
        w[at] = Float.NEGATIVE_INFINITY;
        assertEquals(Float.NEGATIVE_INFINITY, onCpu(w), "infinity at " + at + " of " + n);
        w[(at + 7) % n] = Float.POSITIVE_INFINITY;
        assertTrue(Float.isNaN(onCpu(w)), "both infinities in " + n);
      }
      assertEquals(n * (double) Float.MIN_VALUE, onCpu(values(n, i -> Float.MIN_VALUE)), 0);
      assertEquals(0f, onCpu(values(n, i -> -0f)));
    }
  }

  @Test
  void everyRowByItself() {
    int rows = 128;
    for (int columns : new int[] {4100, 32_800}) {
      // Every fifth row cancels, and row 3 is no number.
      float[] v =
          values(
              rows * columns,
              i -> i / columns % 5 == 4 ? (i % 3 == 0 ? 3e8 : i % 3 == 1 ? 1 : -3e8) : i % 10);
      v[3 * columns + 17] = Float.NaN;
      try (Scope s = Scope.open(Device.CPU)) {
        float[] got = Tensor.of(v, rows, columns).sum(1).floats();
        for (int r = 0; r < rows; r++) {
          double want = sum(v, r * columns, 1, columns);
          if (r == 3) {
            assertTrue(Float.isNaN(got[r]));
          } else {
            assertEquals(want, got[r], 1e-6 * Math.abs(want), "row " + r);
          }
        }
      }
    }
  }

  @Test
  void columnsOfOneMatrixAndOfMany() {
    for (int[] shape : new int[][] {{1, 9001, 3}, {1, 4000, 64}, {20, 700, 7}, {3, 50, 1024}}) {
      int length = shape[1];
      int c = shape[2];
      float[] v = values(shape[0] * length * c, normal(0.5));
      v[0] = Float.MAX_VALUE;
      v[c] = Float.MAX_VALUE;
      v[2 * c] = -Float.MAX_VALUE;
      v[3 * c] = -Float.MAX_VALUE;
      v[4 * c + 1] = 1e9f;
      v[5 * c + 1] = -1e9f;
      v[6 * c + 2] = Float.NaN;
      try (Scope s = Scope.open(Device.CPU)) {
        float[] got = Tensor.of(v, shape).sum(1).floats();
        for (int i = 0; i < got.length; i++) {
          double want = sum(v, i / c * length * c + i % c, c, length);
          if (i == 2) {
            assertTrue(Float.isNaN(got[i]));
            continue;
          }
          double tolerance = i == 0 ? Float.MAX_VALUE * 1e-12 : 1e-6 * Math.abs(want) + 1e-6;
          assertEquals(want, got[i], tolerance, Arrays.toString(shape) + " at " + i);
        }
      }
    }
  }

  @Test
  void stridedInput() {
    int n = 1 << 11;
    float[] v = values(n * n, normal(1));
    try (Scope s = Scope.open(Device.CPU)) {
      Tensor x = Tensor.of(v, n, n);
      double all = sum(v, 0, 1, v.length);
      assertEquals(all, x.transpose(0, 1).sum().item(), 1e-6 * all);
      double odd = sum(v, 1, 2, v.length / 2);
      assertEquals(odd, x.slice(1, 1, n, 2).sum().item(), 1e-6 * odd);
    }
  }

  @Test
  void bitsDoNotDependOnThreads() {
    float[] v = values(LARGE + 77, normal(0.7));
    float[] w = values(LARGE + 77, normal(0));
    Device.threads(1);
    float one = onCpu(v);
    float other = onCpu(w);
    for (int n = 2; n <= 4; n++) {
      Device.threads(n);
      assertEquals(one, onCpu(v), n + " threads");
      assertEquals(other, onCpu(w), n + " threads");
    }
  }

  /** The bound of the error holds for numbers of all magnitudes, and says no where they cancel. */
  @Test
  void boundOfBlockSums() {
    Assumptions.assumeTrue(OpenBlas.available(), () -> "no OpenBLAS here: " + OpenBlas.reason());
    Assumptions.assumeTrue(BlockSums.available(), "OpenBLAS adds in another way here");
    double[] sums = new double[1];
    double[] magnitudes = new double[1];
    Random r = new Random(3);
    for (int n : new int[] {1, 31, 32, 33, 2047, 2048, 2049, 5000}) {
      for (int round = 0; round < 50; round++) {
        float[] v = values(n, i -> r.nextGaussian() * Math.pow(2, r.nextInt(20)));
        try (Memory memory = new Memory(n)) {
          BlockSums.add(memory.floats(v), n, sums, magnitudes, 0);
        }
        double want = sum(v, 0, 1, n);
        double size = magnitude(v);
        assertEquals(size, magnitudes[0], 1e-4 * size);
        assertEquals(want, sums[0], 5 * 0x1p-24 * size + 1e-14 * size, n + " numbers");
        if (BlockSums.accepts(sums[0], magnitudes[0])) {
          assertEquals(want, sums[0], 1e-6 * Math.abs(want));
        }
      }
    }
    assertTrue(BlockSums.accepts(-1, 1));
    assertTrue(BlockSums.accepts(0, 0));
    assertFalse(BlockSums.accepts(1, 4));
    assertFalse(BlockSums.accepts(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY));
    assertFalse(BlockSums.accepts(1, Double.NaN));
    assertFalse(BlockSums.accepts(Double.NaN, 1));
  }
}
