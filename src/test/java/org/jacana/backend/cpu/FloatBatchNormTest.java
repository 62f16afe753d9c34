package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.op.BatchNorm;
import org.jacana.op.BatchNormRelu;
import org.junit.jupiter.api.Test;

/** Batch norm and its gradient beside the formulas in double; what is not a number stays. */
class FloatBatchNormTest {
  private static final double EPSILON = 1e-5;

  /** Channels with and without a kernel of oneDNN, one piece and several, whole ones and not. */
  private static final int[][] SHAPES = {
    {2, 16},
    {3, 5},
    {7, 48},
    {1024, 16},
    {5000, 3},
    {4099, 32},
    {70_001, 16},
    {20_011, 17},
    {3001, 64},
    {301, 600},
    {65, 1504}
  };

  private static float[] normal(int seed, int n, double centre, double deviation) {
    Random random = new Random(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (centre + deviation * random.nextGaussian());
    }
    return x;
  }

  /** What goes in, on the host. */
  private record Case(
      int rows, int c, float[] x, float[] r, float[] g, float[] gamma, float[] beta) {
    static Case of(int rows, int c) {
      int n = rows * c;
      return new Case(
          rows,
          c,
          normal(1, n, 3, 2),
          normal(2, n, 0, 1),
          normal(3, n, 0.5, 1),
          normal(4, c, 1, 0.5),
          normal(5, c, 0, 1));
    }
  }

