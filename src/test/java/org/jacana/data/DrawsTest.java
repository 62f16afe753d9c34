package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawsTest {
  /** The reference outputs of SplitMix64 for the state 1234567. */
  @Test
  void followsSplitMix64() {
    String[] expected = {
      "6457827717110365317",
      "3203168211198807973",
      "9817491932198370423",
      "4593380528125082431",
      "16408922859458223821"
    };
    Draws draws = new Draws(1234567);
    for (String value : expected) {
      assertEquals(value, Long.toUnsignedString(draws.next()));
    }
  }

  private static int[] order(long seed, long epoch, int length) {
    Draws draws = new Draws(seed, epoch);

    int[] order = new int[length];
    draws.permute(order);
    return order;
  }

  @Test
  void givesPermutations() {
    for (int length : new int[] {1, 2, 3, 1000}) {
      int[] order = order(3, 4, length);
      Arrays.sort(order);
      assertArrayEquals(IntStream.range(0, length).toArray(), order);
    }
  }

  @Test
  void dependsOnSeedAndEpoch() {
    assertArrayEquals(order(1, 2, 100), order(1, 2, 100));
    assertFalse(Arrays.equals(order(1, 2, 100), order(1, 3, 100)));
    assertFalse(Arrays.equals(order(1, 2, 100), order(2, 2, 100)));
    assertFalse(Arrays.equals(order(1, 2, 100), order(2, 1, 100)));
  }

  /** Each of the 24 orders of 4 within 6 standard deviations of its expected count. */
  @Test
  void everyOrderIsAsLikely() {
    int[] counts = new int[256];
    int draws = 240_000;
    for (int epoch = 0; epoch < draws; epoch++) {
      int[] o = order(9, epoch, 4);
      counts[o[0] << 6 | o[1] << 4 | o[2] << 2 | o[3]]++;
    }
    double expected = draws / 24.0;
    int seen = 0;
    for (int count : counts) {
      if (count > 0) {
        seen++;
        assertEquals(expected, count, 6 * Math.sqrt(expected));
      }
    }
    assertEquals(24, seen);
  }

  @Test
  void boundsAreKept() {
    Draws draws = new Draws(5);
    for (int bound : new int[] {1, 2, 3, 7, 1 << 30, Integer.MAX_VALUE}) {
      for (int i = 0; i < 1000; i++) {
        int value = draws.below(bound);
        assertTrue(value >= 0 && value < bound);
      }
    }
  }
}
