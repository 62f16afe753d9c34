package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntToDoubleFunction;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.View;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Softmax and cross-entropy on the GPU against their definitions in double. */
class RowsTest {
  private static final int[] WIDTHS = {1, 2, 10, 100, 129, 1024, 1025, 2064};

  private CudaBackend cuda;
  private Rows rows;

  @BeforeEach
  void open() {
    cuda = CudaDevice.backend();
    rows = new Rows(cuda.gpu());
  }

  private static double tolerance(DType t) {
    return Mirrored.tolerance(t, 4e-6);
  }

  private static double[] softmax(double[] x, int k, boolean log) {
    double[] y = new double[x.length];
    for (int r = 0; r < x.length; r += k) {
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < k; i++) {
        most = Math.max(most, x[r + i]);
      }
      double sum = 0;
      for (int i = 0; i < k; i++) {
        sum += Math.exp(x[r + i] - most);
      }
      for (int i = 0; i < k; i++) {
        double d = x[r + i] - most;
        y[r + i] = log ? d - Math.log(sum) : Math.exp(d) / sum;
      }
    }
    return y;
  }

  private static Mirrored of(DType t, Mirrored.Placed p, Shape s, IntToDoubleFunction f) {
    return Mirrored.of(t, p, s, f);
  }

  private static Mirrored zeros(DType t, Shape s) {
    return of(t, Mirrored.Placed.DENSE, s, i -> 0);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "F16", "BF16"})
  void softmaxOfAnyWidth(DType t) {
    for (int k : WIDTHS) {
      for (Mirrored.Placed p :
          new Mirrored.Placed[] {Mirrored.Placed.DENSE, Mirrored.Placed.OFFSET}) {
        Shape s = Shape.of(3, k);
        try (Mirrored x = of(t, p, s, Mirrored.random(t, k));
            Mirrored y = zeros(t, s)) {
          for (boolean log : new boolean[] {false, true}) {
            assertTrue(cuda.softmax(log, y.cuda(), x.cuda()));
            y.assertClose(softmax(x.expected(), k, log), tolerance(t), log + " " + s + " " + t);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "F16", "BF16"})
  void softmaxGradOfAnyWidth(DType t) {
    for (int k : WIDTHS) {
      Shape s = Shape.of(3, k);
      for (boolean log : new boolean[] {false, true}) {
        try (Mirrored x = of(t, Mirrored.Placed.DENSE, s, Mirrored.random(t, k));
            Mirrored y = of(t, Mirrored.Placed.DENSE, s, i -> softmax(x.expected(), k, log)[i]);
            Mirrored dy = of(t, Mirrored.Placed.OFFSET, s, Mirrored.random(t, k + 1));
            Mirrored dx = zeros(t, s)) {
          assertTrue(cuda.softmaxGrad(log, dx.cuda(), dy.cuda(), y.cuda()));
          double[] a = y.expected();
          double[] g = dy.expected();
          double[] e = new double[a.length];
          for (int r = 0; r < a.length; r += k) {
            double sum = 0;
            for (int i = r; i < r + k; i++) {
              sum += log ? g[i] : g[i] * a[i];
            }
            for (int i = r; i < r + k; i++) {
              e[i] = log ? g[i] - Math.exp(a[i]) * sum : a[i] * (g[i] - sum);
            }
          }
          dx.assertClose(e, t == DType.F32 ? 2e-5 : tolerance(t), log + " gradient " + s + " " + t);
        }
      }
    }
  }

  @Test
  void infiniteAndHugeLogits() {
    double inf = Double.POSITIVE_INFINITY;
    double[][] cases = {
      {-inf, -inf, -inf, -inf},
      {-inf, 1, 2, -inf},
      {1e4, -1e4, 1e4, 0},
      {-1e4, -1e4, -1e4, -10001},
      {Double.NaN, 1, 2, 3},
      {inf, 1, 2, 3}
    };
    for (double[] row : cases) {
      for (int k : new int[] {4, 36, 1100}) {
        Shape s = Shape.of(2, k);
        try (Mirrored x =
                of(DType.F32, Mirrored.Placed.DENSE, s, i -> i % k < 4 ? row[i % k] : row[3]);
            Mirrored y = zeros(DType.F32, s)) {
          for (boolean log : new boolean[] {false, true}) {
            assertTrue(cuda.softmax(log, y.cuda(), x.cuda()));
            y.assertClose(softmax(x.expected(), k, log), 4e-6, row[0] + " " + k + " " + log);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "F16", "BF16"})
  void crossEntropyAndItsGradient(DType t) {
    for (int k : WIDTHS) {
      int n = 5;
      Shape s = Shape.of(n, k);
      try (Mirrored z = of(t, Mirrored.Placed.STEPPED, s, Mirrored.random(t, k));
          Mirrored labels =
              of(DType.I32, Mirrored.Placed.STEPPED, Shape.of(n), i -> (i * 37 + 3) % k);
          Mirrored loss = of(t, Mirrored.Placed.STEPPED, Shape.of(n), i -> 0);
          Mirrored dloss = of(t, Mirrored.Placed.REVERSED, Shape.of(n), Mirrored.random(t, 1));
          Mirrored dz = zeros(t, s)) {
        double[] p = softmax(z.expected(), k, false);
        double[] logs = softmax(z.expected(), k, true);
        double[] label = labels.expected();
        double[] weight = dloss.expected();
        double[] e = new double[n];
        double[] g = new double[n * k];
        double[] mean = new double[n * k];
        for (int i = 0; i < n; i++) {
          e[i] = -logs[i * k + (int) label[i]];
          for (int c = 0; c < k; c++) {
            mean[i * k + c] = (p[i * k + c] - (c == label[i] ? 1 : 0)) / n;
            g[i * k + c] = weight[i] * n * mean[i * k + c];
          }
        }
        String what = s + " " + t;
        assertTrue(cuda.crossEntropy(loss.cuda(), z.cuda(), labels.cuda()));
        loss.assertClose(e, tolerance(t), "loss " + what);
        assertTrue(cuda.crossEntropyGrad(dz.cuda(), dloss.cuda(), z.cuda(), labels.cuda()));
        dz.assertClose(g, t == DType.F32 ? 2e-5 : tolerance(t), "gradient " + what);
        loss.set(new double[n]);
        View out = loss.cuda();
        assertTrue(rows.crossEntropyBoth(out, dz.cuda(), 1.0 / n, z.cuda(), labels.cuda()));
        loss.assertClose(e, tolerance(t), "loss with gradient " + what);
        dz.assertClose(mean, t == DType.F32 ? 2e-5 : tolerance(t), "gradient of mean " + what);
      }
    }
  }

  @Test
  void aBadLabelSpoilsItsRowOnly() {
    int[] bad = {1, -1, 0, 4, Integer.MAX_VALUE};
    Shape s = Shape.of(5, 4);
    try (Mirrored z = zeros(DType.F32, s);
        Mirrored labels = of(DType.I32, Mirrored.Placed.DENSE, Shape.of(5), i -> bad[i]);
        Mirrored loss = zeros(DType.F32, Shape.of(5));
        Mirrored dz = zeros(DType.F32, s)) {
      assertTrue(rows.crossEntropyBoth(loss.cuda(), dz.cuda(), 1, z.cuda(), labels.cuda()));
      double l = Math.log(4);
      double nan = Double.NaN;
      loss.assertClose(new double[] {l, nan, l, nan, nan}, 1e-6, "loss");
      double[] g = new double[20];
      for (int i = 0; i < 20; i++) {
        g[i] = i / 4 % 2 == 1 || i >= 16 ? nan : i % 4 == bad[i / 4] ? -0.75 : 0.25;
      }
      dz.assertClose(g, 1e-6, "gradient");
    }
  }

  @Test
  void inputsOfAnyLayout() {
    Shape s = Shape.of(4, 6);
    for (Mirrored.Placed p : Mirrored.Placed.values()) {
      try (Mirrored x = of(DType.F32, p, s, Mirrored.random(DType.F32, 1));
          Mirrored y = zeros(DType.F32, s);
          Mirrored dx = zeros(DType.F32, s);
          Mirrored labels = of(DType.I32, Mirrored.Placed.DENSE, Shape.of(4), i -> i);
          Mirrored loss = zeros(DType.F32, Shape.of(4))) {
        double[] e = softmax(x.expected(), 6, true);
        assertTrue(cuda.softmax(true, y.cuda(), x.cuda()));
        y.assertClose(e, 4e-6, "softmax " + p);
        assertTrue(cuda.crossEntropy(loss.cuda(), x.cuda(), labels.cuda()));
        double[] l = {-e[0], -e[7], -e[14], -e[21]};
        loss.assertClose(l, 4e-6, "cross-entropy " + p);
        assertTrue(cuda.softmaxGrad(true, dx.cuda(), x.cuda(), y.cuda()));
        double[] g = x.expected();
        double[] d = new double[24];
        for (int i = 0; i < 24; i++) {
          double sum = 0;
          for (int j = i / 6 * 6; j < i / 6 * 6 + 6; j++) {
            sum += g[j];
          }
          d[i] = g[i] - Math.exp(e[i]) * sum;
        }
        dx.assertClose(d, 2e-5, "gradient " + p);
      }
    }
  }

  @Test
  void typesThatDoNotFitAreLeftToTheCompositeForm() {
    Shape s = Shape.of(4, 6);
    try (Mirrored x = zeros(DType.F32, s);
        Mirrored y = zeros(DType.F64, s);
        Mirrored ints = zeros(DType.I32, s)) {
      assertFalse(cuda.softmax(false, y.cuda(), x.cuda()));
      assertFalse(cuda.softmaxGrad(false, y.cuda(), x.cuda(), y.cuda()));
      assertFalse(cuda.softmax(false, ints.cuda(), ints.cuda()));
    }
  }
}
