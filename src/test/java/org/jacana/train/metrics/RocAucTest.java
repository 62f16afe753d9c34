package org.jacana.train.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.jacana.CapturedStep;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RocAucTest {
  static List<Device> devices() {
    return Devices.all();
  }

  /** Ten scores with ties; 0.72 and 73/90 are scikit-learn 1.9.1's roc_auc_score. */
  @ParameterizedTest
  @MethodSource("devices")
  void tiesCountHalf(Device d) {
    double[] scores = {.1, .4, .35, .8, .4, .4, .7, -.2, .35, .1};
    int[] labels = {0, 0, 1, 1, 1, 0, 1, 0, 0, 1};
    double[] weights = {1, 1, 2, 1, .5, 1, 3, 1, 1, .25};
    try (Scope s = Scope.open(d);
        RocAuc auc = RocAuc.binary()) {
      Tensor z = Tensor.of(scores);
      Tensor y = Tensor.of(labels);
      auc.update(z.slice(0, 0, 7), y.slice(0, 0, 7));
      auc.update(z.slice(0, 7, 10).unsqueeze(1), y.slice(0, 7, 10));
      assertEquals(0.72, auc.compute(), 1e-15);
      assertArrayEquals(new double[] {0.72, 0.72}, auc.perClass(), 1e-15);
      auc.reset();
      auc.update(z, y, Tensor.of(weights));
      assertEquals(0.8111111111111111, auc.compute(), 1e-15);
    }
  }

  /** roc_auc_score(multi_class="ovr") of softmax, and of each class with sample_weight. */
  @ParameterizedTest
  @MethodSource("devices")
  void oneVersusRest(Device d) {
    try (RocAuc auc = RocAuc.oneVsRest(4)) {
      Sample.feed(auc, d, 5, false);
      assertEquals(0.8732349537037036, auc.compute(), 1e-15);
      auc.reset();
      Sample.feed(auc, d, 12, true);
      assertArrayEquals(
          new double[] {
            0.8242894056847545, 0.7818181818181817, 0.8829268292682927, 0.6951871657754011
          },
          auc.perClass(),
          1e-14);
    }
  }

  /** The definition, over all pairs. */
  @Test
  void equalsTheShareOfPairs() {
    Random random = new Random(1);
    for (int round = 0; round < 20; round++) {
      int n = 2 + random.nextInt(60);
      float[] z = new float[n];
      int[] y = new int[n];
      for (int i = 0; i < n; i++) {
        z[i] = random.nextInt(8) - 4;
        y[i] = i < 2 ? i : random.nextInt(2);
      }
      double won = 0;
      int pairs = 0;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          if (y[i] == 1 && y[j] == 0) {
            won += z[i] > z[j] ? 1 : z[i] == z[j] ? 0.5 : 0;
            pairs++;
          }
        }
      }
      try (Scope s = Scope.open(Devices.all().get(0));
          RocAuc auc = RocAuc.binary()) {
        auc.update(Tensor.of(z), Tensor.of(y));
        assertEquals(won / pairs, auc.compute(), 1e-14);
      }
    }
  }

  @Test
  void bothZerosAreOneLevel() {
    try (Scope s = Scope.open(Devices.all().get(0));
        RocAuc auc = RocAuc.binary()) {
      auc.update(Tensor.of(new float[] {-0f, 0f}), Tensor.of(new int[] {0, 1}));
      assertEquals(0.5, auc.compute());
    }
  }

  @Test
  void classesWithoutExamplesDoNotCount() {
    try (Scope s = Scope.open(Devices.all().get(0));
        RocAuc auc = RocAuc.oneVsRest(3)) {
      auc.update(Tensor.of(new float[] {1, 0, 0, 0, 1, 0}, 2, 3), Tensor.of(new int[] {0, 1}));
      assertArrayEquals(new double[] {1, 1, Double.NaN}, auc.perClass());
      assertEquals(1, auc.compute());
    }
  }

  @Test
  void errors() {
    try (Scope s = Scope.open(Devices.all().get(0));
        RocAuc auc = RocAuc.binary();
        RocAuc small = RocAuc.oneVsRest(2).limit(4)) {
      assertThrows(IllegalStateException.class, auc::compute);
      Tensor one = Tensor.of(new int[] {1, 1});
      auc.update(Tensor.of(new float[] {1, 2}), one);
      assertTrue(
          assertThrows(IllegalStateException.class, auc::compute)
              .getMessage()
              .contains("all are of one"));
      auc.update(Tensor.of(new float[] {Float.NaN}), Tensor.of(new int[] {0}));
      assertTrue(
          assertThrows(IllegalArgumentException.class, auc::compute).getMessage().contains("NaN"));
      auc.reset();
      auc.update(Tensor.of(new float[] {1, 2}), Tensor.of(new int[] {1, 2}));
      assertTrue(
          assertThrows(IllegalArgumentException.class, auc::compute)
              .getMessage()
              .contains("1 label was outside the 2 classes"));
      small.update(Tensor.zeros(2, 2), one);
      assertTrue(
          assertThrows(
                  IllegalStateException.class,
                  () -> small.update(Tensor.zeros(1, 2), one.slice(0, 0, 1)))
              .getMessage()
              .contains("the limit is 4"));
    }
  }

  @Test
  void cannotBeRecordedWhereThatMatters() {
    for (Device d : Devices.fast()) {
      if (d.kind() != Device.Kind.CUDA) {
        continue;
      }
      try (Scope s = Scope.open(d);
          RocAuc auc = RocAuc.binary()) {
        Tensor z = Tensor.zeros(2);
        Tensor y = Tensor.of(new int[] {0, 1});
        assertThrows(
            IllegalStateException.class, () -> CapturedStep.record(d, () -> auc.update(z, y)));
      }
    }
  }
}
