package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.op.BatchNorm;
import org.junit.jupiter.api.Test;

/** The batch's statistics beside sums in double, where sums in one pass could go wrong. */
class BatchMomentsTest {
  private static void check(String what, float[] x, int c, double tolerance) {
    int rows = x.length / c;
    try (Scope scope = Scope.open()) {
      BatchNorm.Result r =
          BatchNorm.batchNorm(Tensor.of(x, rows, c), Tensor.ones(c), Tensor.zeros(c), 1e-5);
      float[] mean = r.mean().floats();
      float[] variance = r.variance().floats();
      r.mean().close();
      r.variance().close();
      for (int k = 0; k < c; k++) {
        double sum = 0;
        for (int i = k; i < x.length; i += c) {
          sum += x[i];
        }
        double m = sum / rows;
        double squares = 0;
        for (int i = k; i < x.length; i += c) {
          squares += (x[i] - m) * (x[i] - m);
        }
        double v = squares / rows;
        assertEquals(m, mean[k], 1e-7 * Math.abs(m) + 1e-6 * Math.sqrt(v), what + " mean " + k);
        assertEquals(v, variance[k], tolerance * v, what + " variance " + k);
      }
    }
  }

  private static float[] normal(int n, double centre, double deviation) {
    Random random = new Random(n);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (centre + deviation * random.nextGaussian());
    }
    return x;
  }

  @Test
  void farFromZero() {
    for (int c : new int[] {1, 3, 16, 64, 1500}) {
      check("0 and 1, " + c, normal(3_000 * c, 0, 1), c, 1e-6);
      check("1e6 and 1, " + c, normal(3_000 * c, 1e6, 1), c, 1e-6);
    }
  }

  /** The first rows, which sums are taken about, are far from all others. */
  @Test
  void firstRowsFarFromTheOthers() {
    for (int c : new int[] {1, 16, 64, 1024}) {
      for (int far : new int[] {1, 2, 100}) {
        float[] x = normal(3000 * c, 5, 1);
        for (int i = 0; i < far * c; i++) {
          x[i] = 1e5f;
        }
        check(far + " rows, " + c, x, c, 1e-6);
      }
    }
  }

  /** A drift: every piece has another mean. */
  @Test
  void drift() {
    int c = 8;
    float[] x = normal(200_000 * c, 0, 1);
    for (int i = 0; i < x.length; i++) {
      x[i] += i / c * 0.01f;
    }
    check("drift", x, c, 1e-6);
  }

  @Test
  void constantChannelsHaveNoVariance() {
    float[] x = new float[5000 * 16];
    java.util.Arrays.fill(x, 0.1f);
    check("constant", x, 16, 0);
  }
}
