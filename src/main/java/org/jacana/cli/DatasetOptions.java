package org.jacana.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jacana.data.Datasets;
import org.jacana.data.ImageData;
import org.jacana.data.Located;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Where the data set's files are. */
final class DatasetOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of the data set's files. Default: the usual places; Fashion-MNIST is downloaded"
              + " once where it is found nowhere.")
  Path data;

  void check(CommandLine line, String dataset) {
    Choices.require(line, "data set", dataset, Datasets.names());
  }

  Located load(String dataset, PrintWriter out) throws IOException {
    Located found = Datasets.load(dataset, data, out::println);
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
}
