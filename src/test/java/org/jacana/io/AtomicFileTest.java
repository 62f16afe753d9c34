package org.jacana.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  private static byte[] bytes(int value) {
    byte[] b = new byte[200_000];
    Arrays.fill(b, (byte) value);
    return b;
  }

  private static Exception write(Path file, byte[] content) {
    try {
      AtomicFile.write(file, out -> out.write(content));
      return null;
    } catch (IOException | RuntimeException e) {
      return e;
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void anyCallMayFailOnceOrForEver() throws IOException {
    Path file = folder.resolve("file");
    byte[] old = bytes(1);
    byte[] fresh = bytes(2);
    int calls;
    try (FaultyDisk disk = new FaultyDisk(0, false, false)) {
      assertEquals(null, write(file, old));
      calls = disk.calls();
    }
    assertTrue(calls > 20, "writes are cut into many: " + calls);
    for (boolean unchecked : new boolean[] {false, true}) {
      for (boolean persistent : new boolean[] {false, true}) {
        for (int k = 1; k <= calls; k++) {
          assertEquals(null, write(file, old));
          Exception e;
          try (FaultyDisk disk = new FaultyDisk(k, persistent, unchecked)) {
            e = write(file, fresh);
          }
          assertTrue(e != null, "call " + k + " failed unnoticed");
          assertEquals(unchecked ? "planted" : "No space left on device (planted)", e.getMessage());
          // The last call forces the folder, when the new file has its name already.
          assertArrayEquals(k == calls ? fresh : old, Files.readAllBytes(file), "call " + k);
          if (!persistent) {
            assertEquals(List.of("file"), names(), "call " + k);
          }
          AtomicFile.sweep(folder, "file");
          assertEquals(List.of("file"), names(), "call " + k);
        }
      }
    }
  }

  @Test
  void foldersThatAreMadeAreForcedToo() throws IOException {
    int plain;
    try (FaultyDisk disk = new FaultyDisk(0, false, false)) {
      assertEquals(null, write(folder.resolve("file"), bytes(1)));
      plain = disk.calls();
    }
    try (FaultyDisk disk = new FaultyDisk(0, false, false)) {
      assertEquals(null, write(folder.resolve("a/b/file"), bytes(1)));
      assertEquals(plain + 2, disk.calls());
    }
  }

  @Test
  void sweepingAndDeletingSpareTheRest() throws IOException {
    Path file = folder.resolve("a");
    Files.writeString(folder.resolve(".a.17.tmp"), "half");
    Files.writeString(folder.resolve(".b.17.tmp"), "other");
    Files.writeString(file, "whole");
    AtomicFile.sweep(folder, "a");
    assertEquals(List.of(".b.17.tmp", "a"), names());
    AtomicFile.delete(file);
    assertFalse(Files.exists(file));
    AtomicFile.delete(file);
    AtomicFile.sweep(folder.resolve("none"), "x");
  }
}
