package org.jacana.data;

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
  private static final CifarRecords RECORDS = new CifarRecords(0, List.of(CLASS_NAMES));

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
        RECORDS.read("cifar10 train", home, TRAIN_FILES, recordsPerFile),
        RECORDS.read("cifar10 test", home, List.of(TEST_FILE), recordsPerFile));
  }

  /**
   * Reads one file of any number of records.
   *
   * @throws FormatException if the file is not a whole number of valid records, or is larger than 1
   *     GiB or a third of the heap
   * @throws IOException if the system cannot read the file
   */
  public static ImageData read(Path file) throws IOException {
    return RECORDS.read(file);
  }

  static ImageData read(String name, InputStream in, long size, long limit) throws IOException {
    return RECORDS.read(name, in, size, limit);
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
}
