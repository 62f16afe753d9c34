package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.op.Unary;
import org.junit.jupiter.api.Test;

class EltwiseTest {
  private static double exact(Eltwise f, double x) {
    return switch (f) {
      case EXP -> Math.exp(x);
      case GELU -> Unary.GELU.apply(x, 0, 0);
      case TANH -> Math.tanh(x);
      case LOGISTIC -> logistic(x);
      case GELU_TANH -> x * logistic(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
      case SWISH -> x * logistic(x);
      case ELU -> x > 0 ? x : Math.expm1(x);
      case SQRT -> Math.sqrt(x);
      case SQUARE -> x * x;
      case ABS -> Math.abs(x);
    };
  }

  private static double logistic(double x) {
    return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
  }

  /** Every 65,521st float, a fine grid around zero, and the edges. */
  private static float[] inputs() {
    float[] x = new float[120_000];
    int n = 0;
    for (float edge :
        new float[] {
          0f,
          -0f,
          Float.NaN,
          Float.POSITIVE_INFINITY,
          Float.NEGATIVE_INFINITY,
          Float.MAX_VALUE,
          -Float.MAX_VALUE,
          Float.MIN_VALUE,
          -Float.MIN_VALUE,
          Float.MIN_NORMAL,
          1,
          -1,
          88.73f,
          -88f,
          -104f
        }) {
      x[n++] = edge;
    }
    for (long bits = 0; bits < 1L << 32; bits += 65_521) {
      x[n++] = Float.intBitsToFloat((int) bits);
    }
    int grid = x.length - n;
    for (int i = 0; i < grid; i++) {
      x[n++] = 40f * i / grid - 20;
    }
    return x;
  }

  @Test
  void everyFunctionOverAllMagnitudes() {
    float[] x = inputs();
    for (Eltwise f : Eltwise.values()) {
      try (Memory memory = new Memory(1)) {
        long y = memory.floats(x);
        assertTrue(OneDnn.eltwise(f, y, y, x.length, 1, 0));
        float[] got = Memory.read(y, x.length);
        for (int i = 0; i < x.length; i++) {
          if (f.wrongAt(Float.floatToRawIntBits(x[i])) < 0) {
            continue;
          }
          double want = exact(f, x[i]);
          float rounded = (float) want;
          boolean special = Float.isNaN(rounded) || Float.isInfinite(rounded);
          boolean same =
              special
                  ? Float.compare(rounded, got[i]) == 0
                  : Math.abs(want - got[i]) <= Math.max(1e-6, 2e-6 * Math.abs(want));
          assertTrue(same, f + " of " + x[i] + " is " + got[i] + ", expected " + want);
        }
      }
    }
  }

  @Test
  void oddCounts() {
    for (int n : new int[] {1, 2, 3, 7, 17, 31, 33}) {
      try (Memory memory = new Memory(n)) {
        float[] x = memory.random(n);
        long y = memory.floats(n);
        assertTrue(OneDnn.eltwise(Eltwise.SQUARE, y, memory.floats(x), n, 0, 0));
        float[] got = Memory.read(y, n);
        for (int i = 0; i < n; i++) {
          assertEquals(x[i] * x[i], got[i]);
        }
      }
    }
    assertFalse(OneDnn.eltwise(Eltwise.TANH, 64, 64, 0, 0, 0));
  }

  @Test
  void sumsShowNonNumbersWhereverTheyAre() {
    for (int n : new int[] {1, 63, 64, 65, 1000, 6400}) {
      try (Memory memory = new Memory(n)) {
        float[] x = memory.random(n);
        double want = 0;
        for (float v : x) {
          want += v;
        }
        double got = 0;
        for (float part : OneDnn.sums(memory.floats(x), n)) {
          got += part;
        }
        assertEquals(want, got, 1e-3);
        for (int at : new int[] {0, n / 2, n - 1}) {
          float[] bad = x.clone();
          bad[at] = Float.NaN;
          assertTrue(holdsNaN(OneDnn.sums(memory.floats(bad), n)), n + " elements, NaN at " + at);
        }
      }
    }
  }

  private static boolean holdsNaN(float[] values) {
    for (float v : values) {
      if (Float.isNaN(v)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void castsRoundToNearestEven() {
    try (Memory memory = new Memory(1)) {
      // bfloat16 keeps eight bits: 1 + 2^-8 lies half way between 1 and 1 + 2^-7.
      float[] x = {
        1, 1 + 0x1p-8f, 1 + 0x1.8p-7f, -2.5f, 1e-40f, Float.POSITIVE_INFINITY, Float.NaN, 65504
      };
      int n = x.length;
      long half = memory.bytes(2 * n);
      long back = memory.floats(n);
      assertTrue(OneDnn.cast(DType.BF16, half, DType.F32, memory.floats(x), n));
      assertTrue(OneDnn.cast(DType.F32, back, DType.BF16, half, n));
      float[] got = Memory.read(back, n);
      assertEquals("[1.0, 1.0, 1.015625, -2.5", Arrays.toString(got).substring(0, 25));
      assertEquals(0, got[4], 1e-39f);
      assertEquals(Float.POSITIVE_INFINITY, got[5]);
      assertTrue(Float.isNaN(got[6]));
      assertEquals(65536, got[7]);

      assertTrue(OneDnn.cast(DType.F16, half, DType.F32, memory.floats(x), n));
      assertTrue(OneDnn.cast(DType.F32, back, DType.F16, half, n));
      got = Memory.read(back, n);
      assertEquals(1 + 0x1p-8f, got[1]);
      assertEquals(0, got[4]);
      assertEquals(65504, got[7]);
      assertFalse(OneDnn.cast(DType.I32, half, DType.F32, half, 1));
    }
  }
}
