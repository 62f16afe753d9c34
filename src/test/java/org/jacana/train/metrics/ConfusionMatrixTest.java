package org.jacana.train.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfusionMatrixTest {
  static List<Device> devices() {
    return Devices.all();
  }

  /** scikit-learn's confusion_matrix of {@link Sample}, without and with sample_weight. */
  @ParameterizedTest
  @MethodSource("devices")
  void counts(Device d) {
    double[][] plain = {{2, 1, 0, 0}, {1, 1, 0, 0}, {0, 0, 2, 1}, {1, 1, 0, 2}};
    double[][] weighted = {{2.5, 2, 0, 0}, {1, .5, 0, 0}, {0, 0, 2, 3}, {2, 1, 0, 1.25}};
    try (ConfusionMatrix m = new ConfusionMatrix(4)) {
      Sample.feed(m, d, 5, false);
      assertArrayEquals(plain, m.result().counts());
      assertEquals(7 / 12.0, m.compute(), 1e-15);
      m.reset();
      Sample.feed(m, d, 7, true);
      assertArrayEquals(weighted, m.result().counts());
      Confusion c = m.result();
      assertEquals(0.47288006111535524, c.precision(Average.MACRO), 1e-14);
      assertEquals(0.4098360655737705, c.recall(Average.WEIGHTED), 1e-14);
      assertEquals(0.39138655462184874, c.f1(Average.MACRO), 1e-14);
      assertEquals(2 / 5.0, c.recall(2), 1e-15);
      assertEquals(1, c.precision(2));
      assertEquals(4 / 7.0, c.f1(2), 1e-15);
    }
  }

  @Test
  void mistakesBySize() {
    try (ConfusionMatrix m = new ConfusionMatrix(List.of("cat", "dog", "owl", "fox"))) {
      Sample.feed(m, Devices.all().get(0), 12, true);
      List<Confusion.Pair> pairs = m.result().mostConfused(3);
      assertEquals(
          List.of(
              new Confusion.Pair("owl", "fox", 3),
              new Confusion.Pair("cat", "dog", 2),
              new Confusion.Pair("fox", "cat", 2)),
          pairs);
      assertEquals(5, m.result().mostConfused(100).size());
      assertEquals(List.of(), m.result().mostConfused(0));
    }
  }

  @Test
  void text() {
    try (ConfusionMatrix m = new ConfusionMatrix(List.of("cat", "dog", "owl", "fox"))) {
      Sample.feed(m, Devices.all().get(0), 12, false);
      List<String> lines = m.result().stats().lines().toList();
      assertEquals("12 examples, accuracy 0.5833", lines.get(0));
      assertEquals("               precision     recall         f1   examples", lines.get(2));
      assertEquals("dog               0.3333     0.5000     0.4000          2", lines.get(4));
      assertEquals("macro mean        0.6250     0.5833     0.5857         12", lines.get(7));
      assertEquals("rows: actual, columns: predicted", lines.get(10));
      assertEquals("     cat  dog  owl  fox", lines.get(11));
      assertEquals("fox    1    1    0    2", lines.get(15));
      assertEquals(16, lines.size());
    }
  }

  @Test
  void aWideMatrixIsLeftOutOfTheText() {
    int n = 30;
    try (Scope s = Scope.open(Devices.all().get(0));
        ConfusionMatrix m = new ConfusionMatrix(n)) {
      Tensor labels = Tensor.of(IntStream.range(0, n).toArray());
      m.update(labels.oneHot(n), labels);
      assertFalse(m.result().stats().contains("rows: actual"));
      assertTrue(m.result().toString().contains("accuracy 1.0000"));
    }
  }

  @Test
  void resultsAreCopies() {
    try (ConfusionMatrix m = new ConfusionMatrix(4)) {
      Sample.feed(m, Devices.all().get(0), 12, false);
      Confusion c = m.result();
      c.counts()[0][0] = 100;
      m.reset();
      assertEquals(2, c.counts()[0][0]);
      assertThrows(IllegalStateException.class, m::result);
    }
  }
}
