package org.jacana.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds data sets by name.
 *
 * <p>{@code digits} is packaged. {@code fashion-mnist} is looked for in the given folder; without
 * one in the cache folder, then in the folder of the Debian package {@code dataset-fashion-mnist},
 * and is else downloaded once into the cache. {@code mnist}, {@code cifar10} and {@code cifar100}
 * are looked for in the given folder, without one in the cache folder. A given folder is never
 * replaced by another source.
 */
public final class Datasets {
  private static final String DIGITS = "digits";
  private static final String CIFAR10 = "cifar10";
  private static final String CIFAR100 = "cifar100";
  private static final List<String> NAMES =
      List.of(DIGITS, Mnist.FASHION.dataset(), Mnist.DIGITS.dataset(), CIFAR10, CIFAR100);

  private Datasets() {}

  /** The known names. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Loads a data set, downloading it if it must, without a word.
   *
   * @param folder where its files are, or in a subfolder of it with the data set's name; null to
   *     look in the usual places
   * @throws IllegalArgumentException if the name is unknown, or {@code digits} is given a folder
   * @throws FormatException if a file is damaged
   * @throws IOException if the data set is not found, saying where to put it, or cannot be read
   */
  public static Located load(String name, Path folder) throws IOException {
    return load(name, folder, notice -> {});
  }

  /**
   * As {@link #load(String, Path)}; a line for the user is given to {@code notice} before a
   * download starts.
   */
  public static Located load(String name, Path folder, Consumer<String> notice) throws IOException {
    return load(name, folder, notice, DataHome.standard());
  }

  static Located load(String name, Path folder, Consumer<String> notice, DataHome home)
      throws IOException {
    return switch (name) {
      case DIGITS -> digits(folder);
      case "fashion-mnist" -> fashion(folder, notice, home);
      case "mnist" -> {
        Path found = folder == null ? cached(name, home) : given(name, folder);
        yield new Located(Mnist.DIGITS.folder(found), found.toString());
      }
      case CIFAR10 -> {
        Path found = folder == null ? cached(name, home) : given(name, folder);
        yield new Located(CifarBinary.folder(found), found.toString());
      }
      case CIFAR100 -> {
        Path found = folder == null ? cached(name, home) : given(name, folder);
        yield new Located(Cifar100.folder(found), found.toString());
      }
      default ->
          throw new IllegalArgumentException(
              "data: unknown data set '" + name + "'; known are " + String.join(", ", NAMES));
    };
  }

  private static Located digits(Path folder) {
    if (folder != null) {
      throw new IllegalArgumentException(
          "digits: this data set is packaged and reads no folder; leave out --data " + folder);
    }
    return new Located(Digits.load(), "packaged with Jacana");
  }

  private static Located fashion(Path folder, Consumer<String> notice, DataHome home)
      throws IOException {
    String name = Mnist.FASHION.dataset();
    if (folder != null) {
      Path found = given(name, folder);
      return new Located(Mnist.FASHION.folder(found), found.toString());
    }
    Path cache = home.cache(name);
    if (missing(name, cache).isEmpty()) {
      return new Located(Mnist.FASHION.folder(cache), cache + " (cache)");
    }
    Path system = home.systemFashion();
    if (missing(name, system).isEmpty()) {
      String source = system + " (package dataset-fashion-mnist)";
      return new Located(Mnist.FASHION.folder(system), source);
    }
    download(cache, notice, home);
    String source = cache + " (downloaded from " + home.fashionAddress() + ")";
    return new Located(Mnist.FASHION.folder(cache), source);
  }

  private static void download(Path cache, Consumer<String> notice, DataHome home)
      throws IOException {
    List<String> missing = missing(Mnist.FASHION.dataset(), cache);
    List<RemoteFile> wanted =
        home.fashionFiles().stream()
            .filter(file -> missing.contains(file.name().replace(".gz", "")))
            .toList();
    double megabytes = wanted.stream().mapToLong(RemoteFile::size).sum() / 1e6;
    notice.accept(
        String.format(
            "fashion-mnist: downloading %.1f MB from %s to %s",
            megabytes, home.fashionAddress(), cache));
    try {
      Files.createDirectories(cache);
    } catch (IOException e) {
      throw unavailable("the cache folder cannot be made", cache, e);
    }
    for (RemoteFile file : wanted) {
      try {
        Download.fetch(home.fashionAddress(), file, cache);
      } catch (FormatException e) {
        throw e;
      } catch (IOException e) {
        String address = home.fashionAddress().resolve(file.name()).toString();
        throw unavailable("downloading " + address + " failed", cache, e);
      }
    }
  }

  private static IOException unavailable(String what, Path cache, IOException cause) {
    return new IOException(
        "fashion-mnist: not found, and "
            + what
            + " ("
            + cause.getClass().getSimpleName()
            + ": "
            + cause.getMessage()
            + "); give the folder of the four idx files with --data DIR, or put them into "
            + cache
            + ", or run apt-get install dataset-fashion-mnist, or connect to a network",
        cause);
  }

  /** The folder itself or its subfolder with the data set's name, whichever holds all files. */
  private static Path given(String name, Path folder) throws FileNotFoundException {
    if (!Files.isDirectory(folder)) {
      throw new FileNotFoundException(
          name + ": --data " + folder + " is not a folder; name the folder that holds the files");
    }
    Path inner = folder.resolve(name);
    if (missing(name, folder).isEmpty()) {
      return folder;
    }
    if (missing(name, inner).isEmpty()) {
      return inner;
    }
    Path nearest = missing(name, inner).size() < missing(name, folder).size() ? inner : folder;
    throw new FileNotFoundException(
        name
            + ": --data "
            + folder
            + " does not hold the data set: "
            + nearest
            + " lacks "
            + String.join(", ", missing(name, nearest))
            + "; put "
            + files(name)
            + " there, or leave out --data to look in the usual places");
  }

  private static Path cached(String name, DataHome home) throws FileNotFoundException {
    Path cache = home.cache(name);
    List<String> missing = missing(name, cache);
    if (!missing.isEmpty()) {
      throw new FileNotFoundException(
          name
              + ": not found, "
              + cache
              + " lacks "
              + String.join(", ", missing)
              + "; put "
              + files(name)
              + " there or give their folder with --data DIR");
    }
    return cache;
  }

  private static List<String> missing(String name, Path folder) {
    return switch (name) {
      case CIFAR10 -> CifarBinary.missing(folder);
      case CIFAR100 -> Cifar100.missing(folder);
      default -> Mnist.missing(folder);
    };
  }

  private static String files(String name) {
    return switch (name) {
      case CIFAR10 -> "the files of cifar-10-binary.tar.gz";
      case CIFAR100 -> "the files of cifar-100-binary.tar.gz";
      default -> "the four idx files (plain or .gz)";
    };
  }
}
