package org.jacana.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jacana.data.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
  private static final byte[] FOREIGN = TensorBoardFiles.events();

  @TempDir Path folder;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("events.out.tfevents.1.x"), bytes);
  }

  private String refused(byte[] bytes) throws IOException {
    Path file = file(bytes);
    return assertThrows(FormatException.class, () -> EventFile.read(file)).getMessage();
  }

  @Test
  void readsWhatTensorBoardWrote() throws IOException {
    EventFile f = EventFile.read(file(FOREIGN));
    assertTrue(f.whole());
    List<EventFile.Event> e = f.events();
    assertEquals(new EventFile.Event(2.25, 1, "loss", new EventFile.Scalar(0.5)), e.get(0));
    assertEquals(new EventFile.Event(2.25, 1, "zero", new EventFile.Scalar(0)), e.get(1));
    assertEquals(
        new EventFile.Event(3, 1L << 40, "tf2/loss", new EventFile.Scalar(0.25)), e.get(2));
    assertEquals(new EventFile.Event(3, 3, "double", new EventFile.Scalar(0.125)), e.get(3));
    EventFile.Histogram h = (EventFile.Histogram) e.get(4).value();
    assertEquals(
        List.of(-1.0, 2.0, 4.0, 3.0, 7.0),
        List.of(h.min(), h.max(), h.count(), h.sum(), h.sumOfSquares()));
    assertArrayEquals(new double[] {-0.5, 0.5, 2.5}, h.limits());
    assertArrayEquals(new double[] {1, 1, 2}, h.counts());
    assertEquals(new EventFile.Event(5, 5, "note", new EventFile.Text("hello *world*")), e.get(5));
    EventFile.Image i = (EventFile.Image) e.get(6).value();
    assertEquals(List.of(2, 3, 1), List.of(i.height(), i.width(), i.channels()));
    assertArrayEquals(new byte[] {(byte) 0x89, 'P', 'N', 'G'}, i.encoded());
    assertEquals(new EventFile.Event(7, 7, "vector", new EventFile.Other("")), e.get(7));
    assertEquals(8, e.size());
    assertEquals(List.of("loss", "zero", "tf2/loss", "double"), f.scalarTags());
    assertEquals(Map.of(1L, 0.5), f.scalars("loss"));
    assertEquals(Map.of(), f.scalars("none"));
  }

  /** Every length: refused, or with readTorn the whole records before it. */
  @Test
  void cutFiles() throws IOException {
    int whole = 0;
    for (int n = 0; n < FOREIGN.length; n++) {
      Path file = file(Arrays.copyOf(FOREIGN, n));
      EventFile torn = EventFile.readTorn(file);
      try {
        assertEquals(torn.events().size(), EventFile.read(file).events().size());
        assertTrue(torn.whole());
        whole++;
      } catch (FormatException e) {
        assertFalse(torn.whole());
      }
      assertTrue(torn.events().size() <= 8);
    }
    // After each record but the last.
    assertEquals(7, whole);
    assertTrue(refused(Arrays.copyOf(FOREIGN, 30)).contains("readTorn"));
    assertTrue(EventFile.readTorn(file(FOREIGN)).whole());
  }

  /** A run that was stopped and resumed: the later file's values count. */
  @Test
  void aRunOfSeveralFiles() throws IOException {
    assertThrows(NoSuchFileException.class, () -> EventFile.readRun(folder));
    Clock first = Clock.fixed(Instant.ofEpochSecond(8), ZoneOffset.UTC);
    Clock later = Clock.fixed(Instant.ofEpochSecond(100), ZoneOffset.UTC);
    try (SummaryWriter b = SummaryWriter.open(folder, "h", later);
        SummaryWriter a = SummaryWriter.open(folder, "h", first)) {
      a.addScalar("x", 1, 1);
      a.addScalar("x", 2, 2);
      b.addScalar("x", 3, 2);
      b.addScalars("x", Map.of("below", 9.0), 3);
    }
    EventFile run = EventFile.readRun(folder);
    assertTrue(run.whole());
    assertEquals(Map.of(1L, 1.0, 2L, 3.0), run.scalars("x"));
    Path last = folder.resolve("events.out.tfevents.0000000100.h.0");
    Files.write(last, Arrays.copyOf(Files.readAllBytes(last), 60));
    assertFalse(EventFile.readRun(folder).whole());
  }

  /** No flip of one bit goes unnoticed. */
  @Test
  void flippedBits() throws IOException {
    byte[] bytes = Arrays.copyOf(FOREIGN, 200);
    EventFile whole = EventFile.readTorn(file(bytes));
    for (int bit = 0; bit < 8 * 150; bit++) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Path file = file(flipped);
      assertThrows(FormatException.class, () -> EventFile.readTorn(file), "bit " + bit);
    }
    assertTrue(whole.events().size() > 2);
  }

  private static byte[] framed(byte[]... contents) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] c : contents) {
      out.writeBytes(TfRecord.framed(c));
    }
    return out.toByteArray();
  }

  @Test
  void refusesOtherContents() throws IOException {
    byte[] version = EventMessages.version(1);
    assertTrue(refused(new byte[0]).contains("an empty file"));
    assertTrue(
        refused(framed(EventMessages.event(1, 1, EventMessages.scalar("a", 1))))
            .contains("version"));
    assertTrue(
        refused(framed(new ProtoMessage().put(3, "brain.Event:1").bytes())).contains("version"));
    assertTrue(refused(framed(version, new byte[] {1})).contains("protocol buffers"));
    assertTrue(refused(framed(version, new byte[] {42, 5, 1})).contains("protocol buffers"));
    assertTrue(refused(framed(version, new byte[] {0})).contains("protocol buffers"));
    // Groups within groups, an end of a group without its start.
    byte[] groups = new byte[100_000];
    Arrays.fill(groups, (byte) 0x0B);
    assertTrue(refused(framed(version, groups)).contains("protocol buffers"));
    assertTrue(refused(framed(version, new byte[] {0x0C})).contains("protocol buffers"));
    // A histogram of one limit and no count.
    ProtoMessage h =
        new ProtoMessage().put(1, "h").put(5, new ProtoMessage().put(6, new double[1]));
    assertTrue(refused(framed(version, EventMessages.event(1, 1, h))).contains("a count for each"));
    ByteBuffer claims = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    claims.putLong(1L << 40).putInt(TfRecord.masked(claims.array(), 0, 8));
    assertTrue(refused(claims.array()).contains("records of at most"));
  }
}