  /** y, and the gradients of x, gamma, beta and, where there is one, the residual. */
  private static List<float[]> run(Case k, boolean relu, boolean residual, boolean strided) {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.of(k.x, k.rows, k.c);
      if (strided) {
        x = x.transpose(0, 1).contiguous().transpose(0, 1);
      }
      x = x.detach().requiresGrad(true);
      Tensor r = Tensor.of(k.r, k.rows, k.c).requiresGrad(true);
      Tensor gamma = Tensor.of(k.gamma).requiresGrad(true);
      Tensor beta = Tensor.of(k.beta).requiresGrad(true);
      BatchNorm.Result out =
          relu
              ? BatchNormRelu.batchNormRelu(x, residual ? r : null, gamma, beta, EPSILON)
              : BatchNorm.batchNorm(x, gamma, beta, EPSILON);
      out.mean().close();
      out.variance().close();
      List<Tensor> wanted = new ArrayList<>(List.of(x, gamma, beta));
      if (residual) {
        wanted.add(r);
      }
      Tensor loss = out.y().mul(Tensor.of(k.g, k.rows, k.c)).sum();
      List<float[]> all = new ArrayList<>(List.of(out.y().floats()));
      Autograd.grad(loss, wanted).forEach(t -> all.add(t.floats()));
      return all;
    }
  }

  /**
   * The same in double, the residual's gradient always and at last the largest factor of dy in dx.
   * z is rectified where y, as computed in float, is positive.
   */
  private static List<double[]> exact(Case k, boolean relu, boolean residual, float[] y) {
    int n = k.rows * k.c;
    List<double[]> all =
        List.of(
            new double[n],
            new double[n],
            new double[k.c],
            new double[k.c],
            new double[n],
            new double[1]);
    for (int j = 0; j < k.c; j++) {
      double m = 0;
      for (int i = j; i < n; i += k.c) {
        m += k.x[i] / (double) k.rows;
      }
      double v = 0;
      for (int i = j; i < n; i += k.c) {
        v += (k.x[i] - m) * (k.x[i] - m) / k.rows;
      }
      double inverse = 1 / Math.sqrt(v + EPSILON);
      all.get(5)[0] = Math.max(all.get(5)[0], Math.abs(k.gamma[j] * inverse));
      double sum = 0;
      double products = 0;
      for (int i = j; i < n; i += k.c) {
        double z = (k.x[i] - m) * inverse * k.gamma[j] + k.beta[j] + (residual ? k.r[i] : 0);
        all.get(0)[i] = relu ? Math.max(z, 0) : z;
        double d = relu && y[i] <= 0 ? 0 : k.g[i];
        all.get(4)[i] = d;
        sum += d;
        products += d * (k.x[i] - m) * inverse;
      }
      all.get(2)[j] = products;
      all.get(3)[j] = sum;
      for (int i = j; i < n; i += k.c) {
        double xhat = (k.x[i] - m) * inverse;
        all.get(1)[i] =
            k.gamma[j] * inverse * (all.get(4)[i] - sum / k.rows - xhat * products / k.rows);
      }
    }
    return all;
  }

  private static void near(double[] want, float[] got, double tolerance, String what) {
    double worst = 0;
    for (int i = 0; i < got.length; i++) {
      worst = Math.max(worst, Math.abs(want[i] - got[i]));
    }
    assertTrue(worst <= tolerance, what + ": off by " + worst + ", allowed " + tolerance);
  }

  private static void check(int rows, int c, boolean relu, boolean residual, boolean strided) {
    Case k = Case.of(rows, c);
    List<float[]> got = run(k, relu, residual, strided);
    List<double[]> want = exact(k, relu, residual, got.get(0));
    String what = rows + " x " + c + (relu ? " relu" : "") + (residual ? " residual" : "");
    near(want.get(0), got.get(0), 4e-6, what + " y");
    near(want.get(1), got.get(1), 4e-6 * Math.max(1, want.get(5)[0]), what + " dx");
    near(want.get(2), got.get(2), 2e-6 * Math.sqrt(rows) + 1e-6 * rows, what + " dgamma");
    near(want.get(3), got.get(3), 2e-6 * Math.sqrt(rows) + 1e-7 * rows, what + " dbeta");
    if (residual) {
      near(want.get(4), got.get(4), 0, what + " residual's gradient");
    }
  }

  @Test
  void asTheFormulasSay() {
    for (int[] s : SHAPES) {
      check(s[0], s[1], false, false, false);
      check(s[0], s[1], true, false, false);
      check(s[0], s[1], true, true, false);
    }
    check(4099, 32, true, true, true);
  }

  /** The rectifier and the sum within batch norm's pass give what they give after it. */
  @Test
  void atOnceOrOneByOne() {
    for (int[] s : SHAPES) {
      Case k = Case.of(s[0], s[1]);
      for (boolean residual : new boolean[] {false, true}) {
        try (Scope scope = Scope.open()) {
          Tensor x = Tensor.of(k.x, k.rows, k.c);
          Tensor r = residual ? Tensor.of(k.r, k.rows, k.c) : null;
          Tensor gamma = Tensor.of(k.gamma);
          Tensor beta = Tensor.of(k.beta);
          Tensor y = y(BatchNorm.batchNorm(x, gamma, beta, EPSILON));
          Tensor z = y(BatchNormRelu.batchNormRelu(x, r, gamma, beta, EPSILON));
          assertArrayEquals((residual ? y.add(r) : y).relu().floats(), z.floats());
        }
      }
    }
  }

  private static Tensor y(BatchNorm.Result r) {
    r.mean().close();
    r.variance().close();
    return r.y();
  }

  @Test
  void bitsDoNotDependOnThreads() {
    int before = Device.threads();
    try {
      for (int[] s : new int[][] {{70_001, 16}, {20_011, 17}}) {
        Case k = Case.of(s[0], s[1]);
        Device.threads(1);
        List<float[]> one = run(k, true, true, false);
        for (int threads : new int[] {2, 5}) {
          Device.threads(threads);
          List<float[]> more = run(k, true, true, false);
          for (int i = 0; i < one.size(); i++) {
            assertArrayEquals(one.get(i), more.get(i), s[1] + " channels, result " + i);
          }
        }
      }
    } finally {
      Device.threads(before);
    }
  }

  /** A channel with a value that is no number, or infinite, is NaN; the others are as before. */
  @Test
  void notANumberStays() {
    for (int c : new int[] {16, 17, 64}) {
      for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        Case k = Case.of(3000, c);
        float[] want = run(k, true, false, false).get(0);
        k.x[1234 * c + 5] = odd;
        float[] got = run(k, true, false, false).get(0);
        for (int i = 0; i < got.length; i++) {
          if (i % c == 5) {
            assertTrue(Float.isNaN(got[i]), c + " channels, x has " + odd + ", element " + i);
          } else {
            assertEquals(want[i], got[i]);
          }
        }
      }
    }
  }

  @Test
  void parametersAndResidualsThatAreNoNumbers() {
    for (int c : new int[] {16, 17}) {
      Case k = Case.of(3000, c);
      k.beta[3] = Float.NaN;
      k.beta[4] = Float.NEGATIVE_INFINITY;
      k.beta[5] = Float.POSITIVE_INFINITY;
      k.gamma[6] = Float.NaN;
      k.r[7] = Float.NaN;
      k.r[8] = Float.POSITIVE_INFINITY;
      k.r[9] = Float.NEGATIVE_INFINITY;
      float[] alone = run(k, true, false, false).get(0);
      float[] sum = run(k, true, true, false).get(0);
      for (float[] y : List.of(alone, sum)) {
        assertEquals(Float.NaN, y[3]);
        assertEquals(0, y[4]);
        assertEquals(Float.POSITIVE_INFINITY, y[5]);
        assertEquals(Float.NaN, y[6]);
      }
      assertEquals(Float.NaN, sum[7]);
      assertEquals(Float.POSITIVE_INFINITY, sum[8]);
      assertEquals(0, sum[9]);
      assertTrue(Float.isFinite(alone[7]) && Float.isFinite(alone[8]) && Float.isFinite(alone[9]));
    }
  }

  /** What does not pass the rectifier does not count, whatever it is; what does is kept. */
  @Test
  void gradientsThatAreNoNumbers() {
    for (int c : new int[] {16, 17, 64}) {
      for (boolean residual : new boolean[] {false, true}) {
        Case k = Case.of(3000, c);
        float[] y = run(k, true, residual, false).get(0);
        int off = first(y, c, 5, false);
        int on = first(y, c, 7, true);
        k.g[off] = 0;
        List<float[]> want = run(k, true, residual, false);
        for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
          k.g[off] = odd;
          List<float[]> got = run(k, true, residual, false);
          for (int i = 1; i < want.size(); i++) {
            assertArrayEquals(want.get(i), got.get(i), 1e-3f, c + " channels, result " + i);
          }
          k.g[off] = 0;
          float before = k.g[on];
          k.g[on] = odd;
          List<float[]> lost = run(k, true, residual, false);
          assertEquals(odd, lost.get(3)[7], c + " channels, dbeta");
          assertTrue(Float.isFinite(lost.get(3)[6]));
          k.g[on] = before;
        }
      }
    }
  }

  /** The first place in a channel where y is positive, or is not. */
  private static int first(float[] y, int c, int channel, boolean positive) {
    int i = channel;
    while (y[i] > 0 != positive) {
      i += c;
    }
    return i;
  }

  /** Norms too large for a difference of infinities to be avoided. */
  @Test
  void hugeParameters() {
    for (int c : new int[] {16, 17}) {
      Case k = Case.of(3000, c);
      java.util.Arrays.fill(k.gamma, 3e38f);
      k.r[7] = Float.NEGATIVE_INFINITY;
      float[] y = run(k, true, true, false).get(0);
      int infinite = 0;
      for (int i = 0; i < y.length; i++) {
        if (i != 7) {
          assertTrue(y[i] >= 0, c + " channels, element " + i + " is " + y[i]);
        }
        infinite += y[i] == Float.POSITIVE_INFINITY ? 1 : 0;
      }
      assertTrue(infinite > 100);
    }
  }

  /**
   * Far from zero, so that a product and a sum without the mean's subtraction would lose digits.
   */
  @Test
  void farFromZero() {
    for (int c : new int[] {16, 17}) {
      int rows = 5000;
      Case k = Case.of(rows, c);
      for (int i = 0; i < k.x.length; i++) {
        k.x[i] = 1e5f + Math.round(k.x[i] * 16) / 16f;
      }
      List<float[]> got = run(k, true, false, false);
      List<double[]> want = exact(k, true, false, got.get(0));
      near(want.get(0), got.get(0), 1e-2, c + " y");
      near(want.get(1), got.get(1), 5e-3, c + " dx");
    }
  }

  @Test
  void constantChannels() {
    for (int c : new int[] {16, 17}) {
      Case k = Case.of(4000, c);
      java.util.Arrays.fill(k.x, 0.1f);
      float[] y = run(k, false, false, false).get(0);
      for (int i = 0; i < y.length; i++) {
        assertEquals(k.beta[i % c], y[i]);
      }
    }
  }
}
