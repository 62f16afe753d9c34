package org.jacana.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jacana.data.Datasets;
import org.jacana.data.ImageData;
import org.jacana.data.Located;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where the data set's files are, and how pictures of a folder are read. */
final class DatasetOptions {
  private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,3})(?:x([1-9]\\d{0,3}))?");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of the data set's files. Default: the usual places; Fashion-MNIST is downloaded"
              + " once where it is found nowhere.")
  Path data;

  @Option(
      names = "--image-size",
      paramLabel = "N|HxW",
      description =
          "For "
              + PictureFolder.NAME
              + ": scale pictures to this size. Default: that of the first, which all must have.")
  String size;

  @Option(
      names = "--grey",
      description = "For " + PictureFolder.NAME + ": take the brightness alone.")
  boolean grey;

  /** What the command line accepts as a data set. */
  static List<String> names() {
    List<String> names = new ArrayList<>(Datasets.names());
    names.add(PictureFolder.NAME);
    return names;
  }

  void check(CommandLine line, String dataset) {
    Choices.require(line, "data set", dataset, names());
    boolean pictures = PictureFolder.NAME.equals(dataset);
    if (dataset != null && !pictures && (size != null || grey)) {
      throw new ParameterException(
          line, "--image-size and --grey are for the data set " + PictureFolder.NAME);
    }
    if (pictures && data == null) {
      throw new ParameterException(
          line,
          "the data set " + PictureFolder.NAME + " needs --data DIR, with a folder for each class");
    }
    if (size != null && !SIZE.matcher(size).matches()) {
      throw new ParameterException(
          line, "--image-size must be like 32 or 48x64, up to 9999, is '" + size + "'");
    }
  }

  /** What a run's record must hold to find the same data again. */
  Map<String, String> recorded() {
    Map<String, String> m = new LinkedHashMap<>();
    if (data != null) {
      m.put("data", data.toString());
    }
    if (size != null) {
      m.put("image-size", size);
    }
    if (grey) {
      m.put("grey", "true");
    }
    return m;
  }

  /** Takes over what was recorded and is not given now. */
  void recall(Map<String, String> recorded) {
    if (data == null && recorded.containsKey("data")) {
      data = Path.of(recorded.get("data"));
    }
    if (size == null) {
      size = recorded.get("image-size");
    }
    grey |= "true".equals(recorded.get("grey"));
  }

  Located load(String dataset, PrintWriter out) throws IOException {
    Located found =
        dataset.equals(PictureFolder.NAME)
            ? PictureFolder.load(data, rowsAndColumns(), grey)
            : Datasets.load(dataset, data, out::println);
    ImageData train = found.split().train();
    out.printf(
        "data: %s, %d train and %d test images [%d, %d, %d], %d classes, %s%n",
        dataset,
        train.count(),
        found.split().test().count(),
        train.height(),
        train.width(),
        train.channels(),
        train.classes(),
        found.source());
    return found;
  }

  /** Null where no size was given. */
  private int[] rowsAndColumns() {
    if (size == null) {
      return null;
    }
    Matcher m = SIZE.matcher(size);
    if (!m.matches()) {
      throw new IllegalArgumentException("image size '" + size + "': write it like 32 or 48x64");
    }
    int rows = Integer.parseInt(m.group(1));
    return new int[] {rows, m.group(2) == null ? rows : Integer.parseInt(m.group(2))};
  }
}
