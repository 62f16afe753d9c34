package org.jacana.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.HistogramProto;
import org.tensorflow.proto.Summary;

/** Event files, read back by the classes that protoc made for TensorFlow. */
class SummaryWriterTest {
  private static final Clock AT_8 = Clock.fixed(Instant.ofEpochSecond(8), ZoneOffset.UTC);

  @TempDir Path folder;

  private interface Writing {
    void on(SummaryWriter w) throws IOException;
  }

  private Path written(Writing what) throws IOException {
    SummaryWriter w = SummaryWriter.open(folder.resolve("run"), "host-1", AT_8);
    try (w) {
      what.on(w);
    }
    return w.file();
  }

  /** The events by TensorFlow's classes; checksums are looked at by EventFile's tests. */
  private static List<Event> events(Path file) throws IOException {
    ByteBuffer b = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> all = new ArrayList<>();
    while (b.hasRemaining()) {
      byte[] content = new byte[(int) b.getLong()];
      b.getInt();
      b.get(content);
      b.getInt();
      all.add(Event.parseFrom(content));
    }
    return all;
  }

  private Summary.Value one(Writing what) throws IOException {
    List<Event> all = events(written(what));
    assertEquals(2, all.size());
    assertEquals("brain.Event:2", all.get(0).getFileVersion());
    assertEquals(8, all.get(1).getWallTime());
    assertEquals(1, all.get(1).getSummary().getValueCount());
    return all.get(1).getSummary().getValue(0);
  }

  @Test
  void scalars() throws IOException {
    Path file =
        written(
            w -> {
              w.addScalar("loss/train", 0.5, 7);
              w.addScalar("zero", 0, 0);
              w.addScalar("far", -1e-3, Long.MAX_VALUE);
              w.addScalar("not", Double.NaN, 1);
            });
    List<Event> all = events(file);
    assertEquals(7, all.get(1).getStep());
    assertEquals("loss/train", all.get(1).getSummary().getValue(0).getTag());
    assertEquals(0.5f, all.get(1).getSummary().getValue(0).getSimpleValue());
    assertTrue(all.get(2).getSummary().getValue(0).hasSimpleValue());
    assertEquals(Long.MAX_VALUE, all.get(3).getStep());
    assertTrue(Float.isNaN(all.get(4).getSummary().getValue(0).getSimpleValue()));
    EventFile own = EventFile.read(file);
    assertEquals(Map.of(7L, 0.5), own.scalars("loss/train"));
    assertEquals(Map.of(0L, 0.0), own.scalars("zero"));
  }

  /** The same messages, frames included, as TensorBoard's own writer made. */
  @Test
  void framesAreTensorBoards() throws IOException {
    byte[] foreign = TensorBoardFiles.events();
    byte[] version = TfRecord.framed(EventMessages.version(1.5));
    byte[] start = Arrays.copyOf(foreign, version.length);
    assertArrayEquals(start, version);
    ByteBuffer b = ByteBuffer.wrap(foreign).order(ByteOrder.LITTLE_ENDIAN);
    while (b.hasRemaining()) {
      int at = b.position();
      byte[] content = new byte[(int) b.getLong(at)];
      b.position(at + 12).get(content);
      byte[] frame = TfRecord.framed(content);
      assertArrayEquals(Arrays.copyOfRange(foreign, at, at + frame.length), frame);
      b.position(at + frame.length);
    }
  }

  @Test
  void histograms() throws IOException {
    double[] values = {-1, -0.5, 0, 0, 1e-30, 0.5, 2, 1e25};
    Summary.Value v = one(w -> w.addHistogram("w", values, 3));
    HistogramProto h = v.getHisto();
    assertEquals(-1, h.getMin());
    assertEquals(1e25, h.getMax());
    assertEquals(8, h.getNum());
    assertEquals(1e25, h.getSum());
    assertEquals(1e50, h.getSumSquares(), 1e36);
    assertEquals(h.getBucketLimitCount(), h.getBucketCount());
    check(values, h.getBucketLimitList(), h.getBucketList());
    double[] normal = new Random(5).doubles(1000, -1, 1).map(x -> x * x * x).toArray();
    for (Device d : Devices.all()) {
      try (Scope s = Scope.open(d)) {
        Tensor t = Tensor.of(normal).requiresGrad(true);
        HistogramProto n = one(w -> w.addHistogram("n", t, 3)).getHisto();
        check(normal, n.getBucketLimitList(), n.getBucketList());
      }
    }
  }

