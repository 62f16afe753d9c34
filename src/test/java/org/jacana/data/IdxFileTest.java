package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFileTest {
  private static final long LIMIT = 1 << 20;
  private static final byte[] VALUES = TestFiles.random(3 * 5 * 4, 1);
  private static final byte[] PLAIN = TestFiles.idx(VALUES, 3, 5, 4);

  @TempDir Path folder;

  private static IdxFile read(byte[] bytes, int rank) throws IOException {
    return IdxFile.read("a-file", new ByteArrayInputStream(bytes), rank, LIMIT);
  }

  private static String refusal(byte[] bytes, int rank) {
    FormatException e = assertThrows(FormatException.class, () -> read(bytes, rank));
    assertEquals("a-file", e.file());
    return e.getMessage();
  }

  @Test
  void imagesAndLabels() throws IOException {
    Path grey = Files.write(folder.resolve("grey"), PLAIN);
    Path colour = Files.write(folder.resolve("colour"), TestFiles.idx(VALUES, 2, 5, 2, 3));
    Path three = Files.write(folder.resolve("three"), TestFiles.idx(new byte[] {0, 2, 1}, 3));
    Path two = Files.write(folder.resolve("two"), TestFiles.idx(new byte[] {1, 0}, 2));
    List<String> names = List.of("a", "b", "c");
    ImageData g = IdxFile.images("g", grey, three, 3, names);
    assertEquals("g [3, 5, 4, 1], 3 classes", g.toString());
    assertArrayEquals(new int[] {0, 2, 1}, g.labels());
    ImageData c = IdxFile.images("c", colour, two, 4, names);
    assertEquals("c [2, 5, 2, 3], 3 classes", c.toString());
    assertThrows(FormatException.class, () -> IdxFile.images("g", grey, two, 3, names));
    assertThrows(
        FormatException.class, () -> IdxFile.images("g", grey, three, 3, names.subList(0, 2)));
    assertThrows(IllegalArgumentException.class, () -> IdxFile.images("g", grey, three, 2, names));
  }

  @Test
  void readsPlainAndGzipByContentNotName() throws IOException {
    Path plain = Files.write(folder.resolve("plain.gz"), PLAIN);
    Path packed = Files.write(folder.resolve("packed"), TestFiles.gzip(PLAIN));
    for (Path file : List.of(plain, packed)) {
      IdxFile idx = IdxFile.read(file, 3);
      assertEquals(List.of(3, 5, 4), idx.dims());
      assertArrayEquals(VALUES, idx.values());
      assertEquals(file.toString(), idx.name());
    }
  }

  @Test
  void readsMoreThanItsFirstBuffer() throws IOException {
    byte[] values = TestFiles.random(200_001, 2);
    IdxFile idx = read(TestFiles.gzip(TestFiles.idx(values, values.length)), 1);
    assertArrayEquals(values, idx.values());
  }

  @Test
  void readsGzipOfSeveralMembersAndOptionalFields() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] first = TestFiles.gzip(Arrays.copyOf(PLAIN, 9));
    first[3] = 8 | 16;
    bytes.write(first, 0, 10);
    bytes.writeBytes("name\0comment\0".getBytes());
    bytes.write(first, 10, first.length - 10);
    bytes.writeBytes(TestFiles.gzip(Arrays.copyOfRange(PLAIN, 9, PLAIN.length)));
    assertArrayEquals(VALUES, read(bytes.toByteArray(), 3).values());
  }

  @Test
  void refusesAnotherKindOfFile() {
    assertEquals(
        "a-file: expected magic number 0x00000801 (unsigned bytes, rank 1), found 0x00000803; "
            + "check that images and labels are not swapped, or get the file again",
        refusal(PLAIN, 1));
    byte[] floats = PLAIN.clone();
    floats[2] = 0x0d;
    assertTrue(refusal(floats, 3).contains("found 0x00000d03"));
    assertTrue(refusal(new byte[0], 3).contains("a header of 16 bytes, found an end inside it"));
    assertTrue(refusal(new byte[] {0x1f, (byte) 0x8b}, 3).contains("complete gzip stream"));
  }

  @Test
  void refusesBadSizes() {
    assertTrue(refusal(TestFiles.idx(VALUES, 3, 0, 4), 3).contains("found size 0 in dimension 1"));
    assertTrue(
        refusal(TestFiles.idx(VALUES, 3, -1, 4), 3).contains("found size 4294967295 in dim"));
    // The product is 2^64, which is 0 in 64 bits.
    int big = 1 << 30;
    assertTrue(refusal(TestFiles.idx(VALUES, big, big, 16), 3).contains("at most 1048576 bytes"));
    assertTrue(refusal(TestFiles.idx(VALUES, 1 << 20, 2, 1), 3).contains("larger heap"));
  }

  @Test
  void refusesTruncatedAndTrailingBytes() {
    byte[] shorter = Arrays.copyOf(PLAIN, PLAIN.length - 1);
    byte[] longer = Arrays.copyOf(PLAIN, PLAIN.length + 1);
    for (byte[] bytes : List.of(shorter, TestFiles.gzip(shorter))) {
      assertTrue(refusal(bytes, 3).contains("60 bytes after the header, found only 59"));
    }
    for (byte[] bytes : List.of(longer, TestFiles.gzip(longer))) {
      assertTrue(refusal(bytes, 3).contains("60 bytes after the header, found more"));
    }
  }

  @Test
  void refusesDamagedGzip() {
    byte[] packed = TestFiles.gzip(PLAIN);
    int n = packed.length;
    assertTrue(refusal(Arrays.copyOf(packed, n - 1), 3).contains("found an end in the middle"));
    assertTrue(refusal(Arrays.copyOf(packed, n + 1), 3).contains("found an end in the middle"));
    assertTrue(refusal(Arrays.copyOf(packed, n + 9), 3).contains("found other bytes after it"));
    byte[] checksum = packed.clone();
    checksum[n - 8] ^= 1;
    assertTrue(refusal(checksum, 3).contains("gzip checksum"));
    byte[] length = packed.clone();
    length[n - 1] ^= 1;
    assertTrue(refusal(length, 3).contains("gzip length"));
  }

  @Test
  void allocatesWithTheDataNotTheHeader() throws IOException {
    byte[] lie = TestFiles.idx(VALUES, 1 << 15, 1 << 7, 1 << 7);
    byte[] packedLie = TestFiles.gzip(lie);
    byte[] bomb = TestFiles.gzip(TestFiles.idx(new byte[100_000_000], 10, 1, 1));
    assertTrue(bomb.length < 200_000);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (byte[] bytes : List.of(lie, packedLie, bomb)) {
      long before = threads.getCurrentThreadAllocatedBytes();
      FormatException e =
          assertThrows(
              FormatException.class,
              () -> IdxFile.read("lie", new ByteArrayInputStream(bytes), 3, 1L << 30));
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < 4_000_000, allocated + " bytes for: " + e.getMessage());
    }
  }

  @Test
  void aFileThatClaimsMuchTakesNoMemory() throws IOException {
    Path file = folder.resolve("lie");
    Files.write(file, ByteBuffer.allocate(100).putInt(0x0801).putInt(200_000_000).array());
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(id);
    assertThrows(FormatException.class, () -> IdxFile.read(file, 1));
    assertTrue(threads.getThreadAllocatedBytes(id) - before < 10_000_000);
  }

  @Test
  void leavesErrorsOfTheSystemAlone() {
    assertThrows(NoSuchFileException.class, () -> IdxFile.read(folder.resolve("none"), 1));
    IOException e = assertThrows(IOException.class, () -> IdxFile.read(folder, 1));
    assertTrue(!(e instanceof FormatException));
  }

  /** No mutation gives anything but a format error or a file that fits its header. */
  @Test
  void survivesMutations() throws IOException {
    SplittableRandom random = new SplittableRandom(20_000);
    int refused = 0;
    for (byte[] valid : List.of(PLAIN, TestFiles.gzip(PLAIN))) {
      for (int i = 0; i < 20_000; i++) {
        byte[] bytes = TestFiles.mutate(valid, random);
        try {
          IdxFile idx = read(bytes, 3);
          int size = idx.dims().stream().reduce(1, (a, b) -> a * b);
          assertEquals(size, idx.values().length);
          if (valid == PLAIN) {
            assertEquals(16 + size, bytes.length);
          } else {
            assertArrayEquals(VALUES, idx.values());
          }
        } catch (FormatException e) {
          refused++;
          assertTrue(e.getMessage().startsWith("a-file: expected "));
        }
      }
    }
    assertTrue(refused > 20_000 && refused < 40_000, refused + " refused");
  }
}
