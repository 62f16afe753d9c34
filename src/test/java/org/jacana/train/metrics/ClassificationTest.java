package org.jacana.train.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of scikit-learn 1.9.1 for {@link Sample}, in batches of every size. */
class ClassificationTest {
  static List<Device> devices() {
    return Devices.all();
  }

  private static void check(
      Device device, Supplier<? extends Metric> make, double plain, double weighted, double tol) {
    try (Metric m = make.get()) {
      for (boolean w : new boolean[] {false, true}) {
        for (int batch : new int[] {12, 5, 1}) {
          m.reset();
          Sample.feed(m, device, batch, w);
          String what = m.name() + " in batches of " + batch + (w ? ", weighted" : "");
          assertEquals(w ? weighted : plain, m.compute(), tol, what);
        }
      }
    }
  }

  /** accuracy_score, top_k_accuracy_score(k=2), log_loss of the softmax. */
  @ParameterizedTest
  @MethodSource("devices")
  void accuracyAndLoss(Device d) {
    check(d, Metrics::accuracy, 0.5833333333333334, 0.4098360655737705, 1e-15);
    check(d, () -> Metrics.topAccuracy(1), 0.5833333333333334, 0.4098360655737705, 1e-15);
    check(d, () -> Metrics.topAccuracy(2), 0.8333333333333334, 0.7377049180327869, 1e-15);
    check(d, () -> Metrics.topAccuracy(4), 1, 1, 1e-15);
    check(d, Metrics::crossEntropy, 0.9483630429385222, 1.1610654147485937, 1e-6);
  }

  /** precision_score, recall_score, f1_score for each average. */
  @ParameterizedTest
  @MethodSource("devices")
  void averages(Device d) {
    Average[] all = {Average.MICRO, Average.MACRO, Average.WEIGHTED};
    double[][] p = {
      {0.5833333333333334, 0.625, 0.6527777777777777},
      {0.4098360655737705, 0.47288006111535524, 0.5580157547370662}
    };
    double[][] r = {
      {0.5833333333333334, 0.5833333333333333, 0.5833333333333334},
      {0.4098360655737705, 0.3957516339869281, 0.4098360655737705}
    };
    double[][] f = {
      {0.5833333333333334, 0.5857142857142856, 0.6},
      {0.4098360655737705, 0.39138655462184874, 0.4365339578454332}
    };
    for (int i = 0; i < 3; i++) {
      Average a = all[i];
      check(d, () -> Metrics.precision(4, a), p[0][i], p[1][i], 1e-14);
      check(d, () -> Metrics.recall(4, a), r[0][i], r[1][i], 1e-14);
      check(d, () -> Metrics.f1(4, a), f[0][i], f[1][i], 1e-14);
    }
  }

  /** The same with average=None. */
  @ParameterizedTest
  @MethodSource("devices")
  void perClass(Device d) {
    try (ClassMetric p = Metrics.precision(4, Average.MACRO);
        ClassMetric r = Metrics.recall(4, Average.MACRO);
        ClassMetric f = Metrics.f1(4, Average.MACRO)) {
      for (ClassMetric m : List.of(p, r, f)) {
        Sample.feed(m, d, 5, false);
      }
      assertArrayEquals(new double[] {1 / 2.0, 1 / 3.0, 1, 2 / 3.0}, p.perClass(), 1e-15);
      assertArrayEquals(new double[] {2 / 3.0, 1 / 2.0, 2 / 3.0, 1 / 2.0}, r.perClass(), 1e-15);
      assertArrayEquals(new double[] {4 / 7.0, 2 / 5.0, 4 / 5.0, 4 / 7.0}, f.perClass(), 1e-15);
    }
  }

