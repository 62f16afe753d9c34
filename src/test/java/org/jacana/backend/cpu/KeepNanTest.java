package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KeepNanTest {
  private static final float[] EDGES = {
    Float.NaN,
    Float.intBitsToFloat(0xffc01234),
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    88.7f,
    88.73f,
    -87f,
    -104f,
    1,
    -1
  };

  private static float[] inputs(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = i % 3 == 0 ? EDGES[i / 3 % EDGES.length] : (i * 37 % 4001 - 2000) / 100f;
    }
    return x;
  }

  private static void check(KeepNan f, float x, float y) {
    if (Float.isNaN(x)) {
      assertTrue(Float.isNaN(y), f + " of NaN is " + y);
    } else if (f == KeepNan.RELU) {
      assertEquals(Math.max(x, 0f), y + 0f, f + " of " + x);
    } else {
      double want = Math.exp(x);
      if (want > Float.MAX_VALUE) {
        assertEquals(Float.POSITIVE_INFINITY, y, f + " of " + x);
      } else {
        assertEquals(want, y, Math.max(1.7e-38, 2e-6 * want), f + " of " + x);
      }
    }
  }

  @Test
  void everyLengthOfATail() {
    assertTrue(KeepNan.holds());
    for (KeepNan f : KeepNan.values()) {
      for (int n = 1; n < 100; n++) {
        try (Memory memory = new Memory(n)) {
          float[] x = inputs(n);
          long y = memory.floats(n + 1);
          assertTrue(OneDnn.keepNan(f, y, memory.floats(x), n));
          float[] got = Memory.read(y, n);
          for (int i = 0; i < n; i++) {
            check(f, x[i], got[i]);
          }
        }
      }
      assertFalse(OneDnn.keepNan(f, 64, 64, 0));
    }
  }

  /** Lengths around those at which work is cut into pieces, in place, on one thread and on two. */
  @Test
  void piecesMeet() {
    for (int n : new int[] {(1 << 17) - 1, 1 << 17, (1 << 17) + 1, 300_007}) {
      float[] x = inputs(n);
      for (KeepNan f : KeepNan.values()) {
        for (int threads = 1; threads <= 2; threads++) {
          try (Memory memory = new Memory(n)) {
            long y = memory.floats(x);
            assertTrue(new Split(new Workers(threads)).keepNan(f, y, y, n));
            float[] got = Memory.read(y, n);
            for (int i = 0; i < n; i++) {
              check(f, x[i], got[i]);
            }
          }
        }
      }
    }
  }
}
