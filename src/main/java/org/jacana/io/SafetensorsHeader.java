package org.jacana.io;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.data.FormatException;

/**
 * The JSON at the start of a safetensors file, checked.
 *
 * @param metadata free text by key, in the file's order
 * @param places where each tensor is, in the order of the data
 */
record SafetensorsHeader(Map<String, String> metadata, List<Place> places) {
  static final String METADATA = "__metadata__";
  static final String FIX = "the file is damaged or of another kind: get it or write it again";

  /** Integers that we hold as I32 where they fit. */
  private static final Map<String, NpyElement> INTEGERS =
      Map.of(
          "I64", NpyElement.I8,
          "I16", NpyElement.I2,
          "I8", NpyElement.I1,
          "U64", NpyElement.U8,
          "U32", NpyElement.U4,
          "U16", NpyElement.U2);

  /**
   * One tensor: its bytes are {@code begin} up to but without {@code end} of the data.
   *
   * @param integers what the file has instead of I32, or null
   */
  record Place(String name, DType dtype, NpyElement integers, Shape shape, long begin, long end) {}

  /**
   * Parses and checks a header.
   *
   * @param file name for messages
   * @param json the header's bytes, from {
   * @param dataBytes how many bytes follow it
   * @throws FormatException if it breaks a rule of the format
   */
  static SafetensorsHeader parse(String file, byte[] json, long dataBytes) throws FormatException {
    return new Parser(file).parse(json, dataBytes);
  }

  private record Parser(String file) {
    SafetensorsHeader parse(byte[] json, long dataBytes) throws FormatException {
      if (json.length == 0 || json[0] != '{') {
        throw error("a header that starts with {", json.length == 0 ? "nothing" : "another byte");
      }
      String text;
      try {
        text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      } catch (CharacterCodingException e) {
        throw error("a header in UTF-8", "bytes that are not");
      }
      Map<String, String> metadata = new LinkedHashMap<>();
      Map<String, Place> places = new LinkedHashMap<>();
      boolean hasMetadata = false;
      try (JsonReader in = new JsonReader(new StringReader(text))) {
        in.setStrictness(Strictness.STRICT);
        in.beginObject();
        while (in.hasNext()) {
          String name = in.nextName();
          if (name.equals(METADATA)) {
            if (hasMetadata) {
              throw twice(name);
            }
            hasMetadata = true;
            metadata(in, metadata);
          } else if (places.put(name, place(in, name)) != null) {
            throw twice(name);
          }
        }
        in.endObject();
        if (in.peek() != JsonToken.END_DOCUMENT) {
          throw error("one JSON object", "more behind it");
        }
      } catch (FormatException e) {
        throw e;
      } catch (IOException | IllegalStateException | NumberFormatException e) {
        throw error("a header of strict JSON", firstLine(e.getMessage()));
      }
      List<Place> ordered = new ArrayList<>(places.values());
      ordered.sort(Comparator.comparingLong(Place::begin).thenComparingLong(Place::end));
      requireTiles(ordered, dataBytes);
      return new SafetensorsHeader(metadata, ordered);
    }

    private void metadata(JsonReader in, Map<String, String> metadata) throws IOException {
      in.beginObject();
      while (in.hasNext()) {
        String key = in.nextName();
        if (in.peek() != JsonToken.STRING) {
          throw error("text for metadata " + shown(key), in.peek().toString());
        }
        if (metadata.put(key, in.nextString()) != null) {
          throw twice(key);
        }
      }
      in.endObject();
    }

    private Place place(JsonReader in, String name) throws IOException {
      String type = null;
      int[] dims = null;
      long[] offsets = null;
      in.beginObject();
      while (in.hasNext()) {
        String key = in.nextName();
        boolean twice;
        switch (key) {
          case "dtype" -> {
            twice = type != null;
            if (in.peek() != JsonToken.STRING) {
              throw error("a type name for " + shown(name), in.peek().toString());
            }
            type = in.nextString();
          }
          case "shape" -> {
            twice = dims != null;
            dims = dims(name, numbers(in, name));
          }
          case "data_offsets" -> {
            twice = offsets != null;
            offsets = numbers(in, name);
          }
          default ->
              throw error("dtype, shape and data_offsets for " + shown(name), "key " + shown(key));
        }
        if (twice) {
          throw twice(key);
        }
      }
      in.endObject();
      if (type == null || dims == null || offsets == null || offsets.length != 2) {
        throw error("dtype, shape and two data_offsets for " + shown(name), "less or more");
      }
      return place(name, type, dims, offsets[0], offsets[1]);
    }