  /**
   * Labels 0 1 2 2, predictions 0 2 2 3, classes 0 to 4: class 4 is nowhere and does not count in
   * the macro mean, as if scikit-learn had found the classes itself (zero_division=0).
   */
  @ParameterizedTest
  @MethodSource("devices")
  void absentClasses(Device d) {
    try (Scope s = Scope.open(d);
        ClassMetric f = Metrics.f1(5, Average.MACRO);
        ClassMetric p = Metrics.precision(5, Average.MACRO);
        ClassMetric r = Metrics.recall(5, Average.WEIGHTED)) {
      Tensor scores = Tensor.of(new int[] {0, 2, 2, 3}).oneHot(5);
      Tensor labels = Tensor.of(new int[] {0, 1, 2, 2});
      for (Metric m : List.of(f, p, r)) {
        m.update(scores, labels);
      }
      assertEquals(0.375, f.compute());
      assertEquals(0.375, p.compute());
      assertEquals(0.5, r.compute());
      assertArrayEquals(new double[] {1, 0, 0.5, 0, 0}, p.perClass());
    }
  }

  /** accuracy_score and so on of s > 0.35, pos_label=1. */
  @ParameterizedTest
  @MethodSource("devices")
  void binary(Device d) {
    double[] scores = {.1, .4, .35, .8, .4, .4, .7, -.2, .35, .1};
    int[] labels = {0, 0, 1, 1, 1, 0, 1, 0, 0, 1};
    double[] weights = {1, 1, 2, 1, .5, 1, 3, 1, 1, .25};
    try (Scope s = Scope.open(d);
        Metric a = Metrics.binaryAccuracy(0.35);
        Metric p = Metrics.binaryPrecision(0.35);
        Metric r = Metrics.binaryRecall(0.35);
        Metric f = Metrics.binaryF1(0.35)) {
      Tensor z = Tensor.of(scores, 10, 1);
      Tensor y = Tensor.of(labels);
      for (Metric m : List.of(a, p, r, f)) {
        m.update(z, y);
        assertEquals(0.6, m.compute(), 1e-15);
        m.reset();
        m.update(z.squeeze(1), y.to(DType.BOOL), Tensor.of(weights));
      }
      assertEquals(0.6382978723404256, a.compute(), 1e-15);
      assertEquals(0.6923076923076923, p.compute(), 1e-15);
      assertEquals(0.6666666666666666, r.compute(), 1e-15);
      assertEquals(0.6792452830188679, f.compute(), 1e-15);
    }
  }

  /** The definitions in plain loops, over all examples at once. */
  @ParameterizedTest
  @MethodSource("devices")
  void equalTheirDefinitionsOnRandomScores(Device d) {
    int n = 300;
    int k = 7;
    Random random = new Random(3);
    double[] z = random.doubles(n * k).toArray();
    int[] y = random.ints(n, 0, k).toArray();
    double[] w = random.doubles(n).toArray();
    double[] right = new double[k];
    double[] predicted = new double[k];
    double[] actual = new double[k];
    double top = 0;
    for (int i = 0; i < n; i++) {
      int above = 0;
      int best = 0;
      for (int c = 0; c < k; c++) {
        above += z[i * k + c] > z[i * k + y[i]] ? 1 : 0;
        best = z[i * k + c] > z[i * k + best] ? c : best;
      }
      top += above < 3 ? w[i] : 0;
      right[y[i]] += best == y[i] ? w[i] : 0;
      predicted[best] += w[i];
      actual[y[i]] += w[i];
    }
    try (Scope s = Scope.open(d);
        Metric t = Metrics.topAccuracy(3);
        ClassMetric p = Metrics.precision(k, Average.MACRO);
        ClassMetric r = Metrics.recall(k, Average.MACRO);
        ClassMetric f = Metrics.f1(k, Average.MACRO)) {
      for (int a = 0; a < n; a += 77) {
        int b = Math.min(n, a + 77);
        Tensor scores = Tensor.of(z, n, k).slice(0, a, b);
        for (Metric m : List.of(t, p, r, f)) {
          m.update(scores, Tensor.of(y).slice(0, a, b), Tensor.of(w).slice(0, a, b));
        }
      }
      assertEquals(top / Arrays.stream(w).sum(), t.compute(), 1e-12);
      for (int c = 0; c < k; c++) {
        assertEquals(right[c] / predicted[c], p.perClass()[c], 1e-12);
        assertEquals(right[c] / actual[c], r.perClass()[c], 1e-12);
        assertEquals(2 * right[c] / (predicted[c] + actual[c]), f.perClass()[c], 1e-12);
      }
      assertEquals(Arrays.stream(p.perClass()).average().getAsDouble(), p.compute(), 1e-12);
    }
  }
}
