package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar100Test {
  private static final int RECORD = 3074;

  @TempDir Path folder;

  /** Records of a coarse and a fine label whose pixel (y, x) is (y, x, fine label). */
  private static byte[] records(int... pairs) {
    byte[] bytes = new byte[pairs.length / 2 * RECORD];
    for (int i = 0; i < pairs.length / 2; i++) {
      int at = i * RECORD;
      bytes[at] = (byte) pairs[2 * i];
      bytes[at + 1] = (byte) pairs[2 * i + 1];
      for (int p = 0; p < 1024; p++) {
        bytes[at + 2 + p] = (byte) (p / 32);
        bytes[at + 1026 + p] = (byte) (p % 32);
        bytes[at + 2050 + p] = (byte) pairs[2 * i + 1];
      }
    }
    return bytes;
  }

  private static ImageData read(byte[] bytes) throws IOException {
    return Cifar100.read("a-file", new ByteArrayInputStream(bytes), bytes.length, 1 << 20);
  }

  private static void files(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("train.bin"), records(4, 0, 19, 99, 0, 95));
    Files.write(folder.resolve("test.bin"), records(7, 6));
  }

  @Test
  void readsFineAndCoarseClasses() throws IOException {
    files(folder.resolve("cifar-100-binary"));
    for (Path place : new Path[] {folder, folder.resolve("cifar-100-binary")}) {
      ImageSplit fine = Cifar100.folder(place, false, 3, 1);
      assertArrayEquals(new int[] {0, 99, 95}, fine.train().labels());
      assertEquals("apple", fine.train().classNames().get(0));
      assertEquals("worm", fine.train().classNames().get(99));
      assertEquals("bee", fine.test().classNames().get(fine.test().labels()[0]));
      int at = 3072 + (5 * 32 + 7) * 3;
      assertArrayEquals(
          new byte[] {5, 7, 99}, Arrays.copyOfRange(fine.train().pixels(), at, at + 3));
      ImageSplit coarse = Cifar100.folder(place, true, 3, 1);
      assertArrayEquals(new int[] {4, 19, 0}, coarse.train().labels());
      assertEquals("insects", coarse.test().classNames().get(coarse.test().labels()[0]));
    }
    assertThrows(FormatException.class, () -> Cifar100.folder(folder));
    assertThrows(FormatException.class, () -> Cifar100.coarse(folder));
  }

  @Test
  void isFoundByName() throws IOException {
    files(folder);
    FormatException e =
        assertThrows(FormatException.class, () -> Datasets.load("cifar100", folder));
    assertEquals("153700000 bytes (50000 images)", e.expected());
  }

  @Test
  void refusesDamage() throws IOException {
    files(folder);
    Files.delete(folder.resolve("test.bin"));
    String m =
        assertThrows(FileNotFoundException.class, () -> Cifar100.folder(folder)).getMessage();
    assertTrue(m.contains("lacks test.bin; unpack cifar-100-binary.tar.gz"), m);
    for (int[] bad : new int[][] {{20, 3}, {3, 100}}) {
      m = assertThrows(FormatException.class, () -> read(records(bad))).getMessage();
      assertTrue(m.contains("in record 0"), m);
    }
    byte[] valid = records(1, 2, 3, 4);
    SplittableRandom random = new SplittableRandom(5);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] bytes = TestFiles.mutate(valid, random);
      try {
        assertEquals(bytes.length, read(bytes).count() * RECORD);
      } catch (FormatException e) {
        refused++;
      }
    }
    assertTrue(refused > 700, refused + " of 3000");
  }
}
