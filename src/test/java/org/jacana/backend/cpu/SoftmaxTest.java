package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SoftmaxTest {
  @Test
  void valuesAndGradients() {
    for (int rows : new int[] {1, 2, 7, 128}) {
      for (int columns : new int[] {1, 2, 3, 7, 10, 17, 100, 1000}) {
        for (boolean log : new boolean[] {false, true}) {
          check(log, rows, columns);
        }
      }
    }
  }

  private static void check(boolean log, int rows, int columns) {
    String what = (log ? "logSoftmax [" : "softmax [") + rows + ", " + columns + "]";
    try (Memory memory = new Memory(rows * 1000L + columns)) {
      int n = rows * columns;
      float[] x = memory.random(n);
      for (int i = 0; i < n; i++) {
        x[i] = x[i] * 5 + 50;
      }
      float[] dy = memory.random(n);
      double[] y = new double[n];
      double[] dx = new double[n];
      double[] scale = new double[n];
      for (int r = 0; r < rows; r++) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = r * columns; i < (r + 1) * columns; i++) {
          max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (int i = r * columns; i < (r + 1) * columns; i++) {
          sum += Math.exp(x[i] - max);
        }
        double dot = 0;
        double size = 0;
        for (int i = r * columns; i < (r + 1) * columns; i++) {
          double p = Math.exp(x[i] - max) / sum;
          y[i] = log ? x[i] - max - Math.log(sum) : p;
          dot += log ? dy[i] : dy[i] * p;
          size += Math.abs(dy[i]);
        }
        for (int i = r * columns; i < (r + 1) * columns; i++) {
          double p = Math.exp(x[i] - max) / sum;
          dx[i] = log ? dy[i] - p * dot : p * (dy[i] - dot);
          scale[i] = size;
        }
      }
      long ys = memory.floats(n);
      assertTrue(OneDnn.softmax(log, ys, memory.floats(x), rows, columns), what);
      Memory.close(what, y, null, Memory.read(ys, n), log ? 8e-6 : 2e-6);
      long dxs = memory.floats(n);
      // Only AVX-512 has a kernel for the gradient; without one nothing may be written.
      if (OneDnn.softmaxGrad(log, dxs, memory.floats(dy), ys, rows, columns)) {
        Memory.close("gradient of " + what, dx, scale, Memory.read(dxs, n), 5e-6);
      } else {
        for (float untouched : Memory.read(dxs, n)) {
          assertEquals(-777.25f, untouched);
        }
      }
    }
  }

  @Test
  void maskedElementsAndNonNumbers() {
    try (Memory memory = new Memory(1)) {
      float masked = Float.NEGATIVE_INFINITY;
      long y = memory.floats(4);
      assertTrue(OneDnn.softmax(false, y, memory.floats(1, masked, 1, masked), 1, 4));
      assertEquals("[0.5, 0.0, 0.5, 0.0]", java.util.Arrays.toString(Memory.read(y, 4)));
      assertTrue(OneDnn.softmax(true, y, memory.floats(0, -100, masked, 100), 1, 4));
      assertEquals(
          "[-100.0, -200.0, -Infinity, 0.0]", java.util.Arrays.toString(Memory.read(y, 4)));
      assertFalse(OneDnn.softmax(false, y, memory.floats(1, Float.NaN, 1, 2), 1, 4));
      assertFalse(OneDnn.softmax(true, y, memory.floats(1, Float.POSITIVE_INFINITY, 1, 2), 1, 4));
    }
  }
}
