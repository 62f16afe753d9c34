package org.jacana.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.data.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
  /**
   * Written by safetensors 0.8.0 for Python: w F32 [2,3], a.b I32 [2], h F16 [2], m BOOL [3], u U8
   * [2], d F64 scalar, e F32 [0,4] and metadata k.
   */
  static final byte[] FOREIGN =
      Base64.getDecoder()
          .decode(
              "qAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJrIjoidiBcInFcIiDDqSJ9LCJkIjp7ImR0eXBlIjoiRjY0Iiwi"
                  + "c2hhcGUiOltdLCJkYXRhX29mZnNldHMiOlswLDhdfSwiZSI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpb"
                  + "MCw0XSwiZGF0YV9vZmZzZXRzIjpbOCw4XX0sInciOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10s"
                  + "ImRhdGFfb2Zmc2V0cyI6WzgsMzJdfSwiYS5iIjp7ImR0eXBlIjoiSTMyIiwic2hhcGUiOlsyXSwiZGF0"
                  + "YV9vZmZzZXRzIjpbMzIsNDBdfSwiaCI6eyJkdHlwZSI6IkYxNiIsInNoYXBlIjpbMl0sImRhdGFfb2Zm"
                  + "c2V0cyI6WzQwLDQ0XX0sInUiOnsiZHR5cGUiOiJVOCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6"
                  + "WzQ0LDQ2XX0sIm0iOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbNDYs"
                  + "NDldfX0gICAgGC1EVPshCUAAAIA/AAAAQAAAQEAAAIBAAACgQAAA0ED/////BwAAAAA+AMAA/wEAAQ==");

  @TempDir Path folder;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("a.safetensors"), bytes);
  }

  @Test
  void readsWhatTheReferenceLibraryWrote() throws IOException {
    Safetensors s = Safetensors.read(file(FOREIGN));
    assertEquals(Map.of("k", "v \"q\" é"), s.metadata());
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> t = new LinkedHashMap<>();
      s.tensors().forEach((name, v) -> t.put(name, v.tensor(Backends.standard())));
      assertEquals(Shape.of(2, 3), t.get("w").shape());
      assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6.5f}, t.get("w").floats());
      assertArrayEquals(new int[] {-1, 7}, t.get("a.b").ints());
      assertEquals(DType.F16, t.get("h").dtype());
      assertArrayEquals(new float[] {1.5f, -2}, t.get("h").floats());
      assertEquals(DType.BOOL, t.get("m").dtype());
      assertArrayEquals(new int[] {1, 0, 1}, t.get("m").ints());
      assertArrayEquals(new int[] {0, 255}, t.get("u").ints());
      assertEquals(Math.PI, t.get("d").item());
      assertEquals(Shape.of(0, 4), t.get("e").shape());
    }
  }

  @Test
  void writesTheReferenceLibrarysBytes() throws IOException {
    Path copy = folder.resolve("new/copy.safetensors");
    Safetensors.read(file(FOREIGN)).write(copy);
    assertArrayEquals(FOREIGN, Files.readAllBytes(copy));
  }

  @Test
  void orderOfTheMapDoesNotMatter() throws IOException {
    try (Scope scope = Scope.open()) {
      StoredTensor a = StoredTensor.of(Tensor.of(new float[] {1, 2}));
      StoredTensor b = StoredTensor.of(Tensor.of(new byte[] {3}));
      Map<String, StoredTensor> ab = new LinkedHashMap<>();
      ab.put("a", a);
      ab.put("b", b);
      Map<String, StoredTensor> ba = new LinkedHashMap<>();
      ba.put("b", b);
      ba.put("a", a);
      Path first = folder.resolve("first");
      Path second = folder.resolve("second");
      new Safetensors(ab, Map.of()).write(first);
      new Safetensors(ba, Map.of()).write(second);
      assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    }
  }

  static byte[] withHeader(String json, int dataBytes) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer b = ByteBuffer.allocate(8 + header.length + dataBytes);
    b.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header);
    return b.array();
  }

  record Broken(String name, byte[] bytes, String says) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Broken broken(String name, String json, int dataBytes, String says) {
    return new Broken(name, withHeader(json, dataBytes), says);
  }

  private static String entry(String name, String type, String shape, String offsets) {
    return "\""
        + name
        + "\":{\"dtype\":\""
        + type
        + "\",\"shape\":"
        + shape
        + ",\"data_offsets\":"
        + offsets
        + "}";
  }

  static Stream<Broken> broken() {
    String a = entry("a", "U8", "[2]", "[0,2]");
    byte[] longHeader = withHeader("{}", 0);
    longHeader[7] = (byte) 0x80;
    byte[] past = withHeader("{}", 0);
    past[0] = 3;
    return Stream.of(
        new Broken("empty", new byte[0], "at least 8 bytes, found 0 bytes"),
        new Broken("short", new byte[7], "at least 8 bytes, found 7 bytes"),
        new Broken("header length 2^63", longHeader, "100000000 bytes, found 9223372036854775810"),
        new Broken("header past the end", past, "header of 3 bytes, found only 2 bytes left"),
        new Broken("empty header", new byte[8], "starts with {, found nothing"),
        broken("array", "[]", 0, "starts with {"),
        broken("leading space", " {}", 0, "starts with {"),
        broken("unclosed", "{", 0, "strict JSON"),
        broken("two objects", "{}{}", 0, "JSON"),
        broken("comment", "{/**/}", 0, "strict JSON"),
        broken("single quotes", "{'a':1}", 0, "strict JSON"),
        broken("number entry", "{\"a\":1}", 0, "strict JSON"),
        broken("trailing comma", "{" + a + ",}", 2, "strict JSON"),
        broken("same name twice", "{" + a + "," + a + "}", 2, "'a' twice"),
        broken(
            "same key twice",
            "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}",
            2,
            "'dtype' twice"),
        broken("metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "twice"),
        broken("metadata key twice", "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", 0, "'a' twice"),
        broken("metadata number", "{\"__metadata__\":{\"a\":1}}", 0, "text for metadata 'a'"),
        broken("no shape", "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,2]}}", 2, "for 'a'"),
        broken("other key", "{\"a\":{\"type\":\"U8\"}}", 2, "key 'type'"),
        broken("unknown type", "{" + entry("a", "F8", "[2]", "[0,2]") + "}", 2, "type 'F8'"),
        broken("fraction", "{" + entry("a", "U8", "[2.0]", "[0,2]") + "}", 2, "'2.0'"),
        broken("negative", "{" + entry("a", "U8", "[-2]", "[0,2]") + "}", 2, "'-2'"),
        broken("text axis", "{" + entry("a", "U8", "[\"2\"]", "[0,2]") + "}", 2, "whole numbers"),
        broken("one offset", "{" + entry("a", "U8", "[2]", "[0]") + "}", 2, "two data_offsets"),
        broken("backwards", "{" + entry("a", "U8", "[2]", "[2,0]") + "}", 2, "2 bytes for 'a'"),
        broken("too few bytes", "{" + entry("a", "F32", "[2]", "[0,2]") + "}", 2, "8 bytes"),
        broken(
            "overflowing shape",
            "{" + entry("a", "F32", "[2147483647,2147483647,4]", "[0,0]") + "}",
            0,
            "2^63"),
        broken("huge axis", "{" + entry("a", "U8", "[2147483648]", "[0,0]") + "}", 0, "2^31 - 1"),
        broken("gap at the start", "{" + entry("a", "U8", "[2]", "[1,3]") + "}", 3, "a gap"),
        broken("overlap", "{" + a + "," + entry("b", "U8", "[2]", "[1,3]") + "}", 3, "an overlap"),
        broken("bytes behind", "{" + a + "}", 3, "2 bytes of data, as the header says, found 3"),
        broken("truncated", "{" + a + "}", 1, "2 bytes of data, as the header says, found 1"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void refuses(Broken b) throws IOException {
    Path file = file(b.bytes());
    FormatException e = assertThrows(FormatException.class, () -> Safetensors.read(file));
    assertTrue(e.getMessage().contains(b.says()), e.getMessage());
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    assertEquals(-1, e.getMessage().indexOf('\n'), e.getMessage());
  }

  @Test
  void refusesBoolsThatAreNeither() throws IOException {
    byte[] bytes = withHeader("{" + entry("a", "BOOL", "[2]", "[0,2]") + "}", 2);
    bytes[bytes.length - 1] = 2;
    Path file = file(bytes);
    FormatException e = assertThrows(FormatException.class, () -> Safetensors.read(file));
    assertEquals("BOOL elements 0 or 1 in 'a'", e.expected());
  }

  /** PyTorch's counters and indices are I64. */
  @Test
  void otherIntegersBecomeI32() throws IOException {
    String json =
        "{"
            + entry("a", "I64", "[2]", "[0,16]")
            + ","
            + entry("b", "U16", "[1]", "[16,18]")
            + ","
            + entry("c", "I8", "[2]", "[18,20]")
            + ","
            + entry("d", "U32", "[]", "[20,24]")
            + "}";
    byte[] bytes = withHeader(json, 24);
    ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    b.position(bytes.length - 24);
    b.putLong(-5).putLong(Integer.MAX_VALUE).putShort((short) 65535).put((byte) -1).put((byte) 7);
    b.putInt(9);
    Map<String, StoredTensor> t = Safetensors.read(file(bytes)).tensors();
    try (Scope scope = Scope.open()) {
      assertArrayEquals(new int[] {-5, Integer.MAX_VALUE}, t.get("a").tensor().ints());
      assertArrayEquals(new int[] {65535}, t.get("b").tensor().ints());
      assertArrayEquals(new int[] {-1, 7}, t.get("c").tensor().ints());
      assertEquals(9, t.get("d").tensor().item());
    }
    b.putLong(bytes.length - 24, 1L << 31);
    Path file = file(bytes);
    FormatException e = assertThrows(FormatException.class, () -> Safetensors.read(file));
    assertTrue(e.getMessage().contains("2147483648"), e.getMessage());
  }

  @Test
  void failedWriteLeavesWhatWasThere() throws IOException {
    Path file = Files.writeString(folder.resolve("kept"), "before");
    assertThrows(
        IOException.class,
        () ->
            AtomicFile.write(
                file,
                out -> {
                  out.write(1);
                  throw new IOException("disk full");
                }));
    assertEquals("before", Files.readString(file));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void unwritableFoldersAreFoundOut() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThrows(IOException.class, () -> AtomicFile.requireWritable(file.resolve("a/b")));
    AtomicFile.requireWritable(folder.resolve("a/b"));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }
}