  /** Each bucket holds as many values as lie between its limits; no run of empty ones is left. */
  private static void check(double[] values, List<Double> limits, List<Double> counts) {
    double low = Double.NEGATIVE_INFINITY;
    double before = 1;
    for (int i = 0; i < limits.size(); i++) {
      double high = limits.get(i);
      int n = 0;
      for (double v : values) {
        n += v >= low && v < high ? 1 : 0;
      }
      assertEquals(n, counts.get(i), "bucket below " + high);
      assertTrue(before + n > 0, "two empty buckets below " + high);
      before = n;
      low = high;
    }
    assertTrue(before > 0);
  }

  @Test
  void images() throws IOException {
    for (Device d : Devices.all()) {
      try (Scope s = Scope.open(d)) {
        Tensor rgb = Tensor.of(new float[] {0, .5f, 1, 0, .25f, 2}, 2, 1, 3);
        Summary.Image i = one(w -> w.addImage("x", rgb, 1)).getImage();
        assertEquals(List.of(2, 1, 3), List.of(i.getHeight(), i.getWidth(), i.getColorspace()));
        BufferedImage back = png(i);
        assertEquals(0xFF0080FF, back.getRGB(0, 0));
        assertEquals(0xFF0040FF, back.getRGB(0, 1));
        Tensor grey = Tensor.of(new byte[] {0, 1, (byte) 200, (byte) 255}, 2, 2, 1);
        int[] pixels =
            png(one(w -> w.addImage("g", grey, 1)).getImage())
                .getRaster()
                .getPixels(0, 0, 2, 2, (int[]) null);
        assertArrayEquals(new int[] {0, 1, 200, 255}, pixels);
        Tensor clear = Tensor.of(new float[] {1, 0, 0, .2f}, 1, 1, 4);
        assertEquals(0x33FF0000, png(one(w -> w.addImage("a", clear, 1)).getImage()).getRGB(0, 0));
      }
    }
    BufferedImage drawn = new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB);
    assertEquals(4, one(w -> w.addImage("d", drawn, 1)).getImage().getHeight());
  }

  private static BufferedImage png(Summary.Image i) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(i.getEncodedImageString().toByteArray()));
  }

  @Test
  void texts() throws IOException {
    Summary.Value v = one(w -> w.addText("note", "é *b*", 1));
    assertEquals("text", v.getMetadata().getPluginData().getPluginName());
    assertEquals("é *b*", v.getTensor().getStringVal(0).toStringUtf8());
    assertEquals(1, v.getTensor().getTensorShape().getDim(0).getSize());
    EventFile own = EventFile.read(written(w -> w.addText("note", "é *b*", 1)));
    assertEquals(new EventFile.Text("é *b*"), own.events().get(0).value());
  }

  /** The values are those that TensorBoard's hparams plugin writes, byte for byte. */
  @Test
  void hyperParameters() throws IOException {
    Map<String, Object> three = new LinkedHashMap<>();
    three.put("lr", 0.125);
    three.put("opt", "adam");
    three.put("nesterov", true);
    check("experiment", EventMessages.experiment(three, List.of("accuracy"), 8));
    check("start-lr", EventMessages.sessionStart(Map.of("lr", 0.125), "g", 8));
    check("start-nesterov", EventMessages.sessionStart(Map.of("nesterov", true), "g", 8));
    check("end", EventMessages.sessionEnd(8));
    List<Event> all = events(written(w -> w.addHparams(three, Map.of("accuracy", 0.75))));
    List<String> tags = all.stream().skip(1).map(e -> e.getSummary().getValue(0).getTag()).toList();
    assertEquals(
        List.of(
            "_hparams_/experiment",
            "_hparams_/session_start_info",
            "accuracy",
            "_hparams_/session_end_info"),
        tags);
    assertEquals(0.75f, all.get(3).getSummary().getValue(0).getSimpleValue());
  }

  private static void check(String name, ProtoMessage value) {
    byte[] summary = new ProtoMessage().put(1, value).bytes();
    assertArrayEquals(TensorBoardFiles.ALL.get(name), summary, name);
  }

  @Test
  void severalCurvesAreRunsOfTheirOwn() throws IOException {
    Path file = written(w -> w.addScalars("loss", new LinkedHashMap<>(Map.of("a b", 1.0)), 7));
    try (Stream<Path> in = Files.list(file.resolveSibling("loss_a_b"))) {
      Path only = in.toList().get(0);
      assertEquals(Map.of(7L, 1.0), EventFile.read(only).scalars("loss"));
    }
  }

  /** One file for each writer; no machine's name unless it is given. */
  @Test
  void names() throws IOException {
    try (SummaryWriter a = SummaryWriter.open(folder, "jacana", AT_8);
        SummaryWriter b = SummaryWriter.open(folder, "jacana", AT_8);
        SummaryWriter c = SummaryWriter.open(folder)) {
      assertEquals("events.out.tfevents.0000000008.jacana.0", a.file().getFileName().toString());
      assertEquals("events.out.tfevents.0000000008.jacana.1", b.file().getFileName().toString());
      assertTrue(
          c.file()
              .getFileName()
              .toString()
              .matches("events\\.out\\.tfevents\\.\\d{10}\\.jacana\\.\\d"));
    }
    assertThrows(IllegalArgumentException.class, () -> SummaryWriter.open(folder, "../x", AT_8));
  }

  @Test
  void flushAndClose() throws IOException {
    SummaryWriter w = SummaryWriter.open(folder, "h", AT_8);
    w.addScalar("a", 1, 1);
    assertEquals(0, Files.size(w.file()));
    w.flush();
    long size = Files.size(w.file());
    assertEquals(Map.of(1L, 1.0), EventFile.read(w.file()).scalars("a"));
    w.addScalar("a", 2, 2);
    w.close();
    w.close();
    assertTrue(Files.size(w.file()) > size);
    assertEquals(Map.of(1L, 1.0, 2L, 2.0), EventFile.read(w.file()).scalars("a"));
    assertThrows(IllegalStateException.class, () -> w.addScalar("a", 3, 3));
    assertThrows(IllegalStateException.class, w::flush);
  }

  @Test
  void wrongUse() throws IOException {
    written(
        w -> {
          assertThrows(IllegalArgumentException.class, () -> w.addScalar("", 1, 1));
          assertThrows(IllegalArgumentException.class, () -> w.addHistogram("h", new double[0], 1));
          assertThrows(
              IllegalArgumentException.class,
              () -> w.addHistogram("h", new double[] {Double.NaN}, 1));
          assertThrows(
              IllegalArgumentException.class,
              () -> w.addHparams(Map.of("list", List.of(1)), Map.of()));
          try (Scope s = Scope.open(Devices.all().get(0))) {
            for (int[] shape : new int[][] {{2, 2}, {2, 2, 2}, {0, 2, 3}, {1, 2, 2, 3}}) {
              assertThrows(
                  IllegalArgumentException.class, () -> w.addImage("i", Tensor.zeros(shape), 1));
            }
            assertThrows(
                IllegalArgumentException.class,
                () -> w.addImage("i", Tensor.zeros(DType.I32, 2, 2, 3), 1));
          }
        });
    // What was refused left nothing behind.
    Path file = written(w -> w.addScalar("a", 1, 1));
    assertEquals(1, EventFile.read(file).events().size());
    assertFalse(events(file).isEmpty());
  }

  /** Eight threads: every addition is whole. */
  @Test
  void threads() throws Exception {
    SummaryWriter w = SummaryWriter.open(folder, "h", AT_8);
    List<Thread> all = new ArrayList<>();
    try (w) {
      for (int t = 0; t < 8; t++) {
        String tag = "t" + t;
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    w.addScalar(tag, i, i);
                  }
                });
        thread.start();
        all.add(thread);
      }
      for (Thread t : all) {
        t.join();
      }
    }
    EventFile f = EventFile.read(w.file());
    assertEquals(1600, f.events().size());
    assertEquals(200, f.scalars("t5").size());
  }
}
