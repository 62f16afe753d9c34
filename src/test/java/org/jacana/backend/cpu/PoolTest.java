package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoolTest {
  private static final List<PoolShape> SHAPES =
      List.of(
          PoolShape.of(2, 4, 4, 1, 2, 2, 0),
          PoolShape.of(1, 28, 28, 32, 2, 2, 0),
          PoolShape.of(2, 7, 9, 3, 3, 2, 1),
          PoolShape.of(2, 7, 7, 17, 3, 1, 1),
          PoolShape.of(1, 17, 17, 2, 17, 1, 0),
          PoolShape.of(3, 8, 8, 7, 2, 3, 0),
          PoolShape.of(2, 8, 8, 64, 8, 8, 0),
          new PoolShape(2, 7, 10, 5, 3, 2, 4, 4, 2, 3, 1, 0),
          // Ceil mode: the last windows reach beyond the input.
          new PoolShape(1, 7, 7, 16, 2, 2, 4, 4, 2, 2, 0, 0),
          new PoolShape(1, 6, 6, 3, 3, 3, 3, 3, 2, 2, 0, 0));

  private interface Element {
    /** Position in the window, and the flat position of the element. */
    void at(int position, int x);
  }

  private static void window(PoolShape s, int y, Element each) {
    int c = y % s.c();
    int q = y / s.c() % s.ow();
    int p = y / s.c() / s.ow() % s.oh();
    int b = y / s.c() / s.ow() / s.oh();
    for (int i = 0; i < s.kh(); i++) {
      for (int j = 0; j < s.kw(); j++) {
        int r = p * s.strideH() - s.padTop() + i;
        int t = q * s.strideW() - s.padLeft() + j;
        if (r >= 0 && r < s.h() && t >= 0 && t < s.w()) {
          each.at(i * s.kw() + j, ((b * s.h() + r) * s.w() + t) * s.c() + c);
        }
      }
    }
  }

  private static int inputs(PoolShape s) {
    return s.n() * s.h() * s.w() * s.c();
  }

  private static int outputs(PoolShape s) {
    return s.n() * s.oh() * s.ow() * s.c();
  }

  @Test
  void maximumItsPositionAndGradient() {
    for (PoolShape s : SHAPES) {
      try (Memory memory = new Memory(s.toString().hashCode())) {
        int n = outputs(s);
        boolean small = s.kh() * s.kw() <= 256;
        // Few distinct values, all negative: ties everywhere, and padding must not win.
        Random random = new Random(7);
        float[] x = new float[inputs(s)];
        for (int i = 0; i < x.length; i++) {
          x[i] = random.nextInt(5) - 9;
        }
        float[] dy = memory.random(n);
        double[] want = new double[n];
        int[] position = new int[n];
        double[] gradient = new double[x.length];
        for (int i = 0; i < n; i++) {
          int[] best = {-1, -1};
          window(
              s,
              i,
              (at, from) -> {
                if (best[1] < 0 || x[from] > x[best[1]]) {
                  best[0] = at;
                  best[1] = from;
                }
              });
          want[i] = x[best[1]];
          position[i] = best[0];
          gradient[best[1]] += dy[i];
        }
        long xs = memory.floats(x);
        long y = memory.floats(n);
        long index = memory.bytes(small ? n : 4 * n);
        assertTrue(OneDnn.maxPool(y, index, xs, s), s::toString);
        Memory.close("maxPool " + s, want, null, Memory.read(y, n), 0);
        for (int i = 0; i < n; i++) {
          int got =
              small
                  ? Native.view(index, n).get(i) & 0xff
                  : Native.view(index, 4L * n).asIntBuffer().get(i);
          assertEquals(position[i], got, s + " element " + i);
        }
        long dx = memory.floats(x.length);
        assertTrue(OneDnn.maxPoolGrad(dx, memory.floats(dy), index, s), s::toString);
        Memory.close("maxPoolGrad " + s, gradient, null, Memory.read(dx, x.length), 1e-6);
        long plain = memory.floats(n);
        assertTrue(OneDnn.maxPool(plain, 0, xs, s), s::toString);
        Memory.close("maxPool " + s, want, null, Memory.read(plain, n), 0);
      }
    }
  }

  @Test
  void windowsWhoseIndexTypeDiffersAreDeclined() {
    PoolShape s = PoolShape.of(1, 40, 40, 2, 16, 8, 0);
    try (Memory memory = new Memory(1)) {
      long x = memory.floats(memory.random(inputs(s)));
      long y = memory.floats(outputs(s));
      assertFalse(OneDnn.maxPool(y, memory.bytes(outputs(s)), x, s));
      assertTrue(OneDnn.maxPool(y, 0, x, s));
    }
  }

  @Test
  void maximumOfNonNumbersIsDeclined() {
    PoolShape s = PoolShape.of(2, 12, 12, 3, 2, 2, 0);
    float[] bad = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -Float.MAX_VALUE};
    for (float value : bad) {
      for (int at : new int[] {0, 500, inputs(s) - 1}) {
        try (Memory memory = new Memory(1)) {
          float[] x = memory.random(inputs(s));
          x[at] = value;
          assertFalse(OneDnn.maxPool(memory.floats(outputs(s)), 0, memory.floats(x), s));
        }
      }
    }
  }

  @Test
  void averageAndGradient() {
    for (PoolShape s : SHAPES) {
      for (boolean countPadding : new boolean[] {false, true}) {
        try (Memory memory = new Memory(s.toString().hashCode())) {
          int n = outputs(s);
          float[] x = memory.random(inputs(s));
          float[] dy = memory.random(n);
          double[] want = new double[n];
          double[] gradient = new double[x.length];
          for (int i = 0; i < n; i++) {
            int[] count = {0};
            double[] sum = {0};
            window(
                s,
                i,
                (at, from) -> {
                  count[0]++;
                  sum[0] += x[from];
                });
            double divisor = countPadding ? s.kh() * s.kw() : count[0];
            want[i] = sum[0] / divisor;
            double share = dy[i] / divisor;
            window(s, i, (at, from) -> gradient[from] += share);
          }
          long y = memory.floats(n);
          long dx = memory.floats(x.length);
          boolean supported = !countPadding || s.symmetric();
          assertEquals(supported, OneDnn.avgPool(y, memory.floats(x), s, countPadding));
          assertEquals(supported, OneDnn.avgPoolGrad(dx, memory.floats(dy), s, countPadding));
          if (supported) {
            Memory.close("avgPool " + s, want, null, Memory.read(y, n), 1e-6);
            Memory.close("avgPoolGrad " + s, gradient, null, Memory.read(dx, x.length), 2e-6);
          }
        }
      }
    }
  }

  @Test
  void windowsWithoutElementsAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new PoolShape(1, 4, 4, 1, 2, 2, 4, 2, 2, 2, 0, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new PoolShape(1, 4, 4, 1, 2, 2, 2, 2, 2, 2, 2, 0));
  }
}
