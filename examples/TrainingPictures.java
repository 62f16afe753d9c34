import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.data.Batch;
import org.jacana.data.Digits;
import org.jacana.data.ImageData;
import org.jacana.data.ImageSplit;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.nn.Conv2d;
import org.jacana.nn.GradCam;
import org.jacana.nn.LayerOutputs;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Saliency;
import org.jacana.nn.Sequential;
import org.jacana.nn.Summary;
import org.jacana.optim.Adam;
import org.jacana.optim.RateFinder;
import org.jacana.optim.Schedule;
import org.jacana.plot.ConfusionPicture;
import org.jacana.plot.FeaturePictures;
import org.jacana.plot.Histogram;
import org.jacana.plot.ImageGrid;
import org.jacana.plot.MapPictures;
import org.jacana.plot.Mistake;
import org.jacana.plot.Picture;
import org.jacana.plot.Pixels;
import org.jacana.plot.RunReport;
import org.jacana.plot.TrainingCharts;
import org.jacana.train.Evaluation;
import org.jacana.train.History;
import org.jacana.train.Predictions;
import org.jacana.train.Trainer;

/**
 * Trains LeNet on handwritten digits and draws what there is to see of it: curves, mistakes,
 * filters and where the network looks, as PNG files and one HTML report. The first argument that is
 * not an option names the folder; without one it is a temporary folder, removed at the end.
 */
public class TrainingPictures {
  public static void main(String[] args) throws IOException {
    boolean quick = List.of(args).contains("--short");
    String name = List.of(args).stream().filter(a -> !a.startsWith("-")).findFirst().orElse(null);
    Path folder = name == null ? Files.createTempDirectory("pictures") : Path.of(name);
    ImageSplit digits = Digits.load();
    Normalization scale = Normalization.of(digits.train());
    try (Scope scope = Scope.open();
        Sequential model = Models.lenet(8, 8, 1, 10, new Generator(1))) {
      Map<String, Picture> pictures = new LinkedHashMap<>();
      pictures.put("images", ImageGrid.of(digits.train(), 24).picture());
      pictures.put(
          "rate", TrainingCharts.rateFinder(rates(model, digits.train(), scale, quick ? 15 : 60)));

      int epochs = quick ? 1 : 12;
      int batch = 32;
      double rate = 0.002;
      History history;
      try (Adam adam = Adam.of(model.parameters())) {
        history = new Trainer(epochs, batch, rate).fit(model, adam, digits, scale);
      }
      long steps = (long) epochs * (digits.train().count() / batch);
      pictures.put("schedule", TrainingCharts.schedule(Schedule.cosine(), rate, steps));

      ImageData test = digits.test();
      double[][] p = Predictions.of(model, test, scale);
      double[][] confusion = ConfusionPicture.count(test.labels(), best(p), 10);
      List<Mistake> mistakes = Mistake.worst(test.labels(), p, 12);
      if (!mistakes.isEmpty()) {
        pictures.put("mistakes", Mistake.picture("Worst mistakes", test, mistakes));
      }
      look(model, test, scale, pictures);

      RunReport report = new RunReport("LeNet on digits").confusion(confusion, test.classNames());
      curves(report, history);
      report.options(Map.of("epochs", epochs, "batch", batch, "learning rate", rate));
      report.hashes(Map.of("test data", test.sha256()));
      report.model(List.of("layer", "output", "parameters"), rows(model));
      Evaluation last = history.last().test();
      report.results(Map.of("test accuracy", last.accuracy()));
      pictures.forEach((k, picture) -> report.picture("Pictures", picture, k));
      for (Map.Entry<String, Picture> e : pictures.entrySet()) {
        e.getValue().save(folder.resolve(e.getKey() + ".png"));
      }
      ConfusionPicture.counts(confusion, test.classNames()).save(folder.resolve("confusion.png"));
      Path html = report.report().save(folder.resolve("report.html"));
      System.out.printf(
          "test accuracy %.4f, %d pictures, report of %,d bytes%n",
          last.accuracy(), pictures.size() + 1, Files.size(html));
      double wrong = 0;
      for (int i = 0; i < 10; i++) {
        for (int j = 0; j < 10; j++) {
          wrong += i == j ? 0 : confusion[i][j];
        }
      }
      System.out.printf(
          "%.0f mistakes in the matrix   expected %d%n", wrong, test.count() - last.correct());
    }
    if (name == null) {
      remove(folder);
    } else {
      System.out.println("see " + folder.resolve("report.html"));
    }
  }

  private static RateFinder.Curve rates(
      Sequential model, ImageData data, Normalization scale, int steps) {
    try (Loader loader = Loader.of(data).batch(64).shuffle(3).dropLast(true).transform(scale)) {
      return new RateFinder(1e-6, 1, steps)
          .run(
              ps -> Adam.of(ps),
              model.parameters(),
              List.of(),
              () -> {
                Batch next = loader.next();
                Batch b = next != null ? next : loader.start(1).next();
                return Losses.crossEntropy(model.apply(b.x()), b.y());
              });
    }
  }

  private static void look(
      Sequential model, ImageData data, Normalization scale, Map<String, Picture> pictures) {
    int n = 8;
    ImageData some = data.slice(0, n);
    List<BufferedImage> images = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      images.add(Pixels.of(some, i));
      names.add("true " + some.classNames().get(some.labels()[i]));
    }
    try (Scope scope = Scope.open()) {
      Tensor x = some.tensor(scale);
      Conv2d first = (Conv2d) model.layers().get(0);
      pictures.put("filters", FeaturePictures.filters("First layer", first.weight()));
      double[] weights = first.weight().doubles();
      pictures.put(
          "weights", Histogram.of(weights, 30).picture("Weights of the first layer", "weight"));
      Tensor seen = LayerOutputs.of(model, "1", x.slice(0, 0, 1));
      pictures.put("activations", FeaturePictures.activations("After the first layer", seen));
      // Layer 4 rectifies the second convolution.
      Tensor cam = GradCam.of(model, "4", x, some.labels());
      pictures.put(
          "gradcam", MapPictures.overlay("Grad-CAM of the true class", images, cam, names));
      Tensor saliency = Saliency.of(model, x, some.labels());
      pictures.put("saliency", MapPictures.beside("Saliency", images, saliency, names));
    }
  }

  private static void curves(RunReport report, History history) {
    int n = history.epochs().size();
    double[][] c = new double[4][n];
    for (int i = 0; i < n; i++) {
      History.Epoch e = history.epochs().get(i);
      c[0][i] = e.trainLoss();
      c[1][i] = e.test().loss();
      c[2][i] = e.trainAccuracy();
      c[3][i] = e.test().accuracy();
    }
    report.epochs(c[0], c[1], c[2], c[3]);
  }

  private static List<List<String>> rows(Sequential model) {
    return Summary.of(model, Shape.of(1, 8, 8, 1)).rows().stream()
        .map(r -> List.of(r.type(), r.output().toString(), "" + r.parameters()))
        .toList();
  }

  private static int[] best(double[][] p) {
    int[] out = new int[p.length];
    for (int i = 0; i < p.length; i++) {
      for (int k = 1; k < p[i].length; k++) {
        out[i] = p[i][k] > p[i][out[i]] ? k : out[i];
      }
    }
    return out;
  }

  private static void remove(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
