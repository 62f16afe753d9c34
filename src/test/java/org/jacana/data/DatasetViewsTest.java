package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

class DatasetViewsTest {
  private static final List<String> AB = List.of("a", "b");

  private static ArrayDataset rows(String name, float... first) {
    float[] x = new float[2 * first.length];
    int[] labels = new int[first.length];
    for (int i = 0; i < first.length; i++) {
      x[2 * i] = first[i];
      x[2 * i + 1] = -first[i];
      labels[i] = i % 2;
    }
    return ArrayDataset.classes(name, x, Shape.of(2), labels, AB);
  }

  private static float[] all(Dataset data) throws IOException {
    int size = (int) data.inputShape().size();
    float[] x = new float[data.count() * size];
    for (int i = 0; i < data.count(); i++) {
      data.read(i, x, i * size);
    }
    return x;
  }

  @Test
  void arrays() throws IOException {
    ArrayDataset d = rows("r", 1, 2, 3);
    assertEquals(3, d.count());
    assertArrayEquals(new int[] {2, 1}, d.classCounts());
    assertArrayEquals(new int[] {0, 1, 0}, d.labels());
    assertArrayEquals(new float[] {1, -1, 2, -2, 3, -3}, all(d));
    assertThrows(IllegalStateException.class, () -> d.values(0, new float[1], 0));
    assertThrows(IndexOutOfBoundsException.class, () -> d.read(3, new float[2], 0));
    ArrayDataset v =
        ArrayDataset.values("v", new float[] {1, 2}, Shape.of(1), new float[] {3, 4}, Shape.of(1));
    float[] y = new float[3];
    v.values(1, y, 2);
    assertEquals(4, y[2]);
    assertThrows(IllegalStateException.class, () -> v.label(0));
    assertEquals(0, v.classCounts().length);
    for (Runnable bad :
        List.<Runnable>of(
            () -> ArrayDataset.classes("x", new float[3], Shape.of(2), new int[2], AB),
            () -> ArrayDataset.classes("x", new float[0], Shape.of(2), new int[0], AB),
            () -> ArrayDataset.classes("x", new float[4], Shape.of(2), new int[] {0, 2}, AB),
            () -> ArrayDataset.values("x", new float[4], Shape.of(2), new float[3], Shape.of(2)),
            () -> ArrayDataset.values("x", new float[4], Shape.of(0), new float[3], Shape.of(2)))) {
      assertThrows(IllegalArgumentException.class, bad::run);
    }
  }