    private Place place(String name, String type, int[] dims, long begin, long end)
        throws FormatException {
      NpyElement integers = INTEGERS.get(type);
      DType dtype = integers == null ? dtype(name, type) : DType.I32;
      int width = integers == null ? dtype.bytes() : integers.width();
      Shape shape;
      long bytes;
      try {
        shape = Shape.of(dims);
        bytes = Math.multiplyExact(shape.size(), (long) width);
      } catch (ArithmeticException e) {
        throw error("fewer than 2^63 bytes for " + shown(name), "shape " + Arrays.toString(dims));
      }
      if (begin > end || end - begin != bytes) {
        throw error(
            bytes + " bytes for " + shown(name) + " (" + type + " " + shape + ")",
            "data_offsets [" + begin + ", " + end + "]");
      }
      long most = Math.max(bytes, shape.size() * dtype.bytes());
      if (most > Integer.MAX_VALUE) {
        throw error("tensors of at most 2^31 - 1 bytes", shown(name) + " of " + most);
      }
      return new Place(name, dtype, integers, shape, begin, end);
    }

    private DType dtype(String name, String type) throws FormatException {
      for (DType d : DType.values()) {
        if (d.name().equals(type)) {
          return d;
        }
      }
      throw error(
          "type " + Arrays.toString(DType.values()) + " for " + shown(name), "type " + shown(type));
    }

    private int[] dims(String name, long[] numbers) throws FormatException {
      int[] dims = new int[numbers.length];
      for (int i = 0; i < dims.length; i++) {
        if (numbers[i] > Integer.MAX_VALUE) {
          throw error("axes of at most 2^31 - 1 for " + shown(name), Arrays.toString(numbers));
        }
        dims[i] = (int) numbers[i];
      }
      return dims;
    }

    private long[] numbers(JsonReader in, String name) throws IOException {
      long[] numbers = new long[4];
      int n = 0;
      in.beginArray();
      while (in.hasNext()) {
        if (in.peek() != JsonToken.NUMBER) {
          throw error("whole numbers for " + shown(name), in.peek().toString());
        }
        String text = in.nextString();
        if (!text.matches("0|[1-9][0-9]{0,18}")) {
          throw error("whole numbers of at least 0 for " + shown(name), shown(text));
        }
        if (n == 64) {
          throw error("at most 64 axes for " + shown(name), "more");
        }
        numbers = n == numbers.length ? Arrays.copyOf(numbers, 2 * n) : numbers;
        numbers[n++] = Long.parseLong(text);
      }
      in.endArray();
      return Arrays.copyOf(numbers, n);
    }

    private void requireTiles(List<Place> ordered, long dataBytes) throws FormatException {
      long at = 0;
      for (Place p : ordered) {
        if (p.begin() != at) {
          throw error(
              shown(p.name()) + " to begin at byte " + at + " of the data",
              "byte " + p.begin() + (p.begin() < at ? " (an overlap)" : " (a gap)"));
        }
        at = p.end();
      }
      if (at != dataBytes) {
        throw error(at + " bytes of data, as the header says", dataBytes + " bytes");
      }
    }

    private FormatException twice(String key) {
      return error("each key once", shown(key) + " twice");
    }

    private FormatException error(String expected, String found) {
      return new FormatException(file, expected, found, FIX);
    }

    private static String shown(String text) {
      String s = text.length() > 60 ? text.substring(0, 60) + "..." : text;
      return "'" + s.replaceAll("\\p{Cntrl}", "?") + "'";
    }

    private static String firstLine(String message) {
      return message == null ? "something else" : message.split("\\R", 2)[0];
    }
  }
}
