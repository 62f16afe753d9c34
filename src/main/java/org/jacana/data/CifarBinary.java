package org.jacana.data;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The binary version of CIFAR-10: records of one label byte and 3,072 pixel bytes, 32x32 red, then
 * green, then blue. The planes are interleaved while reading, so that images come out as NHWC.
 *
 * <p>Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
 */
public final class CifarBinary {
  /** The names of the ten classes. */
  public static final List<String> CLASS_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  static final int SIDE = 32;
  static final int PLANE = SIDE * SIDE;
  static final int IMAGE = 3 * PLANE;
  static final int RECORD = 1 + IMAGE;
  static final String SUBFOLDER = "cifar-10-batches-bin";
  static final String TEST_FILE = "test_batch.bin";
  static final List<String> TRAIN_FILES =
      List.of(
          "data_batch_1.bin",
          "data_batch_2.bin",
          "data_batch_3.bin",
          "data_batch_4.bin",
          "data_batch_5.bin");
  private static final int BATCH = 10_000;
  private static final String FIX = "the file is damaged or of another kind: get it again";

  private CifarBinary() {}

  /**
   * Reads the six files of 10,000 images each, in the folder or in its subfolder {@code
   * cifar-10-batches-bin}: 50,000 train and 10,000 test images [32, 32, 3].
   *
   * @throws FileNotFoundException if files are missing, naming each of them
   * @throws FormatException if a file is damaged
   * @throws IOException if the system cannot read a file
   */
  public static ImageSplit folder(Path folder) throws IOException {
    return folder(folder, BATCH);
  }

  static ImageSplit folder(Path folder, int recordsPerFile) throws IOException {
    List<String> missing = missing(folder);
    if (!missing.isEmpty()) {
      throw new FileNotFoundException(
          "cifar10: "
              + folder
              + " lacks "
              + String.join(", ", missing)
              + "; unpack cifar-10-binary.tar.gz into it or name another folder");
    }
    Path home = home(folder);
    return new ImageSplit(
        read("cifar10 train", home, TRAIN_FILES, recordsPerFile),
        read("cifar10 test", home, List.of(TEST_FILE), recordsPerFile));
  }

  /**
   * Reads one file of any number of records.
   *
   * @throws FormatException if the file is not a whole number of valid records, or is larger than 1
   *     GiB or a third of the heap
   * @throws IOException if the system cannot read the file
   */
  public static ImageData read(Path file) throws IOException {
    long size = Files.size(file);
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in, size, MemoryLimit.bytes());
    }
  }

  static ImageData read(String name, InputStream in, long size, long limit) throws IOException {
    if (size <= 0 || size % RECORD != 0) {
      throw new FormatException(
          name, "a whole number of records of " + RECORD + " bytes", size + " bytes", FIX);
    }
    checkMemory(name, size, limit);
    Images images = new Images((int) (size / RECORD));
    images.add(name, in, images.labels.length);
    return images.named(name);
  }

  /** The files that are neither in the folder nor in its subfolder. */
  static List<String> missing(Path folder) {
    Path home = home(folder);
    List<String> missing = new ArrayList<>(TRAIN_FILES);
    missing.add(TEST_FILE);
    missing.removeIf(file -> Files.isRegularFile(home.resolve(file)));
    return missing;
  }

  private static Path home(Path folder) {
    Path inner = folder.resolve(SUBFOLDER);
    boolean direct = Files.isRegularFile(folder.resolve(TEST_FILE));
    return !direct && Files.isDirectory(inner) ? inner : folder;
  }

  private static ImageData read(String name, Path folder, List<String> files, int recordsPerFile)
      throws IOException {
    long wanted = (long) recordsPerFile * RECORD;
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
  private static final class Images {
    final byte[] pixels;
    final int[] labels;
    private final byte[] record = new byte[RECORD];
    private int filled;

    Images(int count) {
      pixels = new byte[count * IMAGE];
      labels = new int[count];
    }

    void add(String file, InputStream source, int records) throws IOException {
      BufferedInputStream in = new BufferedInputStream(source, 1 << 16);
      for (int i = 0; i < records; i++) {
        int n = in.readNBytes(record, 0, RECORD);
        if (n < RECORD) {
          String found = "an end after " + i + " records and " + n + " bytes";
          throw new FormatException(file, records + " records of " + RECORD + " bytes", found, FIX);
        }
        int label = record[0] & 255;
        if (label >= CLASS_NAMES.size()) {
          String found = "label " + label + " in record " + i;
          throw new FormatException(file, "labels of 0 to 9", found, FIX);
        }
        labels[filled] = label;
        interleave(filled * IMAGE);
        filled++;
      }
      if (in.read() >= 0) {
        throw new FormatException(file, records + " records of " + RECORD + " bytes", "more", FIX);
      }
    }

    private void interleave(int start) {
      for (int p = 0, out = start; p < PLANE; p++) {
        pixels[out++] = record[1 + p];
        pixels[out++] = record[1 + PLANE + p];
        pixels[out++] = record[1 + 2 * PLANE + p];
      }
    }

    ImageData named(String name) {
      return new ImageData(name, pixels, labels, labels.length, SIDE, SIDE, 3, CLASS_NAMES);
    }
  }
}
