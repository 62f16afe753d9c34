package org.jacana.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jacana.CapturedStep;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of all metrics. */
class MetricTest {
  static List<Device> devices() {
    return Devices.all();
  }

  /** Those that take {@link Sample}. */
  static List<Supplier<Metric>> classifiers() {
    return List.of(
        Metrics::accuracy,
        () -> Metrics.topAccuracy(2),
        Metrics::crossEntropy,
        () -> Metrics.precision(4, Average.MACRO),
        () -> Metrics.recall(4, Average.MICRO),
        () -> Metrics.f1(4, Average.WEIGHTED),
        () -> new ConfusionMatrix(4),
        CalibrationError::new,
        () -> RocAuc.oneVsRest(4));
  }

  @ParameterizedTest
  @MethodSource("classifiers")
  void nothingIsAnErrorAndResetForgets(Supplier<Metric> make) {
    Metric m = make.get();
    try (m) {
      String empty = assertThrows(IllegalStateException.class, m::compute).getMessage();
      assertTrue(empty.contains("no example since the last reset"), empty);
      Device d = Devices.all().get(0);
      Sample.feed(m, d, 12, false);
      double once = m.compute();
      m.reset();
      assertThrows(IllegalStateException.class, m::compute);
      try (Scope s = Scope.open(d)) {
        m.update(Tensor.zeros(0, 4), Tensor.zeros(DType.I32, 0));
        assertThrows(IllegalStateException.class, m::compute);
        m.update(Tensor.zeros(1, 4), Tensor.zeros(DType.I32, 1), Tensor.zeros(1));
        assertThrows(IllegalStateException.class, m::compute);
      }
      Sample.feed(m, d, 12, false);
      assertEquals(once, m.compute());
    }
    m.close();
    assertThrows(IllegalStateException.class, m::compute);
    assertThrows(IllegalStateException.class, m::reset);
    assertThrows(
        IllegalStateException.class, () -> Sample.feed(m, Devices.all().get(0), 12, false));
  }

