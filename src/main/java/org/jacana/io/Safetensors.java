package org.jacana.io;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jacana.DType;
import org.jacana.data.FormatException;

/**
 * The content of a safetensors file: named tensors and text. Reading is strict, so that a damaged
 * or hostile file is refused and never reserves more memory than it is long: every rule of the
 * format is checked, and BOOL elements must be 0 or 1. Element types are those of {@link DType};
 * integers of other widths, such as PyTorch's I64, become I32 and must fit.
 *
 * <p>Writing is canonical: wide types first, then by name, metadata by key, the data aligned to 8
 * bytes; equal content gives equal bytes.
 *
 * <p>Source: https://github.com/huggingface/safetensors#format
 *
 * @param tensors by name
 * @param metadata free text by key
 */
public record Safetensors(Map<String, StoredTensor> tensors, Map<String, String> metadata) {
  /** The longest header of the format. */
  static final int MAX_HEADER = 100_000_000;

  private static final List<DType> NARROW_TO_WIDE =
      List.of(DType.BOOL, DType.U8, DType.F16, DType.BF16, DType.I32, DType.F32, DType.F64);

  /** Copies the maps. */
  public Safetensors {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * Reads a file.
   *
   * @throws FormatException if it breaks a rule of the format
   * @throws IOException if the system cannot read it
   */
  public static Safetensors read(Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file)) {
      return read(file.toString(), in);
    }
  }

  private static Safetensors read(String name, FileChannel in) throws IOException {
    long size = in.size();
    if (size < 8) {
      throw error(name, "at least 8 bytes", size + " bytes");
    }
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    fill(name, in, length);
    long header = length.getLong(0);
    if (header < 0 || header > MAX_HEADER) {
      throw error(
          name,
          "a header of at most " + MAX_HEADER + " bytes",
          Long.toUnsignedString(header) + " bytes");
    }
    if (header > size - 8) {
      throw error(name, "a header of " + header + " bytes", "only " + (size - 8) + " bytes left");
    }
    ByteBuffer json = ByteBuffer.allocate((int) header);
    fill(name, in, json);
    SafetensorsHeader parsed = SafetensorsHeader.parse(name, json.array(), size - 8 - header);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (SafetensorsHeader.Place p : parsed.places()) {
      ByteBuffer bytes = ByteBuffer.allocate((int) (p.end() - p.begin()));
      fill(name, in, bytes);
      if (p.dtype() == DType.BOOL) {
        requireBits(name, p.name(), bytes.array());
      }
      tensors.put(
          p.name(),
          p.integers() == null
              ? new StoredTensor(p.dtype(), p.shape(), bytes)
              : NpyData.tensor(
                  name + ": " + p.name(),
                  new NpyHeader(p.integers(), false, false, p.shape()),
                  bytes));
    }
    return new Safetensors(tensors, parsed.metadata());
  }

  private static void requireBits(String file, String tensor, byte[] bytes) throws FormatException {
    for (byte b : bytes) {
      if (b != 0 && b != 1) {
        throw error(file, "BOOL elements 0 or 1 in '" + tensor + "'", Integer.toString(b & 255));
      }
    }
  }

  /** Fills a buffer whole and rewinds it. */
  private static void fill(String name, FileChannel in, ByteBuffer to) throws IOException {
    while (to.hasRemaining()) {
      if (in.read(to) < 0) {
        throw error(name, to.remaining() + " more bytes", "the end of the file");
      }
    }
    to.rewind();
  }

  private static FormatException error(String file, String expected, String found) {
    return new FormatException(file, expected, found, SafetensorsHeader.FIX);
  }

  /**
   * Writes a file; it appears whole or not at all.
   *
   * @throws IllegalArgumentException if a tensor is called {@code __metadata__}, or the names and
   *     the text need a header of more than 100 million bytes
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    header(order());
    AtomicFile.write(file, this::writeTo);
  }

  /**
   * Writes the content of a file; does not close the stream.
   *
   * @throws IllegalArgumentException as {@link #write}
   */
  public void writeTo(OutputStream out) throws IOException {
    List<String> names = order();
    byte[] header = header(names);
    WritableByteChannel to = Channels.newChannel(out);
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    writeAll(to, length.putLong(0, header.length));
    writeAll(to, ByteBuffer.wrap(header));
    for (String name : names) {
      writeAll(to, tensors.get(name).bytes());
    }
  }

  private static void writeAll(WritableByteChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  private List<String> order() {
    List<String> names = new ArrayList<>(tensors.keySet());
    Comparator<String> wideFirst =
        Comparator.comparingInt(n -> -NARROW_TO_WIDE.indexOf(tensors.get(n).dtype()));
    names.sort(
        wideFirst.thenComparing(n -> n.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
    return names;
  }

  private byte[] header(List<String> names) {
    if (tensors.containsKey(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException(
          "safetensors: no tensor may be called "
              + SafetensorsHeader.METADATA
              + "; give it another name");
    }
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.setHtmlSafe(false);
      json.beginObject();
      if (!metadata.isEmpty()) {
        json.name(SafetensorsHeader.METADATA).beginObject();
        for (Map.Entry<String, String> e : new TreeMap<>(metadata).entrySet()) {
          json.name(e.getKey()).value(e.getValue());
        }
        json.endObject();
      }
      long at = 0;
      for (String name : names) {
        StoredTensor t = tensors.get(name);
        json.name(name).beginObject().name("dtype").value(t.dtype().name()).name("shape");
        json.beginArray();
        for (int d : t.shape().dims()) {
          json.value(d);
        }
        json.endArray().name("data_offsets").beginArray().value(at);
        at += t.bytes().remaining();
        json.value(at).endArray().endObject();
      }
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (bytes.length + 7) / 8 * 8;
    if (padded > MAX_HEADER) {
      throw new IllegalArgumentException(
          "safetensors: the header needs "
              + padded
              + " bytes but the format allows "
              + MAX_HEADER
              + "; write less metadata or fewer tensors");
    }
    byte[] out = Arrays.copyOf(bytes, padded);
    Arrays.fill(out, bytes.length, padded, (byte) ' ');
    return out;
  }
}
