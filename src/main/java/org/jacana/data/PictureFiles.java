package org.jacana.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The picture files below a folder, by class.
 *
 * @param files in the order of classes, then of names
 * @param labels the class of each file
 * @param classNames the classes
 */
record PictureFiles(List<Path> files, int[] labels, List<String> classNames) {
  private static final List<String> SUFFIXES = List.of(".png", ".jpg", ".jpeg", ".bmp", ".gif");
  private static final int MOST_FILES = 50_000_000;

  /** The files of the subfolders of a folder, which are the classes unless those are given. */
  static PictureFiles of(Path root, List<String> given) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new FileNotFoundException(
          "imageFolder: " + root + " is not a folder; name one that holds a folder a class");
    }
    List<String> found =
        list(root).stream().filter(Files::isDirectory).map(PictureFiles::name).toList();
    List<String> names = given.isEmpty() ? found : given;
    for (String name : found) {
      if (!names.contains(name)) {
        throw new FormatException(
            root.toString(), "folders of the classes " + names, "folder " + name, "move it away");
      }
    }
    if (found.isEmpty()) {
      throw new FormatException(
          root.toString(), "a folder a class", "no folder", "put each class into a folder");
    }
    List<Path> files = new ArrayList<>();
    List<Integer> classes = new ArrayList<>();
    for (String name : found) {
      int before = files.size();
      add(root.resolve(name), files);
      if (files.size() == before) {
        throw new FormatException(
            root.resolve(name).toString(), "pictures", "none", "add some or remove the folder");
      }
      while (classes.size() < files.size()) {
        classes.add(names.indexOf(name));
      }
    }
    int[] labels = classes.stream().mapToInt(Integer::intValue).toArray();
    return new PictureFiles(List.copyOf(files), labels, names);
  }

  private static String name(Path p) {
    return p.getFileName().toString();
  }

  /** What is not hidden in a folder, in the order of names. */
  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(p -> !name(p).startsWith("."))
          .sorted((a, b) -> name(a).compareTo(name(b)))
          .toList();
    }
  }

  private static void add(Path folder, List<Path> files) throws IOException {
    for (Path p : list(folder)) {
      if (Files.isDirectory(p)) {
        add(p, files);
        continue;
      }
      String lower = name(p).toLowerCase(Locale.ROOT);
      if (SUFFIXES.stream().noneMatch(lower::endsWith)) {
        throw new FormatException(
            p.toString(), "a name that ends in one of " + SUFFIXES, name(p), "move it away");
      }
      if (files.size() == MOST_FILES) {
        throw new FormatException(
            folder.toString(), "at most " + MOST_FILES + " files", "more", "split the folder");
      }
      files.add(p);
    }
  }
}
