package org.jacana.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.data.ImageData;
import org.jacana.data.Normalization;
import org.jacana.nn.Conv2d;
import org.jacana.nn.GradCam;
import org.jacana.nn.LayerOutputs;
import org.jacana.nn.Module;
import org.jacana.nn.Summary;
import org.jacana.optim.Schedule;
import org.jacana.plot.ConfusionPicture;
import org.jacana.plot.FeaturePictures;
import org.jacana.plot.MapPictures;
import org.jacana.plot.Mistake;
import org.jacana.plot.Pixels;
import org.jacana.plot.RunReport;
import org.jacana.plot.TrainingCharts;
import org.jacana.train.History;
import org.jacana.train.Predictions;

/**
 * The page about a run: curves, confusion, worst mistakes, filters, activations, where the network
 * looks, the layers, the options, and what to repeat it with.
 */
record RunPage(TrainPlan plan, Module net, ImageData train, ImageData test, History history) {
  static final String FILE = "report.html";

  private static final int SHOWN = 8;

  /** Writes the page with its pictures inside. */
  void write(Path file, Map<String, ?> results, Map<String, ?> hashes) throws IOException {
    Normalization scale = Normalization.of(train);
    String title = plan.recipe().model() + " on " + plan.dataset();
    RunReport page = new RunReport(title).results(results).hashes(hashes);
    Map<String, Object> options = new LinkedHashMap<>();
    TrainPlan.options(plan.recorded()).forEach(options::put);
    page.options(options);
    double[][] p = Predictions.of(net, test, scale);
    page.epochs(
        each(History.Epoch::trainLoss),
        each(e -> e.test().loss()),
        each(History.Epoch::trainAccuracy),
        each(e -> e.test().accuracy()));
    page.confusion(
        ConfusionPicture.count(test.labels(), likeliest(p), test.classes()), test.classNames());
    page.model(List.of("layer", "kind", "output", "parameters", "multiply-adds"), layers());
    long steps =
        (long) plan.recipe().epochs()
            * ((train.count() + plan.recipe().batch() - 1) / plan.recipe().batch());
    page.picture(
        "Learning rate",
        TrainingCharts.schedule(Schedule.cosine(), plan.recipe().learningRate(), steps),
        "at each step");
    List<Mistake> mistakes = Mistake.worst(test.labels(), p, 2 * SHOWN);
    if (!mistakes.isEmpty()) {
      page.picture(
          "Worst mistakes",
          Mistake.picture("Worst mistakes", test, mistakes),
          "Test images whose wrong class was likeliest");
    }
    look(page, scale);
    page.report().save(file);
  }

  private double[] each(ToDoubleFunction<History.Epoch> f) {
    return history.epochs().stream().mapToDouble(f).toArray();
  }

  private static int[] likeliest(double[][] p) {
    int[] best = new int[p.length];
    for (int i = 0; i < p.length; i++) {
      for (int k = 1; k < p[i].length; k++) {
        best[i] = p[i][k] > p[i][best[i]] ? k : best[i];
      }
    }
    return best;
  }

  private List<List<String>> layers() {
    Shape input = Shape.of(1, test.height(), test.width(), test.channels());
    return Summary.of(net, input).rows().stream()
        .map(
            r ->
                List.of(
                    r.path(),
                    r.type(),
                    r.output().toString(),
                    String.format(Locale.ROOT, "%,d", r.parameters()),
                    String.format(Locale.ROOT, "%,d", r.multiplyAdds())))
        .toList();
  }

  /** Pictures of the first convolution and of the last one's attention; none without any. */
  private void look(RunReport page, Normalization scale) {
    List<String> convolutions = new ArrayList<>();
    net.namedModules()
        .forEach(
            (name, m) -> {
              if (m instanceof Conv2d) {
                convolutions.add(name);
              }
            });
    if (convolutions.isEmpty()) {
      return;
    }
    String first = convolutions.get(0);
    String last = convolutions.get(convolutions.size() - 1);
    int n = Math.min(SHOWN, test.count());
    ImageData some = test.slice(0, n);
    List<BufferedImage> images = new ArrayList<>();
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      images.add(Pixels.of(some, i));
      captions.add(some.classNames().get(some.labels()[i]));
    }
    try (Scope scope = Scope.open(net.parameters().get(0).device())) {
      Tensor x = some.tensor(scale);
      Tensor weight = ((Conv2d) net.namedModules().get(first)).weight();
      page.picture(
          "What the network sees",
          FeaturePictures.filters("Filters", weight),
          "Filters of the first convolution, " + first);
      page.picture(
          "What the network sees",
          FeaturePictures.activations("Activations", LayerOutputs.of(net, first, x.slice(0, 0, 1))),
          "Its output for the first test image, " + captions.get(0));
      Tensor cam = GradCam.of(net, last, x, Arrays.copyOf(some.labels(), n));
      page.picture(
          "What the network sees",
          MapPictures.overlay("Grad-CAM", images, cam, captions),
          "Where the last convolution, " + last + ", finds the true class");
    }
  }
}
