package org.jacana.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jacana.data.FormatException;

/** Reads one npz file. */
final class NpzReader {
  private static final String FIX =
      "the file is damaged or of another kind: write it again with numpy.savez";

  /** Deflate packs no more into one byte. */
  private static final long DENSEST = 1032;

  private static final int FIRST_BUFFER = 1 << 16;

  private final Path path;
  private final String file;
  private final long limit;
  private long size;

  /** With a limit of -1, the usual one. */
  NpzReader(Path path, long limit) {
    this.path = path;
    this.file = path.toString();
    this.limit = limit;
  }

  Npz read() throws IOException {
    size = Files.size(path);
    Map<String, StoredTensor> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(path.toFile())) {
      List<? extends ZipEntry> entries = Collections.list(zip.entries());
      Map<String, ZipEntry> named = names(entries);
      requireSmall(entries);
      for (Map.Entry<String, ZipEntry> e : named.entrySet()) {
        arrays.put(e.getKey(), array(zip, e.getValue()));
      }
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      // The last is what the JDK makes of names that are not UTF-8.
      throw error("a zip archive", String.valueOf(e.getMessage()));
    }
    return new Npz(arrays);
  }

  private Map<String, ZipEntry> names(List<? extends ZipEntry> entries) throws FormatException {
    Map<String, ZipEntry> named = new LinkedHashMap<>();
    for (ZipEntry e : entries) {
      String full = e.getName();
      if (!full.endsWith(".npy")) {
        throw error("entries called *.npy", shown(full));
      }
      String name = full.substring(0, full.length() - 4);
      String wrong = Npz.wrongName(name);
      if (wrong != null) {
        throw error("plain names of entries", shown(full) + ", which " + wrong);
      }
      if (named.put(name, e) != null) {
        throw error("each name once", shown(full) + " twice");
      }
    }
    return named;
  }

  /** Before anything is unpacked, by what the archive says of itself. */
  private void requireSmall(List<? extends ZipEntry> entries) throws FormatException {
    long most = limit >= 0 ? limit : Math.max(Npz.FREE, Npz.RATIO * size);
    long all = 0;
    for (ZipEntry e : entries) {
      long packed = e.getCompressedSize();
      if (e.getSize() < 0 || packed < 0 || packed > size) {
        throw error("entries within the file", shown(e.getName()) + " of " + packed + " bytes");
      }
      if (e.getSize() > DENSEST * packed) {
        throw error(
            "at most " + DENSEST * packed + " bytes from " + packed + " compressed ones",
            e.getSize() + " in " + shown(e.getName()));
      }
      all += Math.min(e.getSize(), Long.MAX_VALUE - all);
    }
    if (all > most) {
      throw new FormatException(
          file,
          "at most " + most + " bytes unpacked",
          Long.toString(all),
          "if you trust the file, read it with a higher limit: Npz.read(file, bytes)");
    }
  }

  private StoredTensor array(ZipFile zip, ZipEntry e) throws IOException {
    String name = file + ": " + e.getName();
    try (InputStream in = zip.getInputStream(e)) {
      byte[] head = in.readNBytes((int) Math.min(12, e.getSize()));
      NpyHeader.Start start = NpyHeader.start(name, ByteBuffer.wrap(head), e.getSize());
      // The text begins in what was read already when the version is 1.0.
      int ahead = Math.min(head.length - start.begin(), start.length());
      byte[] text = new byte[start.length()];
      System.arraycopy(head, start.begin(), text, 0, ahead);
      int read = in.readNBytes(text, ahead, text.length - ahead);
      requireAll(name, read, text.length - ahead);
      int beyond = head.length - start.begin() - ahead;
      NpyHeader h = NpyHeader.parse(name, text, e.getSize() - start.begin() - start.length());
      byte[] data = data(name, in, Arrays.copyOfRange(head, head.length - beyond, head.length), h);
      if (in.read() >= 0) {
        throw error("entries as long as they say", "more in " + shown(e.getName()));
      }
      CRC32 crc = new CRC32();
      crc.update(head, 0, start.begin());
      crc.update(text);
      crc.update(data);
      if (crc.getValue() != e.getCrc()) {
        throw error("the checksum of " + shown(e.getName()), "another");
      }
      return NpyData.tensor(name, h, ByteBuffer.wrap(data));
    }
  }

  /** The elements, of which the first bytes are there; memory grows with what arrives. */
  private static byte[] data(String name, InputStream in, byte[] first, NpyHeader h)
      throws IOException {
    int wanted = h.dataBytes();
    byte[] data = Arrays.copyOf(first, Math.min(wanted, FIRST_BUFFER));
    int filled = first.length;
    while (true) {
      filled += in.readNBytes(data, filled, data.length - filled);
      if (filled == wanted) {
        return data;
      }
      requireAll(name, filled, data.length);
      data = Arrays.copyOf(data, (int) Math.min(wanted, 2L * data.length));
    }
  }

  private static void requireAll(String name, int got, int wanted) throws FormatException {
    if (got < wanted) {
      throw new FormatException(name, wanted + " more bytes", got + " bytes", FIX);
    }
  }

  private FormatException error(String expected, String found) {
    return new FormatException(file, expected, found, FIX);
  }

  private static String shown(String text) {
    String s = text.length() > 60 ? text.substring(0, 60) + "..." : text;
    return "'" + s.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
