package org.jacana.io;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jacana.Tensor;
import org.jacana.data.FormatException;

/**
 * Named arrays in NumPy's npz files: zip archives of npy files. Reading refuses names that are
 * absolute, hold .. or occur twice, entries that are no arrays, wrong checksums, and archives that
 * would unpack to more than a limit. Types as in {@link Npy}.
 *
 * @param arrays by name, without the .npy
 */
public record Npz(Map<String, StoredTensor> arrays) {
  /** A small file may unpack to this many bytes, a larger one to {@link #RATIO} times its size. */
  public static final long FREE = 256L << 20;

  /** See {@link #FREE}. */
  public static final long RATIO = 20;

  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  /** Copies the map. */
  public Npz {
    arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
  }

  /** Copies of tensors' elements. */
  public static Npz of(Map<String, Tensor> tensors) {
    Map<String, StoredTensor> all = new LinkedHashMap<>();
    tensors.forEach((name, t) -> all.put(name, StoredTensor.of(t)));
    return new Npz(all);
  }

  /** The arrays as new tensors on the innermost scope's device. */
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    arrays.forEach((name, t) -> all.put(name, t.tensor()));
    return all;
  }

  /**
   * Reads a file that unpacks to 256 MiB at most, or to 20 times its size if that is more.
   *
   * @throws FormatException if it breaks a rule of the format
   * @throws IOException if the system cannot read it
   */
  public static Npz read(Path file) throws IOException {
    return new NpzReader(file, -1).read();
  }

  /**
   * Reads a file that unpacks to a number of bytes at most.
   *
   * @throws FormatException if it breaks a rule of the format or holds more
   * @throws IOException if the system cannot read it
   */
  public static Npz read(Path file, long maxBytes) throws IOException {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("npz: the limit must not be negative, got " + maxBytes);
    }
    return new NpzReader(file, maxBytes).read();
  }

  /**
   * Writes a file as numpy.savez does, not compressed; it appears whole or not at all. Equal
   * content gives equal bytes.
   *
   * @throws IllegalArgumentException if a type is BF16, or a name is empty, absolute or has ..
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    write(file, ZipOutputStream.STORED);
  }

  /** {@link #write}, compressed as numpy.savez_compressed does. */
  public void writeCompressed(Path file) throws IOException {
    write(file, ZipOutputStream.DEFLATED);
  }

  private void write(Path file, int method) throws IOException {
    Map<String, byte[]> headers = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) -> {
          String wrong = wrongName(name);
          if (wrong != null) {
            throw new IllegalArgumentException(
                "npz: array name '" + name + "' " + wrong + "; give it another");
          }
          headers.put(name, NpyHeader.bytes(array.dtype(), array.shape()));
        });
    AtomicFile.write(
        file,
        out -> {
          try (ZipOutputStream zip = new ZipOutputStream(unclosed(out))) {
            for (Map.Entry<String, byte[]> e : headers.entrySet()) {
              put(zip, method, e.getKey(), e.getValue(), arrays.get(e.getKey()));
            }
          }
        });
  }

  private static void put(
      ZipOutputStream zip, int method, String name, byte[] header, StoredTensor array)
      throws IOException {
    ZipEntry entry = new ZipEntry(name + ".npy");
    entry.setTimeLocal(NO_TIME);
    entry.setMethod(method);
    if (method == ZipEntry.STORED) {
      CRC32 crc = new CRC32();
      crc.update(header);
      crc.update(array.bytes());
      entry.setCrc(crc.getValue());
      entry.setSize((long) header.length + array.bytes().remaining());
    }
    zip.putNextEntry(entry);
    Npy.writeTo(zip, header, array);
    zip.closeEntry();
  }

  /** What is wrong with an array's name, or null. */
  static String wrongName(String name) {
    if (name.isEmpty()) {
      return "is empty";
    }
    if (name.startsWith("/") || name.matches("(?s)[A-Za-z]:.*")) {
      return "is absolute";
    }
    if (name.matches("(?s).*[\\\\\\p{Cntrl}].*")) {
      return "has a backslash or a control character";
    }
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return "has an empty part, . or ..";
      }
    }
    return null;
  }

  /** The stream below is closed by its owner, who has more to do. */
  private static OutputStream unclosed(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] b, int off, int len) throws IOException {
        out.write(b, off, len);
      }

      @Override
      public void close() throws IOException {
        out.flush();
      }
    };
  }
}
