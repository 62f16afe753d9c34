package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchesTest {
  private static final Normalization SCALE =
      new Normalization(new float[] {0.1f, 0.2f}, new float[] {0.5f, 0.25f});

  /** Ten images [2, 3, 2] whose label is their index. */
  private static ImageData data() {
    int[] labels = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    return new ImageData(
        "ten", TestFiles.random(120, 8), labels, 10, 2, 3, 2, Mnist.DIGITS.classNames());
  }

  private static List<Integer> sizes(Batches batches) {
    List<Integer> sizes = new ArrayList<>();
    float[] pixels = new float[batches.pixelCount()];
    int[] labels = new int[batches.batchSize()];
    for (int n = batches.next(pixels, labels); n > 0; n = batches.next(pixels, labels)) {
      sizes.add(n);
    }
    return sizes;
  }

  private static List<Integer> epoch(Batches batches) {
    List<Integer> all = new ArrayList<>();
    float[] pixels = new float[batches.pixelCount()];
    int[] labels = new int[batches.batchSize()];
    for (int n = batches.next(pixels, labels); n > 0; n = batches.next(pixels, labels)) {
      for (int i = 0; i < n; i++) {
        all.add(labels[i]);
      }
    }
    return all;
  }

  @Test
  void pixelsAreNormalizedByChannel() {
    ImageData data = data();
    Batches batches = Batches.shuffled(data, SCALE, 4, 3, false);
    float[] pixels = new float[48];
    int[] labels = new int[4];
    int place = 0;
    for (int n = batches.next(pixels, labels); n > 0; n = batches.next(pixels, labels)) {
      for (int i = 0; i < n; i++, place++) {
        int image = labels[i];
        assertEquals(batches.index(place), image);
        for (int k = 0; k < 12; k++) {
          double value = (data.pixels()[image * 12 + k] & 255) / 255.0;
          double expected = k % 2 == 0 ? (value - 0.1) / 0.5 : (value - 0.2) / 0.25;
          assertEquals(expected, pixels[i * 12 + k], 1e-6);
        }
      }
    }
    assertEquals(10, place);
  }

  @Test
  void lastBatchIsDroppedOrSmaller() {
    assertEquals(List.of(4, 4), sizes(Batches.shuffled(data(), SCALE, 4, 3, true)));
    assertEquals(List.of(4, 4, 2), sizes(Batches.shuffled(data(), SCALE, 4, 3, false)));
    assertEquals(List.of(5, 5), sizes(Batches.shuffled(data(), SCALE, 5, 3, true)));
    assertEquals(List.of(10), sizes(Batches.sequential(data(), SCALE, 10)));
    assertEquals(2, Batches.shuffled(data(), SCALE, 4, 3, true).count());
    assertEquals(3, Batches.shuffled(data(), SCALE, 4, 3, false).count());
    assertEquals(2, Batches.shuffled(data(), SCALE, 5, 3, true).count());
  }

  @Test
  void whatLiesBehindASmallBatchIsLeftAlone() {
    Batches batches = Batches.sequential(data(), SCALE, 8);
    float[] pixels = new float[100];
    int[] labels = new int[9];
    batches.next(pixels, labels);
    float[] full = pixels.clone();
    assertEquals(2, batches.next(pixels, labels));
    assertArrayEquals(new int[] {8, 9, 2, 3, 4, 5, 6, 7, 0}, labels);
    assertArrayEquals(Arrays.copyOfRange(full, 24, 100), Arrays.copyOfRange(pixels, 24, 100));
    assertEquals(0, batches.next(pixels, labels));
    assertEquals(0, batches.next(pixels, labels));
  }

  @Test
  void everyEpochHasItsOwnFixedOrder() {
    Batches batches = Batches.shuffled(data(), SCALE, 3, 42, false);
    List<Integer> first = epoch(batches);
    List<Integer> second = epoch(batches.start(1));
    assertFalse(first.equals(second));
    assertEquals(first, epoch(batches.start(0)));
    assertEquals(second, epoch(Batches.shuffled(data(), SCALE, 7, 42, false).start(1)));
    assertFalse(first.equals(epoch(Batches.shuffled(data(), SCALE, 3, 43, false))));
    // From a separate implementation of the shuffle, in Python.
    assertEquals(List.of(4, 7, 9, 6, 1, 5, 2, 0, 8, 3), first);
    assertEquals(List.of(6, 5, 7, 0, 9, 1, 2, 8, 4, 3), second);
    List<Integer> sorted = new ArrayList<>(second);
    sorted.sort(null);
    assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), sorted);
  }

  @Test
  void sequentialKeepsTheOrderInEveryEpoch() {
    Batches batches = Batches.sequential(data(), SCALE, 4);
    List<Integer> inOrder = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertEquals(inOrder, epoch(batches));
    assertEquals(inOrder, epoch(batches.start(5)));
  }

  @Test
  void refusesWhatCannotBe() {
    String tooLarge =
        assertThrows(
                IllegalArgumentException.class, () -> Batches.shuffled(data(), SCALE, 11, 1, false))
            .getMessage();
    assertEquals(
        "batches: batch size 11 is larger than the 10 images of ten; "
            + "use a batch size of at most 10",
        tooLarge);
    assertThrows(IllegalArgumentException.class, () -> Batches.sequential(data(), SCALE, 0));
    assertThrows(
        IllegalArgumentException.class, () -> Batches.sequential(data(), Normalization.none(3), 2));
    Batches batches = Batches.sequential(data(), SCALE, 4);
    assertThrows(IllegalArgumentException.class, () -> batches.start(-1));
    assertThrows(IllegalArgumentException.class, () -> batches.next(new float[47], new int[4]));
    assertThrows(IllegalArgumentException.class, () -> batches.next(new float[48], new int[3]));
  }

  @Test
  void normalizationOfTheImagesThemselves() {
    Batches batches = Batches.sequential(data(), Normalization.of(data()), 10);
    float[] pixels = new float[120];
    batches.next(pixels, new int[10]);
    for (int c = 0; c < 2; c++) {
      double sum = 0;
      double squares = 0;
      for (int i = c; i < 120; i += 2) {
        sum += pixels[i];
        squares += pixels[i] * pixels[i];
      }
      assertEquals(0, sum / 60, 1e-6);
      assertEquals(1, squares / 60, 1e-5);
    }
    ImageData flat =
        new ImageData("flat", new byte[4], new int[1], 1, 2, 2, 1, Mnist.DIGITS.classNames());
    assertThrows(IllegalArgumentException.class, () -> Normalization.of(flat));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Normalization(new float[] {Float.NaN}, new float[] {1}));
    assertThrows(
        IllegalArgumentException.class, () -> new Normalization(new float[1], new float[2]));
  }

  @Test
  void aBatchAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Batches batches = Batches.shuffled(data(), SCALE, 4, 3, true);
    float[] pixels = new float[48];
    int[] labels = new int[4];
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int epoch = 0; epoch < 100; epoch++) {
        batches.start(epoch);
        while (batches.next(pixels, labels) > 0) {
          labels[0] = 0;
        }
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertTrue(least < 1000, least + " bytes in 200 batches");
  }
}