  @Test
  void tensors() throws IOException {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
      ArrayDataset d = ArrayDataset.of("t", x, Tensor.of(new int[] {2, 0}));
      assertEquals(List.of("0", "1", "2"), d.target().classNames());
      assertArrayEquals(new float[] {1, 2, 3, 4}, all(d));
      ArrayDataset v = ArrayDataset.of("t", x, Tensor.of(new float[] {5, 6}, 2, 1));
      assertEquals(Shape.of(1), v.target().shape());
      assertThrows(
          IllegalArgumentException.class, () -> ArrayDataset.of("t", x, Tensor.of(new int[3])));
      assertThrows(
          IllegalArgumentException.class,
          () -> ArrayDataset.of("t", x, Tensor.of(new int[] {0, -1})));
      assertThrows(
          IllegalArgumentException.class,
          () -> ArrayDataset.of("t", x, Tensor.of(new int[] {0, 1}, 2, 1)));
    }
  }

  @Test
  void subsetsAndConcatenations() throws IOException {
    Dataset part = Subset.of(rows("r", 1, 2, 3), 2, 0, 2);
    assertArrayEquals(new float[] {3, -3, 1, -1, 3, -3}, all(part));
    assertEquals("example 2 of r", part.example(0));
    assertTrue(part.inMemory());
    assertArrayEquals(new float[] {2, -2, 3, -3}, all(Subset.range(rows("r", 1, 2, 3), 1, 3)));
    Dataset both = Concat.of(rows("r", 1, 2), part, rows("s", 7));
    assertEquals(6, both.count());
    assertArrayEquals(new float[] {1, -1, 2, -2, 3, -3, 1, -1, 3, -3, 7, -7}, all(both));
    assertArrayEquals(new int[] {0, 1, 0, 0, 0, 0}, both.labels());
    assertEquals("example 0 of s", both.example(5));
    assertThrows(IndexOutOfBoundsException.class, () -> both.label(6));
    assertThrows(IllegalArgumentException.class, () -> Subset.of(both));
    assertThrows(IllegalArgumentException.class, () -> Subset.of(both, 6));
    assertThrows(IllegalArgumentException.class, () -> Subset.range(both, 2, 2));
    assertThrows(IllegalArgumentException.class, () -> Concat.of());
    assertThrows(
        IllegalArgumentException.class, () -> Concat.of(rows("r", 1), Digits.load().test()));
  }

  @Test
  void imagesOfBytesStayThat() throws IOException {
    ImageData digits = Digits.load().test();
    Dataset part = Concat.of(Subset.of(digits, 5, 3), digits.slice(0, 2));
    ByteImages images = (ByteImages) part;
    byte[] bytes = new byte[64];
    images.bytes(1, bytes, 0);
    assertArrayEquals(Arrays.copyOfRange(digits.pixels(), 3 * 64, 4 * 64), bytes);
    float[] x = new float[65];
    images.read(2, x, 1);
    for (int k = 0; k < 64; k++) {
      assertEquals((float) ((digits.pixels()[k] & 255) / 255.0), x[k + 1]);
    }
    try (Loader whole = Loader.of(digits).batch(6).transform(Normalization.of(digits));
        Loader some = Loader.of(part).batch(4).transform(Normalization.of(digits))) {
      float[] w = whole.next().input();
      float[] s = some.next().input();
      int[] from = {5, 3, 0, 1};
      for (int i = 0; i < 4; i++) {
        assertArrayEquals(
            Arrays.copyOfRange(w, from[i] * 64, from[i] * 64 + 64),
            Arrays.copyOfRange(s, i * 64, i * 64 + 64));
      }
    }
  }

  @Test
  void fingerprintsFollowTheContent() throws IOException {
    String one = rows("r", 1, 2).sha256();
    assertEquals(64, one.length());
    assertEquals(one, rows("other", 1, 2).sha256());
    assertEquals(one, Subset.of(rows("r", 1, 2, 3), 0, 1).sha256());
    assertNotEquals(one, rows("r", 2, 1).sha256());
    assertNotEquals(one, rows("r", 1, 2, 3).sha256());
    ArrayDataset v =
        ArrayDataset.values("v", new float[] {1, 2}, Shape.of(1), new float[] {3, 4}, Shape.of(1));
    ArrayDataset w =
        ArrayDataset.values("v", new float[] {1, 2}, Shape.of(1), new float[] {3, 5}, Shape.of(1));
    assertFalse(v.sha256().equals(w.sha256()));
  }

  @Test
  void statistics() throws IOException {
    float[] x = {1, 10, 3, 10, 5, 10, 7, 10};
    ArrayDataset d = ArrayDataset.classes("d", x, Shape.of(2, 2), new int[] {1, 0}, AB);
    DataStatistics s = DataStatistics.of(d);
    assertArrayEquals(new double[] {4, 10}, s.mean(), 1e-12);
    assertArrayEquals(new double[] {Math.sqrt(5), 0}, s.deviation(), 1e-12);
    assertArrayEquals(new double[] {1, 10}, s.least());
    assertArrayEquals(new double[] {7, 10}, s.most());
    assertThrows(IllegalArgumentException.class, s::normalization);
    // n / (K n_k), as scikit-learn's "balanced".
    DataStatistics three = DataStatistics.of(rows("r", 1, 2, 3));
    assertArrayEquals(new double[] {0.75, 1.5}, three.balancedWeights());
    assertThrows(
        IllegalArgumentException.class, () -> DataStatistics.of(rows("r", 1)).balancedWeights());
    assertArrayEquals(new double[] {1, 1}, DataStatistics.classWeights(5, 5));
    assertThrows(IllegalArgumentException.class, () -> DataStatistics.classWeights());
    ImageData digits = Digits.load().train();
    Normalization table = Normalization.of(digits);
    Normalization read = DataStatistics.of(digits).normalization();
    assertEquals(table.mean()[0], read.mean()[0], 1e-6);
    assertEquals(table.std()[0], read.std()[0], 1e-6);
    assertEquals(table.mean()[0], Normalization.of((Dataset) digits).mean()[0]);
  }

  @Test
  void targets() {
    assertThrows(IllegalArgumentException.class, () -> new Target(AB, Shape.of(1)));
    assertThrows(IllegalArgumentException.class, () -> new Target(List.of(), null));
    assertEquals("2 classes", Target.classes(AB).toString());
    assertEquals(6, Target.values(2, 3).size());
    assertEquals(0, Target.NONE.size());
  }
}
