import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jacana.Generator;
import org.jacana.data.Digits;
import org.jacana.data.ImageSplit;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.nn.Activation;
import org.jacana.nn.Dropout;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.Sequential;
import org.jacana.optim.AdamW;
import org.jacana.optim.Schedule;
import org.jacana.train.Callback;
import org.jacana.train.Checkpoints;
import org.jacana.train.CsvLog;
import org.jacana.train.EarlyStopping;
import org.jacana.train.Goal;
import org.jacana.train.History;
import org.jacana.train.Trainer;
import org.jacana.train.WeightsHash;
import org.jacana.train.metrics.Metrics;

/**
 * Fits digits with early stopping, checkpoints, a log and metrics; then stops the same run half way
 * and resumes it: the weights are the same, bit by bit.
 */
public class FitWithCallbacks {
  public static void main(String[] args) throws IOException {
    int epochs = List.of(args).contains("--short") ? 3 : 20;
    Path folder = Files.createTempDirectory("fit");
    try {
      String whole = fit(folder.resolve("whole"), epochs, 0, false);
      fit(folder.resolve("parts"), epochs, 60, false);
      String parts = fit(folder.resolve("parts"), epochs, 0, true);
      System.out.println("stopped and resumed: the same weights? " + parts.equals(whole));
      System.out.println("expected:            the same weights? true");
    } finally {
      delete(folder);
    }
  }

  /** Stops after so many steps, if not 0; the SHA-256 of the weights. */
  static String fit(Path folder, int epochs, int stopAt, boolean resume) throws IOException {
    ImageSplit digits = Digits.load();
    Normalization scale = Normalization.of(digits.train());
    Generator.seed(1);
    Generator random = new Generator(1);
    try (Sequential model =
            new Sequential(
                new Flatten(),
                new Linear(64, 64, random),
                Activation.relu(),
                new Dropout(0.2),
                new Linear(64, 10, random));
        Loader train = Loader.of(digits.train()).batch(32).shuffle(1).transform(scale);
        Loader test = Loader.of(digits.test()).batch(128).transform(scale)) {
      Trainer trainer =
          new Trainer(epochs)
              .optimizer(p -> AdamW.of(p).learningRate(3e-3))
              .schedule(Schedule.cosine().after(20))
              .metric(() -> Metrics.topAccuracy(2))
              .callback(EarlyStopping.on("val_loss", Goal.MIN).patience(3))
              .callback(new CsvLog(folder.resolve("results.csv")))
              .callback(Checkpoints.in(folder).everySteps(50).best("val_accuracy", Goal.MAX))
              .callback(
                  Callback.onStep(
                      run -> {
                        if (run.step() == stopAt) {
                          run.stop("half way");
                        }
                      }));
      if (resume) {
        trainer.resume(folder);
      }
      History h = trainer.fit(model, train, test);
      if (h.stopReason() != null) {
        System.out.println("stopped: " + h.stopReason());
      }
      Files.readAllLines(folder.resolve("results.csv")).forEach(System.out::println);
      return WeightsHash.sha256(model);
    }
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    }
  }
}
