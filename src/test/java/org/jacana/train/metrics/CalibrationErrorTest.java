package org.jacana.train.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CalibrationErrorTest {
  static List<Device> devices() {
    return Devices.all();
  }

  private static Tensor logs(double... p) {
    double[] log = new double[2 * p.length];
    for (int i = 0; i < p.length; i++) {
      log[2 * i] = Math.log(p[i]);
      log[2 * i + 1] = Math.log(1 - p[i]);
    }
    return Tensor.of(log, p.length, 2);
  }

  /**
   * By hand, 4 bins: confidences 0.6, 0.7 in (1/2, 3/4], of which one is right, mean 0.65; 0.8,
   * 0.9, 0.9 in (3/4, 1], of which two are right, mean 13/15. 2/5 |1/2 - 0.65| + 3/5 |2/3 - 13/15|
   * = 0.06 + 0.12.
   */
  @ParameterizedTest
  @MethodSource("devices")
  void fiveByHand(Device d) {
    try (Scope s = Scope.open(d);
        CalibrationError e = new CalibrationError(4)) {
      e.update(logs(0.6, 0.3, 0.8), Tensor.of(new int[] {0, 0, 0}));
      e.update(logs(0.9, 0.1), Tensor.of(new int[] {0, 0}));
      assertEquals(0.18, e.compute(), 1e-14);
      CalibrationError.Bins b = e.bins();
      assertArrayEquals(new double[] {0, 0, 2, 3}, b.weight());
      assertEquals(0.65, b.confidence()[2], 1e-14);
      assertEquals(2 / 3.0, b.accuracy()[3], 1e-14);
      assertTrue(Double.isNaN(b.accuracy()[0]));
    }
  }

  /** The upper edge belongs to a bin: 0.5 of two equal logits is in the lower of two bins. */
  @Test
  void edges() {
    try (Scope s = Scope.open(Devices.all().get(0));
        CalibrationError e = new CalibrationError(2)) {
      e.update(Tensor.of(new float[] {0, 0, 200, 0}, 2, 2), Tensor.of(new int[] {0, 0}));
      assertArrayEquals(new double[] {1, 1}, e.bins().weight());
      assertEquals(0.25, e.compute(), 1e-15);
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void equalsItsDefinitionOnRandomScores(Device d) {
    Random random = new Random(2);
    int n = 200;
    int k = 5;
    double[] z = random.doubles(n * k, -3, 3).toArray();
    int[] y = random.ints(n, 0, k).toArray();
    double[] w = random.doubles(n).toArray();
    int bins = 15;
    double[][] sums = new double[3][bins];
    double all = 0;
    for (int i = 0; i < n; i++) {
      int best = 0;
      double sum = 0;
      for (int c = 0; c < k; c++) {
        best = z[i * k + c] > z[i * k + best] ? c : best;
        sum += Math.exp(z[i * k + c]);
      }
      double p = Math.exp(z[i * k + best]) / sum;
      int m = 0;
      while (p > (m + 1.0) / bins) {
        m++;
      }
      sums[0][m] += w[i];
      sums[1][m] += w[i] * p;
      sums[2][m] += best == y[i] ? w[i] : 0;
      all += w[i];
    }
    double expected = 0;
    for (int m = 0; m < bins; m++) {
      expected += Math.abs(sums[2][m] - sums[1][m]) / all;
    }
    try (Scope s = Scope.open(d);
        CalibrationError e = new CalibrationError()) {
      Tensor logits = Tensor.of(z, n, k);
      Tensor labels = Tensor.of(y);
      Tensor weights = Tensor.of(w);
      e.update(logits.slice(0, 0, 130), labels.slice(0, 0, 130), weights.slice(0, 0, 130));
      e.update(logits.slice(0, 130, n), labels.slice(0, 130, n), weights.slice(0, 130, n));
      assertEquals(expected, e.compute(), 1e-12);
    }
  }

  @Test
  void aNanIsNotHidden() {
    for (Device d : Devices.all()) {
      try (Scope s = Scope.open(d);
          CalibrationError e = new CalibrationError()) {
        e.update(Tensor.of(new float[] {Float.NaN, 0, 1, 0}, 2, 2), Tensor.of(new int[] {0, 0}));
        assertTrue(Double.isNaN(e.compute()));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new CalibrationError(0));
  }
}
