package org.jacana.train;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jacana.data.FormatException;
import org.jacana.io.Safetensors;
import org.jacana.io.StoredTensor;

/**
 * A safetensors file whose metadata "checksum" is the SHA-256, in lower-case hexadecimal, of the
 * whole file as it is with 64 zeros in the checksum's place: no bit of it can change unnoticed.
 */
final class WholeFile {
  static final String FIX = "the file is damaged or no checkpoint: go on from another one";

  private static final String KEY = "checksum";
  private static final String ZEROS = "0".repeat(64);

  /** Inside a JSON text each quote has a backslash before it, so this occurs only as the key. */
  private static final byte[] MARK = ("\"" + KEY + "\":\"").getBytes(StandardCharsets.US_ASCII);

  private WholeFile() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  static void write(Map<String, StoredTensor> tensors, Map<String, String> metadata, Path file)
      throws IOException {
    Map<String, String> more = new LinkedHashMap<>(metadata);
    more.put(KEY, ZEROS);
    MessageDigest digest = sha256();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      new Safetensors(tensors, more).writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("nothing is written yet", e);
    }
    more.put(KEY, HexFormat.of().formatHex(digest.digest()));
    new Safetensors(tensors, more).write(file);
  }

  /**
   * Reads a file through and compares its checksum.
   *
   * @throws FormatException if it is not what the file says, or the file says none
   */
  static void requireUnchanged(Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file)) {
      long size = in.size();
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      readAll(file, in, length);
      long header = length.getLong(0);
      if (header < 0 || header > Math.min(size - 8, Integer.MAX_VALUE - 8)) {
        throw error(file, "a header of at most " + (size - 8) + " bytes", header + " bytes");
      }
      ByteBuffer json = ByteBuffer.allocate((int) header);
      readAll(file, in, json);
      int at = find(json.array());
      if (at < 0) {
        throw error(file, "metadata " + KEY, "none");
      }
      String said = new String(json.array(), at, 64, StandardCharsets.ISO_8859_1);
      Arrays.fill(json.array(), at, at + 64, (byte) '0');
      MessageDigest digest = sha256();
      digest.update(length.array());
      digest.update(json.array());
      ByteBuffer block = ByteBuffer.allocate(1 << 16);
      while (in.read(block) >= 0) {
        digest.update(block.flip());
        block.clear();
      }
      String is = HexFormat.of().formatHex(digest.digest());
      if (!is.equals(said)) {
        throw error(file, "content of checksum " + printable(said), "checksum " + is);
      }
    }
  }

  private static void readAll(Path file, FileChannel in, ByteBuffer to) throws IOException {
    while (to.hasRemaining()) {
      if (in.read(to) < 0) {
        throw error(file, to.remaining() + " more bytes", "the end of the file");
      }
    }
  }

  /** Where the checksum's 64 bytes begin; -1 for none. */
  private static int find(byte[] json) {
    for (int i = 0; i + MARK.length + 64 <= json.length; i++) {
      if (json[i] == '"' && Arrays.equals(json, i, i + MARK.length, MARK, 0, MARK.length)) {
        return i + MARK.length;
      }
    }
    return -1;
  }

  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }

  private static FormatException error(Path file, String expected, String found) {
    return new FormatException(file.toString(), expected, found, FIX);
  }
}
