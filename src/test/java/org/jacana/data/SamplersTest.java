package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.jacana.Shape;
import org.junit.jupiter.api.Test;

class SamplersTest {
  private static int[] order(Sampler s, long epoch) {
    int[] order = new int[s.length()];
    s.order(epoch, order);
    return order;
  }

  private static double chiSquare(int[] counts, double[] weights, double total) {
    double sum = Arrays.stream(weights).sum();
    double chi = 0;
    for (int i = 0; i < counts.length; i++) {
      double expected = total * weights[i] / sum;
      chi += expected == 0 ? counts[i] * 1e9 : Math.pow(counts[i] - expected, 2) / expected;
    }
    return chi;
  }

  @Test
  void sequentialAndShuffled() {
    assertArrayEquals(new int[] {0, 1, 2}, order(Samplers.sequential(3), 7));
    Sampler s = Samplers.shuffled(50, 1);
    assertArrayEquals(order(s, 2), order(s, 2));
    assertFalse(Arrays.equals(order(s, 2), order(s, 3)));
    assertThrows(IllegalArgumentException.class, () -> Samplers.sequential(0));
    assertThrows(IllegalArgumentException.class, () -> Samplers.shuffled(0, 1));
  }

  @Test
  void weightsAreFollowed() {
    double[] weights = {1, 0, 2, 3, 0.5, 0};
    Sampler s = Samplers.weighted(weights, 65_000, 3);
    int[] counts = new int[6];
    for (int i : order(s, 1)) {
      counts[i]++;
    }
    double chi = chiSquare(counts, weights, 65_000);
    assertTrue(chi < 16.3, "chi-square " + chi + ", above 16.3 in 1 of 1000 runs (3 degrees)");
    assertArrayEquals(order(s, 1), order(s, 1));
    assertFalse(Arrays.equals(order(s, 1), order(s, 2)));
  }

  /** The first of two without replacement follows the weights, the second those that are left. */
  @Test
  void withoutReplacementNothingComesTwice() {
    double[] weights = {1, 2, 0, 3};
    Sampler s = Samplers.weightedWithoutReplacement(weights, 2, 5);
    int n = 30_000;
    int[] first = new int[4];
    int[][] pairs = new int[4][4];
    for (int epoch = 0; epoch < n; epoch++) {
      int[] o = order(s, epoch);
      first[o[0]]++;
      pairs[o[0]][o[1]]++;
    }
    double chi = chiSquare(first, weights, n);
    assertTrue(chi < 13.8, "chi-square " + chi + " (2 degrees)");
    for (int i : new int[] {0, 1, 3}) {
      double[] left = weights.clone();
      left[i] = 0;
      double second = chiSquare(pairs[i], left, first[i]);
      assertTrue(second < 10.8, "chi-square " + second + " (1 degree)");
    }
    assertThrows(
        IllegalArgumentException.class, () -> Samplers.weightedWithoutReplacement(weights, 4, 1));
  }

  @Test
  void classesAreBalanced() {
    int[] labels = new int[1000];
    Arrays.fill(labels, 900, 1000, 1);
    Dataset d =
        ArrayDataset.classes("d", new float[1000], Shape.of(1), labels, List.of("a", "b", "c"));
    Sampler s = Samplers.balanced(d, 4);
    assertEquals(1000, s.length());
    int[] counts = new int[2];
    for (int epoch = 0; epoch < 20; epoch++) {
      for (int i : order(s, epoch)) {
        counts[labels[i]]++;
      }
    }
    double chi = chiSquare(counts, new double[] {1, 1}, 20_000);
    assertTrue(chi < 10.8, "chi-square " + chi + " (1 degree)");
    try (Loader loader = Loader.of(d).batch(300).sampler(s)) {
      assertEquals(4, loader.batches());
      assertArrayEquals(
          Arrays.copyOf(order(s, 3), 300), Arrays.copyOf(loader.start(3).next().indices(), 300));
    }
    Dataset v = ArrayDataset.values("v", new float[4], Shape.of(1), new float[4], Shape.of(1));
    assertThrows(IllegalArgumentException.class, () -> Samplers.balanced(v, 1));
  }

  @Test
  void refusesWeightsThatAreNone() {
    for (double[] bad :
        List.of(new double[] {1, -1}, new double[] {Double.NaN}, new double[2], new double[0])) {
      assertThrows(IllegalArgumentException.class, () -> Samplers.weighted(bad, 3, 1));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> Samplers.weighted(new double[] {Double.POSITIVE_INFINITY}, 3, 1));
    assertThrows(IllegalArgumentException.class, () -> Samplers.weighted(new double[] {1}, 0, 1));
  }
}
