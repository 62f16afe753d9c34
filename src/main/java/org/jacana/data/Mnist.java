package org.jacana.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Data sets in the four-file layout of MNIST: {@code train-images-idx3-ubyte}, {@code
 * train-labels-idx1-ubyte} and the same two with {@code t10k} for the test images, each plain or
 * with {@code .gz} at the end of its name; where both are there, the plain one is read.
 *
 * <p>Sources: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
 * document recognition", Proceedings of the IEEE, 1998; H. Xiao, K. Rasul, R. Vollgraf,
 * "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms",
 * arXiv:1708.07747, 2017.
 */
public enum Mnist {
  /** Handwritten digits, 28x28 grey. */
  DIGITS("mnist", List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")),
  /** Articles of clothing, 28x28 grey. */
  FASHION(
      "fashion-mnist",
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot"));

  /** The four files, without {@code .gz}. */
  static final List<String> FILES =
      List.of(
          "train-images-idx3-ubyte",
          "train-labels-idx1-ubyte",
          "t10k-images-idx3-ubyte",
          "t10k-labels-idx1-ubyte");

  private final String dataset;
  private final List<String> classNames;

  Mnist(String dataset, List<String> classNames) {
    this.dataset = dataset;
    this.classNames = classNames;
  }

  /** Name of the data set, as a user types it. */
  public String dataset() {
    return dataset;
  }

  /** The names of the ten classes. */
  public List<String> classNames() {
    return classNames;
  }

  /**
   * Reads the four files of a folder.
   *
   * @return images of one channel, with the height and width that the files give
   * @throws FileNotFoundException if files are missing, naming each of them
   * @throws FormatException if a file is damaged, or files do not belong together
   * @throws IOException if the system cannot read a file
   */
  public ImageSplit folder(Path folder) throws IOException {
    List<String> missing = missing(folder);
    if (!missing.isEmpty()) {
      throw new FileNotFoundException(
          dataset
              + ": "
              + folder
              + " lacks "
              + String.join(", ", missing)
              + " (each plain or with .gz); put the four files into it or name another folder");
    }
    ImageData train = part(folder, "train");
    ImageData test = part(folder, "t10k");
    if (train.height() != test.height() || train.width() != test.width()) {
      throw new FormatException(
          find(folder, FILES.get(2)).toString(),
          "images of " + train.height() + "x" + train.width() + " as in the train images",
          test.height() + "x" + test.width(),
          "put files of one data set into the folder");
    }
    return new ImageSplit(train, test);
  }

  /** The files that are not in the folder, neither plain nor with {@code .gz}. */
  static List<String> missing(Path folder) {
    List<String> missing = new ArrayList<>();
    for (String file : FILES) {
      if (find(folder, file) == null) {
        missing.add(file);
      }
    }
    return missing;
  }

  private static Path find(Path folder, String file) {
    for (String name : List.of(file, file + ".gz")) {
      if (Files.isRegularFile(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    return null;
  }

  private ImageData part(Path folder, String part) throws IOException {
    return IdxFile.images(
        dataset + (part.equals("train") ? " train" : " test"),
        find(folder, part + "-images-idx3-ubyte"),
        find(folder, part + "-labels-idx1-ubyte"),
        3,
        classNames);
  }
}
