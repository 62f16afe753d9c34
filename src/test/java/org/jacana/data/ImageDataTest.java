package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ImageDataTest {
  private static final List<String> NAMES = List.of("cat", "dog");

  private static ImageData data() {
    byte[] pixels = {0, 1, 2, 3, 4, 5, 6, 7, (byte) 200, (byte) 201, (byte) 254, (byte) 255};
    return new ImageData("pets", pixels, new int[] {0, 1, 1}, 3, 1, 2, 2, NAMES);
  }

  private static void refused(String message, byte[] pixels, int[] labels, int n, int h) {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ImageData("pets", pixels, labels, n, h, 1, 1, NAMES));
    assertEquals(message, e.getMessage());
  }

  @Test
  void sizesMustAgree() {
    refused("pets: images [2, 3, 1, 1] do not fit 5 pixel bytes", new byte[5], new int[2], 2, 3);
    refused(
        "pets: every size of the images must be at least 1, got [2, 0, 1, 1]",
        new byte[0],
        new int[2],
        2,
        0);
    refused("pets: 1 labels for 2 images; give one for each", new byte[2], new int[1], 2, 1);
    // 65536 x 65536 is 0 in 32 bits.
    refused(
        "pets: images [65536, 65536, 1, 1] do not fit 0 pixel bytes",
        new byte[0],
        new int[65536],
        65536,
        65536);
  }

  @Test
  void labelsMustNameAClass() {
    refused(
        "pets: label 2 of image 1 is not in 0..1 (there are 2 class names)",
        new byte[2],
        new int[] {0, 2},
        2,
        1);
    refused(
        "pets: label -1 of image 0 is not in 0..1 (there are 2 class names)",
        new byte[2],
        new int[] {-1, 2},
        2,
        1);
  }

  @Test
  void sliceCopiesARange() {
    ImageData part = data().slice(1, 3);
    assertEquals(2, part.count());
    assertArrayEquals(new int[] {1, 1}, part.labels());
    assertArrayEquals(
        new byte[] {4, 5, 6, 7, (byte) 200, (byte) 201, (byte) 254, (byte) 255}, part.pixels());
    assertThrows(IllegalArgumentException.class, () -> data().slice(2, 2));
    assertThrows(IllegalArgumentException.class, () -> data().slice(-1, 2));
    assertThrows(IllegalArgumentException.class, () -> data().slice(0, 4));
  }

  @Test
  void selectFollowsTheIndices() {
    ImageData part = data().select(new int[] {1, 0, 1});
    assertArrayEquals(new int[] {1, 0, 1}, part.labels());
    assertArrayEquals(new byte[] {4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7}, part.pixels());
    var e = assertThrows(IllegalArgumentException.class, () -> data().select(new int[] {0, 3}));
    assertEquals("pets: index 3 at position 1 is not in 0..2", e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> data().select(new int[0]));
  }

  /** Expected values from Python: sums over p[0::2] and p[1::2], divided by 255. */
  @Test
  void momentsOfEachChannel() {
    assertArrayEquals(new float[] {0.30457516f, 0.30849674f}, data().mean(), 1e-7f);
    assertArrayEquals(new float[] {0.41864569f, 0.41864569f}, data().std(), 1e-7f);
  }

  @Test
  void classesAreCounted() {
    assertArrayEquals(new int[] {1, 2}, data().classCounts());
  }

  /** Expected value from Python's hashlib over the documented bytes. */
  @Test
  void checksumCoversTheContent() {
    assertEquals(
        "8bb5f07bf3e0b9a897636a88603e858eb8c6c61b72e417ec059a991cf5b7c6d0", data().sha256());
    ImageData relabelled =
        new ImageData("pets", data().pixels(), new int[] {0, 1, 0}, 3, 1, 2, 2, NAMES);
    ImageData reshaped =
        new ImageData("pets", data().pixels(), new int[] {0, 1, 1}, 3, 2, 1, 2, NAMES);
    assertNotEquals(data().sha256(), relabelled.sha256());
    assertNotEquals(data().sha256(), reshaped.sha256());
  }

  @Test
  void partsOfASplitMustMatch() {
    ImageData tall = new ImageData("tall", data().pixels(), new int[] {0, 1, 1}, 3, 2, 1, 2, NAMES);
    ImageData other =
        new ImageData(
            "other", data().pixels(), new int[] {0, 1, 1}, 3, 1, 2, 2, List.of("a", "b", "c"));
    assertThrows(IllegalArgumentException.class, () -> new ImageSplit(data(), tall));
    assertThrows(IllegalArgumentException.class, () -> new ImageSplit(data(), other));
  }
}
