package org.jacana.train.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.nn.Losses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RegressionTest {
  static List<Device> devices() {
    return Devices.all();
  }

  private static final double[] TARGET = {3, -.5, 2, 7, 1.25};
  private static final double[] OUTPUT = {2.5, 0, 2, 8, 1};
  private static final double[] WEIGHTS = {1, 2, .5, 1, 3};

  /**
   * scikit-learn 1.9.1: mean_squared_error, root_mean_squared_error, mean_absolute_error, r2_score,
   * each without and with sample_weight.
   */
  @ParameterizedTest
  @MethodSource("devices")
  void valuesOfScikitLearn(Device d) {
    double[][] expected = {
      {0.3125, 0.25833333333333336},
      {0.5590169943749475, 0.5082650227325636},
      {0.45, 0.43333333333333335},
      {0.9500798722044729, 0.9515372589890568}
    };
    try (Scope s = Scope.open(d);
        Metric mse = Metrics.mse();
        Metric rmse = Metrics.rmse();
        Metric mae = Metrics.mae();
        Metric r2 = new R2()) {
      List<Metric> all = List.of(mse, rmse, mae, r2);
      Tensor y = Tensor.of(TARGET);
      Tensor f = Tensor.of(OUTPUT);
      Tensor w = Tensor.of(WEIGHTS);
      for (int i = 0; i < all.size(); i++) {
        Metric m = all.get(i);
        for (int batch : new int[] {5, 3, 1}) {
          for (boolean weighted : new boolean[] {false, true}) {
            m.reset();
            for (int a = 0; a < 5; a += batch) {
              int b = Math.min(5, a + batch);
              m.update(f.slice(0, a, b), y.slice(0, a, b), weighted ? w.slice(0, a, b) : null);
            }
            assertEquals(expected[i][weighted ? 1 : 0], m.compute(), 1e-14, m.name());
          }
        }
      }
    }
  }

  /** r2_score's example of two outputs: raw_values and their mean. */
  @ParameterizedTest
  @MethodSource("devices")
  void twoOutputs(Device d) {
    try (Scope s = Scope.open(d);
        R2 r2 = new R2(2)) {
      Tensor y = Tensor.of(new float[] {.5f, 1, -1, 1, 7, -6}, 3, 2);
      Tensor f = Tensor.of(new float[] {0, 2, -1, 2, 8, -5}, 3, 2);
      r2.update(f.slice(0, 0, 2), y.slice(0, 0, 2));
      r2.update(f.slice(0, 2, 3), y.slice(0, 2, 3));
      assertArrayEquals(
          new double[] {0.9654377880184332, 0.9081632653061225}, r2.perOutput(), 1e-14);
      assertEquals(0.9368005266622779, r2.compute(), 1e-14);
    }
  }

  /** Targets 1e9 + 0..3 in batches: a sum of squares would have lost their spread. */
  @ParameterizedTest
  @MethodSource("devices")
  void farFromZero(Device d) {
    try (Scope s = Scope.open(d);
        R2 r2 = new R2()) {
      for (int i = 0; i < 4; i++) {
        r2.update(Tensor.of(new double[] {1e9 + i + 0.5}), Tensor.of(new double[] {1e9 + i}));
      }
      // 1 - 4 (1/4) / ((9 + 1 + 1 + 9) / 4)
      assertEquals(0.8, r2.compute(), 1e-9);
    }
  }

  @Test
  void constantTargetsAndWeightlessBatches() {
    try (Scope s = Scope.open(Devices.all().get(0));
        R2 r2 = new R2()) {
      Tensor two = Tensor.of(new float[] {2, 2});
      r2.update(two, two);
      assertEquals(1, r2.compute());
      r2.update(Tensor.of(new float[] {Float.NaN, 9}), two, Tensor.zeros(2));
      assertEquals(1, r2.compute());
      r2.update(two.add(1), two);
      assertEquals(0, r2.compute());
      r2.reset();
      r2.update(two, two, Tensor.of(new float[] {0, 1}));
      assertThrows(IllegalStateException.class, r2::compute);
    }
  }

  /** Weights are of examples: each counts for all elements of its row. */
  @Test
  void weightsOfRows() {
    try (Scope s = Scope.open(Devices.all().get(0));
        Metric mse = Metrics.mse();
        Metric huber =
            Metrics.mean("huber", false, (y, t) -> Losses.huber(y, t, 1, Losses.Reduction.NONE))) {
      Tensor y = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).to(DType.BF16);
      Tensor t = Tensor.zeros(2, 2);
      mse.update(y, t, Tensor.of(new float[] {3, 1}));
      // (3 (1 + 4) + 9 + 16) / 8
      assertEquals(5, mse.compute());
      huber.update(y.to(DType.F32), t, Tensor.of(new float[] {3, 1}));
      // (3 (1/2 + 3/2) + 5/2 + 7/2) / 8
      assertEquals(1.5, huber.compute());
      assertThrows(
          IllegalArgumentException.class, () -> mse.update(y, t, Tensor.of(new float[] {3})));
      assertThrows(IllegalArgumentException.class, () -> mse.update(y, Tensor.zeros(4)));
    }
  }
}
