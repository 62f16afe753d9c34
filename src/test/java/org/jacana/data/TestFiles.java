package org.jacana.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/** Small valid files and their mutations. */
final class TestFiles {
  private TestFiles() {}

  /** An idx file of {@code values} with the given sizes in its header. */
  static byte[] idx(byte[] values, int... dims) {
    ByteBuffer out = ByteBuffer.allocate(4 + 4 * dims.length + values.length);
    out.putInt(0x0800 | dims.length);
    for (int dim : dims) {
      out.putInt(dim);
    }
    return out.put(values).array();
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
      packed.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] labels(int count, int start) {
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) ((i + start) % 10);
    }
    return labels;
  }

  /** The four files of a set of 5 train and 3 test images of 4x3, gzip; returns the folder. */
  static Path fourFiles(Path folder, int seed) throws IOException {
    Files.createDirectories(folder);
    for (String file : Mnist.FILES) {
      Files.write(folder.resolve(file + ".gz"), gzip(fourFile(file, seed)));
    }
    return folder;
  }

  static byte[] fourFile(String file, int seed) {
    int count = file.startsWith("train") ? 5 : 3;
    return file.contains("images")
        ? idx(random(count * 12, seed + count), count, 4, 3)
        : idx(labels(count, seed), count);
  }

  /** One to three random changes: bits, bytes, sizes, cuts, insertions, repetitions. */
  static byte[] mutate(byte[] valid, SplittableRandom random) {
    byte[] bytes = valid.clone();
    for (int changes = 1 + random.nextInt(3); changes > 0 && bytes.length > 8; changes--) {
      int at = random.nextInt(bytes.length - 4);
      // Half of the changes hit the header, where most rules are.
      int place = random.nextBoolean() ? Math.min(at, random.nextInt(24)) : at;
      bytes =
          switch (random.nextInt(7)) {
            case 0 -> set(bytes, place, (byte) (bytes[place] ^ 1 << random.nextInt(8)));
            case 1 -> set(bytes, place, (byte) random.nextInt(256));
            case 2 -> {
              int[] sizes = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 65536, 46341};
              ByteBuffer.wrap(bytes).putInt(place, sizes[random.nextInt(sizes.length)]);
              yield bytes;
            }
            case 3 -> splice(bytes, 0, at, new byte[0], bytes.length);
            case 4 -> splice(bytes, 0, at, random(1 + random.nextInt(9), at), at);
            case 5 -> splice(bytes, 0, at, new byte[0], at + 1 + random.nextInt(4));
            default -> splice(bytes, 0, bytes.length, new byte[0], at);
          };
    }
    return bytes;
  }

  private static byte[] set(byte[] bytes, int place, byte value) {
    bytes[place] = value;
    return bytes;
  }

  /** bytes[from..to], then the middle, then bytes[rest..]. */
  private static byte[] splice(byte[] bytes, int from, int to, byte[] middle, int rest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, from, to - from);
    out.writeBytes(middle);
    out.write(bytes, rest, bytes.length - rest);
    return out.toByteArray();
  }
}
