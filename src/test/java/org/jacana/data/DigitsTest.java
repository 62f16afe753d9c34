package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class DigitsTest {
  @Test
  void packagedFileIsTheOneThatIsPublished() throws IOException {
    try (InputStream in = Digits.class.getResourceAsStream(Digits.RESOURCE)) {
      byte[] digest = Checksum.sha256().digest(in.readAllBytes());
      assertEquals(
          "46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a",
          HexFormat.of().formatHex(digest));
    }
    assertNotNull(Digits.class.getResource("digits.txt"));
  }

  /** The class counts that the repository states for this part. */
  @Test
  void hasTheStatedClassCounts() {
    ImageData all = Digits.all();
    assertEquals(1797, all.count());
    assertArrayEquals(
        new int[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, all.classCounts());
  }

  @Test
  void pixelsAreScaled() {
    byte[] first = Digits.all().pixels();
    // The file starts with 0,0,5,13,9,1,0,0,0,0,13,15 and its second image has a 16.
    byte[] expected = {0, 0, 80, (byte) 208, (byte) 144, 16, 0, 0, 0, 0, (byte) 208, (byte) 240};
    assertArrayEquals(expected, Arrays.copyOf(first, 12));
    assertEquals((byte) 255, first[64 + 12]);
  }

  @Test
  void aFifthOfEachClassIsHeldOut() {
    ImageSplit split = Digits.load();
    assertEquals("digits train [1442, 8, 8, 1], 10 classes", split.train().toString());
    assertEquals("digits test [355, 8, 8, 1], 10 classes", split.test().toString());
    assertArrayEquals(
        new int[] {35, 36, 35, 36, 36, 36, 36, 35, 34, 36}, split.test().classCounts());
    assertEquals(split.test().sha256(), Digits.load().test().sha256());
    // The fifth zero of the file is its image number 36, the first of the held-out zeros.
    int firstZero = 0;
    while (split.test().labels()[firstZero] != 0) {
      firstZero++;
    }
    assertArrayEquals(
        Digits.all().slice(36, 37).pixels(), split.test().slice(firstZero, firstZero + 1).pixels());
  }
}
