package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BatchNormTest {
  private static final float EPSILON = 1e-5f;

  @Test
  void forwardAndBackward() {
    for (int rows : new int[] {2, 3, 7, 17, 64, 1000}) {
      for (int c : new int[] {1, 2, 3, 7, 16, 17, 64}) {
        check(rows, c);
      }
    }
  }

  private static void check(int rows, int c) {
    String what = "[" + rows + ", " + c + "]";
    try (Memory memory = new Memory(rows * 100L + c)) {
      int n = rows * c;
      float[] x = memory.random(n);
      for (int i = 0; i < n; i++) {
        x[i] = x[i] * (1 + i % c) + 3 * (i % c);
      }
      float[] gamma = memory.random(c);
      float[] beta = memory.random(c);
      float[] dy = memory.random(n);
      double[] mean = new double[c];
      double[] variance = new double[c];
      for (int i = 0; i < n; i++) {
        mean[i % c] += (double) x[i] / rows;
      }
      for (int i = 0; i < n; i++) {
        variance[i % c] += Math.pow(x[i] - mean[i % c], 2) / rows;
      }
      double[] y = new double[n];
      double[] dgamma = new double[c];
      double[] dbeta = new double[c];
      double[] scale = new double[c];
      for (int i = 0; i < n; i++) {
        int j = i % c;
        double z = (x[i] - mean[j]) / Math.sqrt(variance[j] + EPSILON);
        y[i] = z * gamma[j] + beta[j];
        dgamma[j] += dy[i] * z;
        dbeta[j] += dy[i];
        scale[j] += Math.abs(dy[i]) * (1 + Math.abs(z));
      }
      double[] dx = new double[n];
      double[] dxScale = new double[n];
      for (int i = 0; i < n; i++) {
        int j = i % c;
        double deviation = Math.sqrt(variance[j] + EPSILON);
        double z = (x[i] - mean[j]) / deviation;
        dx[i] = gamma[j] / deviation * (dy[i] - dbeta[j] / rows - z * dgamma[j] / rows);
        dxScale[i] = Math.abs(gamma[j] / deviation) * 10;
      }
      long xs = memory.floats(x);
      long g = memory.floats(gamma);
      long b = memory.floats(beta);
      long ys = memory.floats(n);
      long m = memory.floats(c);
      long v = memory.floats(c);
      assertTrue(OneDnn.batchNorm(ys, m, v, xs, g, b, rows, c, EPSILON), what);
      Memory.close("mean " + what, mean, null, Memory.read(m, c), 2e-6);
      Memory.close("variance " + what, variance, null, Memory.read(v, c), 1e-5);
      Memory.close("y " + what, y, null, Memory.read(ys, n), 3e-5);

      long again = memory.floats(n);
      assertTrue(OneDnn.batchNormInference(again, xs, m, v, g, b, rows, c, EPSILON), what);
      Memory.close("inference " + what, y, null, Memory.read(again, n), 3e-5);

      long dxs = memory.floats(n);
      long dg = memory.floats(c);
      long db = memory.floats(c);
      assertTrue(
          OneDnn.batchNormGrad(dxs, dg, db, xs, memory.floats(dy), m, v, g, rows, c, EPSILON),
          what);
      Memory.close("dgamma " + what, dgamma, scale, Memory.read(dg, c), 3e-5);
      Memory.close("dbeta " + what, dbeta, scale, Memory.read(db, c), 1e-6);
      Memory.close("dx " + what, dx, dxScale, Memory.read(dxs, n), 3e-5);
    }
  }

  @Test
  void nonNumbersShowInTheResult() {
    try (Memory memory = new Memory(1)) {
      float[] x = memory.random(20);
      x[7] = Float.NaN;
      long one = memory.floats(1, 1);
      long y = memory.floats(20);
      assertTrue(
          OneDnn.batchNorm(
              y, memory.floats(2), memory.floats(2), memory.floats(x), one, one, 10, 2, EPSILON));
      float[] got = Memory.read(y, 20);
      for (int i = 0; i < 20; i++) {
        assertTrue(Float.isNaN(got[i]) == (i % 2 == 1), "element " + i + " is " + got[i]);
      }
    }
  }

  @Test
  void nothingIsDeclined() {
    try (Memory memory = new Memory(1)) {
      long a = memory.floats(4);
      assertFalse(OneDnn.batchNorm(a, a, a, a, a, a, 0, 4, EPSILON));
    }
  }
}
