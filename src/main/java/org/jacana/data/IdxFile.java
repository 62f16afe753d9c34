package org.jacana.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An idx file of unsigned bytes, the format of MNIST: a magic number {@code 00 00 08 rank}, one
 * big-endian 32-bit size a dimension, then the values.
 *
 * <p>The file may be plain or gzip, told apart by its first bytes. Reading is strict (magic number,
 * type, sizes and exact length) and bounded: memory grows with the data that is there, never with
 * what a header claims, up to 1 GiB or a third of the heap.
 *
 * @param name name of the file
 * @param dims the sizes, all positive
 * @param values the bytes in row-major order
 */
public record IdxFile(String name, List<Integer> dims, byte[] values) {
  private static final String FIX = "the file is damaged or of another kind: get it again";
  private static final int FIRST_BUFFER = 1 << 16;

  /** Images seldom get smaller by more than this: then one array is enough for all of them. */
  private static final int RATIO = 8;

  /**
   * Reads a file of the given rank: 1 for labels, 3 for images.
   *
   * @throws FormatException if the content is not a whole idx file of that rank, or is larger than
   *     the memory bound
   * @throws IOException if the system cannot read the file
   */
  public static IdxFile read(Path file, int rank) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in, rank, MemoryLimit.bytes(), RATIO * Files.size(file));
    }
  }

  /**
   * Labelled images from two files: images of rank 3, [count, height, width], or 4, with channels
   * last, and labels of rank 1.
   *
   * @param name of the data, for messages
   * @param classNames the name of each class
   * @throws FormatException if a file is damaged, they do not belong together, or a label names no
   *     class
   * @throws IOException if the system cannot read a file
   */
  public static ImageData images(
      String name, Path images, Path labels, int rank, List<String> classNames) throws IOException {
    if (rank != 3 && rank != 4) {
      throw new IllegalArgumentException(
          name + ": images are of rank 3 or, with channels, 4, not " + rank);
    }
    IdxFile pixels = read(images, rank);
    IdxFile classes = read(labels, 1);
    int count = pixels.dims.get(0);
    if (classes.values.length != count) {
      throw new FormatException(
          classes.name,
          count + " labels, one for each image of " + pixels.name,
          classes.values.length + " labels",
          "use two files that belong together");
    }
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = classes.values[i] & 255;
      if (numbers[i] >= classNames.size()) {
        throw new FormatException(
            classes.name,
            "labels of 0 to " + (classNames.size() - 1),
            "label " + numbers[i] + " of image " + i,
            "the file is damaged or of another data set: get it again");
      }
    }
    int channels = rank == 3 ? 1 : pixels.dims.get(3);
    int height = pixels.dims.get(1);
    int width = pixels.dims.get(2);
    return new ImageData(name, pixels.values, numbers, count, height, width, channels, classNames);
  }

  static IdxFile read(String name, InputStream in, int rank, long limit) throws IOException {
    return read(name, in, rank, limit, FIRST_BUFFER);
  }

  /**
   * Reads a stream.
   *
   * @param plausible bytes that may be taken at once when the header claims as many
   */
  private static IdxFile read(String name, InputStream in, int rank, long limit, long plausible)
      throws IOException {
    PushbackInputStream bytes = new PushbackInputStream(in, 2);
    byte[] start = bytes.readNBytes(2);
    bytes.unread(start);
    if (start.length == 2 && (start[0] & 255) == 0x1f && (start[1] & 255) == 0x8b) {
      try (Gunzip unpacked = new Gunzip(name, bytes)) {
        return parse(name, unpacked.start(), rank, limit, plausible);
      }
    }
    return parse(name, bytes, rank, limit, plausible);
  }

  private static IdxFile parse(String name, InputStream in, int rank, long limit, long plausible)
      throws IOException {
    int magic = header(name, in, rank).getInt();
    if (magic != (0x0800 | rank)) {
      throw new FormatException(
          name,
          String.format("magic number 0x%08x (unsigned bytes, rank %d)", 0x0800 | rank, rank),
          String.format("0x%08x", magic),
          "check that images and labels are not swapped, or get the file again");
    }
    List<Integer> dims = new ArrayList<>();
    long size = 1;
    for (int i = 0; i < rank; i++) {
      int dim = header(name, in, rank).getInt();
      dims.add(dim);
      if (dim <= 0) {
        String found = "size " + Integer.toUnsignedString(dim) + " in dimension " + i;
        throw new FormatException(name, "sizes of 1 to " + Integer.MAX_VALUE, found, FIX);
      }
      // At most limit x 2^31, which fits a long.
      size *= dim;
      if (size > limit) {
        throw new FormatException(
            name,
            "at most " + limit + " bytes",
            "a header that claims more with sizes " + dims,
            "get the file again or, if it is right, give Java a larger heap with -Xmx");
      }
    }
    return new IdxFile(name, List.copyOf(dims), values(name, in, (int) size, plausible));
  }

  private static ByteBuffer header(String name, InputStream in, int rank) throws IOException {
    byte[] word = in.readNBytes(4);
    if (word.length < 4) {
      String expected = "a header of " + (4 + 4 * rank) + " bytes";
      throw new FormatException(name, expected, "an end inside it", FIX);
    }
    return ByteBuffer.wrap(word);
  }

  private static byte[] values(String name, InputStream in, int size, long plausible)
      throws IOException {
    byte[] values = new byte[(int) Math.min(size, Math.max(plausible, FIRST_BUFFER))];
    int filled = 0;
    while (true) {
      filled += in.readNBytes(values, filled, values.length - filled);
      if (filled < values.length) {
        throw new FormatException(name, size + " bytes after the header", "only " + filled, FIX);
      }
      if (filled == size) {
        break;
      }
      values = Arrays.copyOf(values, (int) Math.min(size, 2L * values.length));
    }
    if (in.read() >= 0) {
      throw new FormatException(name, size + " bytes after the header", "more", FIX);
    }
    return values;
  }
}
