package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jacana.Shape;
import org.junit.jupiter.api.Test;

class SplitTest {
  /** n examples [1] = own number; 60 %, 30 % and 10 % of three classes. */
  private static Dataset data(int n) {
    float[] x = new float[n];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      x[i] = i;
      labels[i] = i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2;
    }
    return ArrayDataset.classes("n", x, Shape.of(1), labels, List.of("a", "b", "c"));
  }

  private static int[] numbers(Dataset d) {
    return IntStream.range(0, d.count())
        .map(i -> Integer.parseInt(d.example(i).split(" ")[1]))
        .toArray();
  }

  private static void assertPartition(Split s, int n) {
    int[] both =
        IntStream.concat(Arrays.stream(numbers(s.train())), Arrays.stream(numbers(s.validation())))
            .sorted()
            .toArray();
    assertArrayEquals(IntStream.range(0, n).toArray(), both);
  }

  @Test
  void randomSplits() {
    Split s = Split.random(data(100), 0.25, 3);
    assertPartition(s, 100);
    assertEquals(25, s.validation().count());
    assertArrayEquals(
        numbers(s.validation()), numbers(Split.random(data(100), 0.25, 3).validation()));
    assertFalse(
        Arrays.equals(
            numbers(s.validation()), numbers(Split.random(data(100), 0.25, 4).validation())));
    assertEquals(1, Split.random(data(10), 0.001, 1).validation().count());
    assertEquals(1, Split.random(data(10), 0.999, 1).train().count());
    assertThrows(IllegalArgumentException.class, () -> Split.random(data(10), 0, 1));
    assertThrows(IllegalArgumentException.class, () -> Split.random(data(10), 1, 1));
    assertThrows(IllegalArgumentException.class, () -> Split.random(data(1), 0.5, 1));
  }

  @Test
  void stratifiedSplitsKeepTheProportions() {
    Split s = Split.stratified(data(200), 0.2, 3);
    assertPartition(s, 200);
    assertArrayEquals(new int[] {24, 12, 4}, s.validation().classCounts());
    assertArrayEquals(new int[] {96, 48, 16}, s.train().classCounts());
    for (int n = 2; n < 60; n++) {
      Dataset d = data(n);
      Split t = Split.stratified(d, 0.3, n);
      assertPartition(t, n);
      for (int k = 0; k < 3; k++) {
        double wanted = (double) t.validation().count() * d.classCounts()[k] / n;
        assertTrue(Math.abs(t.validation().classCounts()[k] - wanted) < 1 + 1e-9);
      }
    }
    Dataset values = ArrayDataset.values("v", new float[4], Shape.of(1), new float[4], Shape.of(1));
    assertThrows(IllegalArgumentException.class, () -> Split.stratified(values, 0.5, 1));
    assertEquals(2, Split.random(values, 0.5, 1).train().count());
  }

  @Test
  void foldsHoldOutEveryExampleOnce() {
    for (boolean stratified : new boolean[] {false, true}) {
      for (int n : new int[] {5, 23, 100}) {
        List<Split> folds =
            stratified ? Split.stratifiedKFold(data(n), 5, 2) : Split.kFold(data(n), 5, 2);
        int[] held = new int[n];
        for (Split s : folds) {
          assertPartition(s, n);
          assertTrue(Math.abs(s.validation().count() - n / 5.0) < 1);
          for (int i : numbers(s.validation())) {
            held[i]++;
          }
          for (int k = 0; stratified && k < 3; k++) {
            double wanted = data(n).classCounts()[k] / 5.0;
            assertTrue(Math.abs(s.validation().classCounts()[k] - wanted) < 1);
          }
        }
        assertTrue(Arrays.stream(held).allMatch(h -> h == 1));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Split.kFold(data(4), 5, 1));
    assertThrows(IllegalArgumentException.class, () -> Split.kFold(data(4), 1, 1));
  }
}
