package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.data.FormatException;
import org.jacana.fuzz.Fuzzer;
import org.jacana.io.FaultyDisk;
import org.jacana.io.StoredTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFileTest {
  @TempDir Path folder;

  private static Checkpoint checkpoint(long step) {
    Map<String, StoredTensor> model = new LinkedHashMap<>();
    Map<String, StoredTensor> state = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      model.put("0.weight", StoredTensor.of(Tensor.of(new float[] {1, -2, Float.NaN}, 3)));
      model.put("0.bias", StoredTensor.of(Tensor.of(new double[] {3, 4}, 2)));
      state.put("0.exp_avg", StoredTensor.of(Tensor.of(new float[] {0.5f}, 1, 1)));
    }
    Map<String, Double> run = new LinkedHashMap<>();
    run.put("epoch", 1.0);
    run.put("batch", 2.0);
    run.put("step", (double) step);
    run.put("last_loss", Double.NaN);
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("best", Double.NEGATIVE_INFINITY);
    numbers.put("tiny", Double.MIN_VALUE);
    numbers.put("third", 1 / 3.0);
    numbers.put("minus zero", -0.0);
    return new Checkpoint(
        model,
        Map.of(
            Checkpoint.RUN,
            new Checkpoint.Part(Map.of(), run),
            "callback \"checksum\":\"x",
            new Checkpoint.Part(state, numbers)),
        Map.of("standard", "-5:8"),
        List.of(
            new History.Epoch(
                Map.of("loss", 0.1, "val_mine", Double.NaN),
                new Evaluation(20, -1, 0.25, Map.of("mine", Double.NaN)),
                1e4,
                0.5),
            new History.Epoch(Map.of(), null, 1, 2)),
        Map.of("java", "17 \"checksum\":\"", "ünder", "\u0000\n"));
  }

  private Path write(Checkpoint c, String name) throws IOException {
    Path file = folder.resolve(name);
    c.write(file);
    return file;
  }

  @Test
  void comesBackWithEveryBit() throws IOException {
    Checkpoint c = checkpoint(7);
    Path file = write(c, "a");
    Checkpoint again = Checkpoint.read(file);
    assertEquals(c, again);
    assertEquals(7, again.step());
    assertEquals(1, again.epoch());
    assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(write(again, "b")));
  }

  /** Files of released versions are read for ever. */
  @Test
  void version1IsRead() throws Exception {
    Path file = Path.of(CheckpointFileTest.class.getResource("checkpoint-v1.safetensors").toURI());
    assertEquals(checkpoint(7), Checkpoint.read(file));
  }

  /** Every bit of the file, one after the other. */
  @Test
  void everyFlippedBitIsNoticed() throws IOException {
    Path file = write(checkpoint(7), "a");
    byte[] whole = Files.readAllBytes(file);
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int i = 0; i < whole.length; i++) {
        for (int bit = 0; bit < 8; bit++) {
          out.write(ByteBuffer.wrap(new byte[] {(byte) (whole[i] ^ 1 << bit)}), i);
          assertThrows(
              FormatException.class, () -> Checkpoint.read(file), "byte " + i + ", bit " + bit);
        }
        out.write(ByteBuffer.wrap(whole, i, 1), i);
      }
    }
    assertEquals(7, Checkpoint.read(file).step());
  }

  @Test
  void everyTruncationAndExtensionIsNoticed() throws IOException {
    Path file = write(checkpoint(7), "a");
    byte[] whole = Files.readAllBytes(file);
    for (int n = 0; n < whole.length; n++) {
      Files.write(file, Arrays.copyOf(whole, n));
      assertThrows(FormatException.class, () -> Checkpoint.read(file), n + " bytes");
    }
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertThrows(FormatException.class, () -> Checkpoint.read(file));
  }

  private static Fuzzer fuzzer(Path file) throws IOException {
    return Fuzzer.of(Files.readAllBytes(file))
        .words("\"checksum\":\"", "\"state\":\"", "\\\"parts\\\":", "{}", "null", "1e999", "part/")
        .memory(1 << 20, 64);
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    Fuzzer.Result r =
        fuzzer(write(checkpoint(7), "a")).run(1, 60_000, folder, f -> Checkpoint.read(f));
    // What the fuzzer leaves as it was is read.
    assertTrue(r.refused() > 59_000, r.toString());
  }

  /** The file with the checksum that it ought to have, if there is a place for one. */
  private static byte[] sealed(byte[] file) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("\"checksum\":\"") + 12;
    if (at >= 12 && at + 64 <= file.length) {
      Arrays.fill(file, at, at + 64, (byte) '0');
      byte[] digest =
          HexFormat.of()
              .formatHex(WholeFile.sha256().digest(file))
              .getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(digest, 0, file, at, 64);
    }
    return file;
  }

  /** As somebody would make them who wants to do harm. */
  @Test
  void damagedFilesWithTheRightChecksumAreReadOrRefused() throws IOException {
    Fuzzer.Result r =
        fuzzer(write(checkpoint(7), "a"))
            .wrapped(CheckpointFileTest::sealed)
            .run(2, 60_000, folder, f -> Checkpoint.read(f));
    assertTrue(r.refused() > 20_000 && r.read() > 1_000, r.toString());
  }

  @Test
  void aNewerVersionIsSaid() throws IOException {
    Path file = write(checkpoint(7), "a");
    String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    String newer = text.replace("\"version\":\"1\"", "\"version\":\"2\"");
    Files.write(file, sealed(newer.getBytes(StandardCharsets.ISO_8859_1)));
    FormatException e = assertThrows(FormatException.class, () -> Checkpoint.read(file));
    assertEquals(
        file
            + ": expected a checkpoint of version 1 to 1, found version 2; it was written by a newer"
            + " Jacana: read it with that one",
        e.getMessage());
  }

  @Test
  void theNewestThatCanBeReadIsFound() throws IOException {
    List<String> notes = new ArrayList<>();
    assertTrue(Checkpoint.newest(folder.resolve("none"), notes::add).isEmpty());
    assertThrows(NoSuchFileException.class, () -> Checkpoint.find(folder, notes::add));
    write(checkpoint(5), Checkpoint.name(5));
    write(checkpoint(40), Checkpoint.name(40));
    Path newest = write(checkpoint(123), Checkpoint.name(123));
    write(checkpoint(999), "checkpoint-999.safetensors.old");
    write(checkpoint(999), Checkpoints.BEST);
    assertEquals(123, Checkpoint.find(folder, notes::add).step());
    assertEquals(List.of(), notes);
    Files.write(newest, Arrays.copyOf(Files.readAllBytes(newest), 700));
    assertEquals(40, Checkpoint.find(folder, notes::add).step());
    assertEquals(1, notes.size());
    assertTrue(
        notes.get(0).startsWith("a damaged checkpoint is passed over: " + newest),
        notes.toString());
    Files.write(folder.resolve(Checkpoint.name(5)), new byte[3]);
    Files.write(folder.resolve(Checkpoint.name(40)), new byte[300]);
    assertThrows(FormatException.class, () -> Checkpoint.find(folder, notes::add));
  }

  /** A save that fails at any call of the system leaves something to go on from. */
  @Test
  void aSaveThatFailsAnywhereLosesNothing() throws IOException {
    Path file = write(checkpoint(1), Checkpoint.name(1));
    int calls;
    try (FaultyDisk disk = new FaultyDisk(0, false, false)) {
      checkpoint(2).write(folder.resolve(Checkpoint.name(2)));
      calls = disk.calls();
    }
    for (int k = 1; k <= calls; k++) {
      for (boolean persistent : new boolean[] {false, true}) {
        for (String name : List.of(Checkpoint.name(2), Checkpoint.name(1))) {
          Files.deleteIfExists(folder.resolve(Checkpoint.name(2)));
          checkpoint(1).write(file);
          try (FaultyDisk disk = new FaultyDisk(k, persistent, false)) {
            assertThrows(IOException.class, () -> checkpoint(2).write(folder.resolve(name)));
          }
          long step = Checkpoint.find(folder, note -> {}).step();
          assertEquals(k == calls ? 2 : 1, step, "call " + k);
        }
      }
    }
  }
}