  @ParameterizedTest
  @MethodSource("classifiers")
  void labelsOutsideAreReported(Supplier<Metric> make) {
    for (Device d : Devices.all()) {
      for (int label : new int[] {-1, 4, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        try (Scope s = Scope.open(d);
            Metric m = make.get()) {
          m.update(Tensor.zeros(3, 4), Tensor.of(new int[] {0, label, 1}));
          String message = assertThrows(IllegalArgumentException.class, m::compute).getMessage();
          assertTrue(message.contains("1 label was outside the"), message);
        }
      }
    }
  }

  /** What fills up a batch may hold anything. */
  @ParameterizedTest
  @MethodSource("classifiers")
  void examplesOfWeightZeroDoNotCount(Supplier<Metric> make) {
    for (Device d : Devices.all()) {
      try (Scope s = Scope.open(d);
          Metric m = make.get()) {
        Sample.feed(m, d, 12, false);
        double before = m.compute();
        Tensor nan = Tensor.full(DType.F32, Double.NaN, 2, 4);
        m.update(nan, Tensor.of(new int[] {-7, 1}), Tensor.zeros(2));
        assertEquals(before, m.compute(), m.name());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("classifiers")
  void wrongShapesAndTypes(Supplier<Metric> make) {
    try (Scope s = Scope.open(Devices.all().get(0));
        Metric m = make.get()) {
      Tensor y = Tensor.zeros(DType.I32, 3);
      Tensor z = Tensor.zeros(3, 4);
      String shapes =
          assertThrows(IllegalArgumentException.class, () -> m.update(Tensor.zeros(2, 4), y))
              .getMessage();
      assertTrue(shapes.contains("got [2, 4] and [3]"), shapes);
      assertThrows(IllegalArgumentException.class, () -> m.update(z, Tensor.zeros(3)));
      assertThrows(IllegalArgumentException.class, () -> m.update(z.to(DType.I32), y));
      assertThrows(IllegalArgumentException.class, () -> m.update(z, y, Tensor.ones(4)));
      assertThrows(IllegalArgumentException.class, () -> m.update(Tensor.zeros(), y));
      assertThrows(IllegalStateException.class, m::compute);
    }
  }

  /** Scores [2, 3, K] are those of six examples. */
  @ParameterizedTest
  @MethodSource("classifiers")
  void leadingAxesAreExamples(Supplier<Metric> make) {
    for (Device d : Devices.all()) {
      try (Scope s = Scope.open(d);
          Metric m = make.get()) {
        Tensor z = Tensor.of(Sample.LOGITS, 12, 4);
        Tensor y = Tensor.of(Sample.LABELS);
        m.update(z, y);
        double flat = m.compute();
        m.reset();
        m.update(z.reshape(2, 6, 4), y.reshape(2, 6));
        assertEquals(flat, m.compute(), m.name());
      }
    }
  }

  /** Recorded on the device: the sums are those of all replays, and nothing is read before. */
  @ParameterizedTest
  @MethodSource("devices")
  void recorded(Device d) {
    for (Supplier<Metric> make : classifiers()) {
      try (Scope s = Scope.open(d);
          Metric eager = make.get();
          Metric m = make.get()) {
        if (m instanceof RocAuc) {
          continue;
        }
        Tensor z = Tensor.zeros(5, 4);
        Tensor y = Tensor.zeros(DType.I32, 5);
        Tensor w = Tensor.zeros(5);
        m.update(z, y, w);
        m.reset();
        try (CapturedStep step = CapturedStep.record(d, () -> m.update(z, y, w))) {
          m.reset();
          for (int from = 0; from < 12; from += 5) {
            float[] logits = new float[20];
            int[] labels = new int[5];
            float[] weights = new float[5];
            for (int i = 0; i < 5 && from + i < 12; i++) {
              System.arraycopy(Sample.LOGITS, (from + i) * 4, logits, i * 4, 4);
              labels[i] = Sample.LABELS[from + i];
              weights[i] = 1;
            }
            z.write(logits);
            y.write(labels);
            w.write(weights);
            step.replay();
          }
        }
        Sample.feed(eager, d, 12, false);
        assertEquals(eager.compute(), m.compute(), 1e-12, m.name());
      }
    }
  }

  @Test
  void aRecordingNeedsTheSums() {
    for (Device d : Devices.all()) {
      if (d.kind() != Device.Kind.CUDA) {
        continue;
      }
      try (Scope s = Scope.open(d);
          Metric m = Metrics.accuracy()) {
        Tensor z = Tensor.zeros(5, 4);
        Tensor y = Tensor.zeros(DType.I32, 5);
        String message =
            assertThrows(
                    IllegalStateException.class, () -> CapturedStep.record(d, () -> m.update(z, y)))
                .getMessage();
        assertTrue(message.contains("update it once before"), message);
      }
    }
  }

  @Test
  void batchesOfTwoDevices() {
    if (Devices.all().size() < 2) {
      return;
    }
    try (Metric m = Metrics.accuracy()) {
      Sample.feed(m, Devices.all().get(0), 12, false);
      assertThrows(
          IllegalArgumentException.class, () -> Sample.feed(m, Devices.all().get(1), 12, false));
    }
  }

  @Test
  void namesAndDirections() {
    try (Metric a = Metrics.topAccuracy(5);
        Metric b = Metrics.rmse();
        Metric c = new R2();
        Metric d = new CalibrationError()) {
      assertEquals("top5Accuracy", a.name());
      assertTrue(a.largerIsBetter());
      assertFalse(b.largerIsBetter());
      assertTrue(c.largerIsBetter());
      assertFalse(d.largerIsBetter());
    }
    assertThrows(IllegalArgumentException.class, () -> Metrics.topAccuracy(0));
    assertThrows(IllegalArgumentException.class, () -> Metrics.f1(1, Average.MACRO));
    assertThrows(IllegalArgumentException.class, () -> Metrics.f1(3, null));
    assertThrows(IllegalArgumentException.class, () -> new ConfusionMatrix(1));
    assertThrows(IllegalArgumentException.class, () -> new R2(0));
  }

  /** Every third label is -100: what counts are the other examples. */
  @ParameterizedTest
  @MethodSource("classifiers")
  void ignoredLabels(Supplier<Metric> make) {
    for (Device d : Devices.all()) {
      int[] marked = Sample.LABELS.clone();
      float[] ones = new float[12];
      for (int i = 0; i < 12; i++) {
        marked[i] = i % 3 == 0 ? -100 : marked[i];
        ones[i] = i % 3 == 0 ? 0 : 1;
      }
      try (Scope s = Scope.open(d);
          Metric m = make.get();
          Metric ignoring = Metrics.ignoring(-100, make.get())) {
        Tensor z = Tensor.of(Sample.LOGITS, 12, 4);
        m.update(z, Tensor.of(Sample.LABELS), Tensor.of(ones));
        ignoring.update(z, Tensor.of(marked));
        assertEquals(m.compute(), ignoring.compute(), 1e-15);
        Tensor weights = Tensor.of(Sample.WEIGHTS);
        m.reset();
        ignoring.reset();
        m.update(z, Tensor.of(Sample.LABELS), weights.mul(Tensor.of(ones)));
        ignoring.update(z, Tensor.of(marked), weights);
        assertEquals(m.compute(), ignoring.compute(), 1e-15);
        assertEquals(m.name(), ignoring.name());
        assertEquals(m.largerIsBetter(), ignoring.largerIsBetter());
      }
    }
  }

  /** Outputs that are part of a graph: nothing is recorded, nothing of it is kept. */
  @ParameterizedTest
  @MethodSource("classifiers")
  void outputsWithAGraph(Supplier<Metric> make) {
    for (Device d : Devices.all()) {
      try (Scope s = Scope.open(d);
          Metric m = make.get()) {
        Tensor w = Tensor.of(Sample.LOGITS, 12, 4).requiresGrad(true);
        Tensor y = Tensor.of(Sample.LABELS);
        m.update(w, y);
        double leaf = m.compute();
        m.reset();
        try (Scope step = Scope.open(d)) {
          m.update(w.mul(1), y);
        }
        assertEquals(leaf, m.compute(), m.name());
      }
    }
  }

  @Test
  void several() {
    Device d = Devices.all().get(0);
    try (Scope s = Scope.open(d);
        MetricCollection all = new MetricCollection(Metrics.accuracy(), new ConfusionMatrix(4))) {
      Tensor z = Tensor.of(Sample.LOGITS, 12, 4);
      Tensor y = Tensor.of(Sample.LABELS);
      all.update(z, y);
      all.reset();
      all.update(z, y);
      all.update(z, y, Tensor.of(Sample.WEIGHTS));
      Map<String, Double> values = all.compute();
      assertEquals(List.of("accuracy", "confusionMatrix"), List.copyOf(values.keySet()));
      // (7 + 6.25) / (12 + 15.25), from scikit-learn's counts in ConfusionMatrixTest.
      assertEquals(13.25 / 27.25, values.get("accuracy"), 1e-14);
      assertEquals(values.get("accuracy"), values.get("confusionMatrix"), 1e-14);
      assertEquals("accuracy", all.metrics().get(0).name());
    }
    try (Metric a = Metrics.accuracy();
        Metric b = Metrics.accuracy()) {
      assertThrows(IllegalArgumentException.class, () -> new MetricCollection(a, b));
    }
  }
}
