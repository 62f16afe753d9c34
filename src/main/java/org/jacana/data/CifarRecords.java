package org.jacana.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The records of CIFAR's binary files: one byte a label, then 3,072 pixel bytes, 32x32 red, then
 * green, then blue, which are interleaved while reading.
 *
 * @param label which label byte is the class
 * @param labelNames the names of the values of each label byte
 */
record CifarRecords(int label, List<List<String>> labelNames) {
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;
  private static final int IMAGE = 3 * PLANE;
  private static final String FIX = "the file is damaged or of another kind: get it again";

  private int record() {
    return labelNames.size() + IMAGE;
  }

  /** One file of any number of records. */
  ImageData read(Path file) throws IOException {
    long size = Files.size(file);
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in, size, MemoryLimit.bytes());
    }
  }

  ImageData read(String name, InputStream in, long size, long limit) throws IOException {
    if (size <= 0 || size % record() != 0) {
      throw new FormatException(
          name, "a whole number of records of " + record() + " bytes", size + " bytes", FIX);
    }
    checkMemory(name, size, limit);
    Images images = new Images((int) (size / record()));
    images.add(name, in, images.labels.length);
    return images.named(name);
  }

  /** Files of a folder with so many records each, as one. */
  ImageData read(String name, Path folder, List<String> files, int recordsPerFile)
      throws IOException {
    long wanted = (long) recordsPerFile * record();
    for (String file : files) {
      Path path = folder.resolve(file);
      long size = Files.size(path);
      if (size != wanted) {
        throw new FormatException(
            path.toString(),
            wanted + " bytes (" + recordsPerFile + " images)",
            size + " bytes",
            FIX);
      }
    }
    checkMemory(folder.toString(), wanted * files.size(), MemoryLimit.bytes());
    Images images = new Images(recordsPerFile * files.size());
    for (String file : files) {
      Path path = folder.resolve(file);
      try (InputStream in = Files.newInputStream(path)) {
        images.add(path.toString(), in, recordsPerFile);
      }
    }
    return images.named(name);
  }

  private static void checkMemory(String name, long size, long limit) throws FormatException {
    if (size > limit) {
      throw new FormatException(
          name,
          "at most " + limit + " bytes",
          size + " bytes",
          "read fewer images or give Java a larger heap with -Xmx");
    }
  }

  /** The images read so far. */
  private final class Images {
    final byte[] pixels;
    final int[] labels;
    private final byte[] bytes = new byte[record()];
    private int filled;

    Images(int count) {
      pixels = new byte[count * IMAGE];
      labels = new int[count];
    }

    void add(String file, InputStream source, int records) throws IOException {
      BufferedInputStream in = new BufferedInputStream(source, 1 << 16);
      for (int i = 0; i < records; i++) {
        int n = in.readNBytes(bytes, 0, bytes.length);
        if (n < bytes.length) {
          String found = "an end after " + i + " records and " + n + " bytes";
          throw new FormatException(
              file, records + " records of " + bytes.length + " bytes", found, FIX);
        }
        for (int k = 0; k < labelNames.size(); k++) {
          int most = labelNames.get(k).size() - 1;
          if ((bytes[k] & 255) > most) {
            String found = "label " + (bytes[k] & 255) + " in record " + i;
            throw new FormatException(file, "labels of 0 to " + most, found, FIX);
          }
        }
        labels[filled] = bytes[label] & 255;
        interleave(filled * IMAGE);
        filled++;
      }
      if (in.read() >= 0) {
        throw new FormatException(
            file, records + " records of " + bytes.length + " bytes", "more", FIX);
      }
    }

    private void interleave(int start) {
      int red = labelNames.size();
      for (int p = 0, out = start; p < PLANE; p++) {
        pixels[out++] = bytes[red + p];
        pixels[out++] = bytes[red + PLANE + p];
        pixels[out++] = bytes[red + 2 * PLANE + p];
      }
    }

    ImageData named(String name) {
      return new ImageData(
          name, pixels, labels, labels.length, SIDE, SIDE, 3, labelNames.get(label));
    }
  }
}
