package org.jacana.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.data.ImageData;
import org.jacana.data.ImageFolder;
import org.jacana.nn.Module;
import org.jacana.train.Predictions;
import org.jacana.train.SavedModel;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Classifies images with a saved model. */
@Command(
    name = "predict",
    description = {
      "Names the class of images with a saved model.",
      "Images are scaled to the model's input size; for a model of grey images colours become"
          + " their brightness. Transparent parts count as black. For a model of an image-folder they"
          + " are read as its pictures were: what reaches over the size is cut off evenly, and opacity"
          + " does not count."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class PredictCommand implements Callable<Integer> {
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Folder that train --out wrote, or its " + SavedModel.FILE + ".")
  Path file;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "IMAGE",
      description = "PNG, JPEG, GIF or BMP files.")
  List<Path> imageFiles = new ArrayList<>();

  @Option(
      names = "--index",
      paramLabel = "N",
      split = ",",
      description = "Classify test images of the model's data set, counted from 0.")
  List<Integer> indices = new ArrayList<>();

  @Option(
      names = "--invert",
      description = "Exchange dark and light first, for dark ink on light paper.")
  boolean invert;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "3",
      description = "Show the N likeliest classes. Default: ${DEFAULT-VALUE}.")
  int top;

  @Mixin DeviceOptions deviceOptions;
  @Mixin DatasetOptions datasetOptions;

  @Override
  public Integer call() throws IOException {
    deviceOptions.check(spec.commandLine());
    if (imageFiles.isEmpty() == indices.isEmpty()) {
      throw wrong("name image files, or test images with --index N");
    }
    if (top < 1) {
      throw wrong("--top must be at least 1, is " + top);
    }
    SavedModel saved = SavedModel.read(file);
    datasetOptions.recall(TrainPlan.options(saved.more()));
    PrintWriter out = spec.commandLine().getOut();
    Device device = deviceOptions.choose(out);
    List<String> names = new ArrayList<>();
    ImageData images = indices.isEmpty() ? files(saved, names) : testImages(saved, names, out);
    try (Scope scope = Scope.open(device);
        Module net = saved.build()) {
      double[][] p = Predictions.of(net, images, saved.scale());
      for (int i = 0; i < p.length; i++) {
        out.println(names.get(i) + ": " + likeliest(p[i], saved.classNames()));
      }
    }
    return 0;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private ImageData files(SavedModel saved, List<String> names) throws IOException {
    int[] in = saved.input();
    int size = in[0] * in[1] * in[2];
    byte[] pixels = new byte[Math.multiplyExact(imageFiles.size(), size)];
    for (int i = 0; i < imageFiles.size(); i++) {
      names.add(imageFiles.get(i).toString());
      Path image = imageFiles.get(i);
      // As the pictures that it was trained on were read: other edges would be another picture.
      byte[] one =
          saved.dataset().equals(PictureFolder.NAME)
              ? ImageFolder.picture(image, in[0], in[1], in[2])
              : ImageFile.read(image, in[0], in[1], in[2]);
      System.arraycopy(one, 0, pixels, i * size, size);
    }
    if (invert) {
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) ~pixels[i];
      }
    }
    int n = imageFiles.size();
    return new ImageData("files", pixels, new int[n], n, in[0], in[1], in[2], saved.classNames());
  }

  private ImageData testImages(SavedModel saved, List<String> names, PrintWriter out)
      throws IOException {
    if (invert) {
      throw wrong("--invert is for image files, not for --index");
    }
    ImageData test = datasetOptions.load(saved.dataset(), out).split().test();
    saved.requireFit(test);
    for (int i : indices) {
      if (i < 0 || i >= test.count()) {
        throw wrong("--index must be 0 to " + (test.count() - 1) + ", is " + i);
      }
      String label = test.classNames().get(test.labels()[i]);
      names.add("test image " + i + " (" + label + ")");
    }
    return test.select(indices.stream().mapToInt(Integer::intValue).toArray());
  }

  private String likeliest(double[] p, List<String> classNames) {
    List<String> parts =
        IntStream.range(0, p.length)
            .boxed()
            .sorted((a, b) -> Double.compare(p[b], p[a]))
            .limit(top)
            .map(k -> String.format(Locale.ROOT, "%s %.1f %%", classNames.get(k), 100 * p[k]))
            .toList();
    return String.join(", ", parts);
  }
}
