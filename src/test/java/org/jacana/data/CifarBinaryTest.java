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

class CifarBinaryTest {
  private static final int RECORD = 3073;

  @TempDir Path folder;

  /** Records whose pixel (y, x) is (y, x, 100 + label). */
  private static byte[] records(int... labels) {
    byte[] bytes = new byte[labels.length * RECORD];
    for (int i = 0; i < labels.length; i++) {
      bytes[i * RECORD] = (byte) labels[i];
      for (int p = 0; p < 1024; p++) {
        bytes[i * RECORD + 1 + p] = (byte) (p / 32);
        bytes[i * RECORD + 1025 + p] = (byte) (p % 32);
        bytes[i * RECORD + 2049 + p] = (byte) (100 + labels[i]);
      }
    }
    return bytes;
  }

  private static ImageData read(byte[] bytes) throws IOException {
    return CifarBinary.read("a-file", new ByteArrayInputStream(bytes), bytes.length, 1 << 20);
  }

  private static String refusal(byte[] bytes) {
    return assertThrows(FormatException.class, () -> read(bytes)).getMessage();
  }

  private static void sixFiles(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < 5; i++) {
      Files.write(folder.resolve("data_batch_" + (i + 1) + ".bin"), records(i, 9));
    }
    Files.write(folder.resolve("test_batch.bin"), records(6, 7));
  }

  @Test
  void interleavesThePlanes() throws IOException {
    ImageData data = CifarBinary.read(Files.write(folder.resolve("x.bin"), records(3, 9)));
    assertArrayEquals(new int[] {3, 9}, data.labels());
    assertEquals("cat", data.classNames().get(3));
    assertEquals("truck", data.classNames().get(9));
    for (int i = 0; i < 2; i++) {
      for (int y = 0; y < 32; y++) {
        for (int x = 0; x < 32; x++) {
          int at = ((i * 32 + y) * 32 + x) * 3;
          byte[] expected = {(byte) y, (byte) x, (byte) (100 + data.labels()[i])};
          assertArrayEquals(expected, Arrays.copyOfRange(data.pixels(), at, at + 3));
        }
      }
    }
  }

  @Test
  void readsAFolderAndItsSubfolder() throws IOException {
    sixFiles(folder.resolve("cifar-10-batches-bin"));
    for (Path place : new Path[] {folder, folder.resolve("cifar-10-batches-bin")}) {
      ImageSplit split = CifarBinary.folder(place, 2);
      assertArrayEquals(new int[] {0, 9, 1, 9, 2, 9, 3, 9, 4, 9}, split.train().labels());
      assertArrayEquals(new int[] {6, 7}, split.test().labels());
      assertEquals(104, split.train().pixels()[8 * 3072 + 2]);
    }
  }

  @Test
  void aFolderNeedsTenThousandRecordsAFile() throws IOException {
    sixFiles(folder);
    FormatException e = assertThrows(FormatException.class, () -> CifarBinary.folder(folder));
    assertEquals(folder.resolve("data_batch_1.bin").toString(), e.file());
    assertEquals("30730000 bytes (10000 images)", e.expected());
    assertEquals("6146 bytes", e.found());
  }

  @Test
  void namesTheMissingFiles() throws IOException {
    sixFiles(folder);
    Files.delete(folder.resolve("data_batch_2.bin"));
    Files.delete(folder.resolve("test_batch.bin"));
    var e = assertThrows(FileNotFoundException.class, () -> CifarBinary.folder(folder));
    assertEquals(
        "cifar10: "
            + folder
            + " lacks data_batch_2.bin, test_batch.bin; unpack cifar-10-binary.tar.gz into it or "
            + "name another folder",
        e.getMessage());
  }

  @Test
  void refusesWhatIsNotWholeRecords() throws IOException {
    byte[] valid = records(1, 2);
    assertTrue(refusal(new byte[0]).contains("found 0 bytes"));
    assertTrue(refusal(Arrays.copyOf(valid, valid.length - 1)).contains("found 6145 bytes"));
    assertTrue(refusal(Arrays.copyOf(valid, valid.length + 1)).contains("found 6147 bytes"));
    assertTrue(refusal(records(1, 10)).contains("found label 10 in record 1"));
    var longer = new ByteArrayInputStream(Arrays.copyOf(valid, valid.length + 1));
    assertThrows(
        FormatException.class, () -> CifarBinary.read("grew", longer, valid.length, 1 << 20));
    var shorter = new ByteArrayInputStream(Arrays.copyOf(valid, valid.length - 1));
    assertThrows(
        FormatException.class, () -> CifarBinary.read("shrank", shorter, valid.length, 1 << 20));
    var claimed = new ByteArrayInputStream(valid);
    long claim = 1_000_000_000L * RECORD;
    assertThrows(FormatException.class, () -> CifarBinary.read("claims", claimed, claim, 1 << 20));
  }

  @Test
  void survivesMutations() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    byte[] valid = records(3, 4);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = TestFiles.mutate(valid, random);
      try {
        ImageData data = read(bytes);
        assertEquals(bytes.length, data.count() * RECORD);
      } catch (FormatException e) {
        refused++;
        assertTrue(e.getMessage().startsWith("a-file: expected "));
      }
    }
    assertTrue(refused > 5_000 && refused < 20_000, refused + " refused");
  }
}
