package org.jacana.cli;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jacana.Device;
import org.jacana.data.Digits;
import org.jacana.data.ImageData;
import org.jacana.nn.Module;
import org.jacana.train.SavedModel;
import org.jacana.train.WeightsHash;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
  @TempDir static Path folder;
  private static Path run;
  private static Cli trained;
  private static JsonObject report;

  @BeforeAll
  static void train() throws IOException {
    run = folder.resolve("runs/one");
    Path file = folder.resolve("report.json");
    trained =
        Cli.done(
            "train",
            "--model",
            "mlp",
            "--epochs",
            "2",
            "--seed",
            "7",
            "--batch",
            "64",
            "--out",
            run.toString(),
            "--report",
            file.toString());
    report = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    assertEquals(Files.readString(file), Files.readString(run.resolve("report.json")));
  }

  @Test
  void saysWhatItDoes() {
    List<String> lines = trained.out().lines().toList();
    assertEquals("device: " + Device.choice(), lines.get(0));
    assertEquals(
        "data: digits, 1442 train and 355 test images [8, 8, 1], 10 classes, packaged with Jacana",
        lines.get(1));
    assertTrue(
        lines.get(2).startsWith("model: mlp, 50,826 parameters; 2 epochs, batch 64, sgd"),
        lines.get(2));
    assertTrue(lines.get(3).startsWith("epoch 1/2 | "), lines.get(3));
    assertTrue(lines.get(4).startsWith("epoch 2/2 | "), lines.get(4));
    assertTrue(lines.get(5).startsWith("test accuracy 0."), lines.get(5));
    assertTrue(lines.get(5).contains(" images/s, median step "), lines.get(5));
    assertEquals("weights sha256 " + report.get("weightsSha256").getAsString(), lines.get(6));
    assertEquals(9, lines.size(), trained.out());
    assertEquals(-1, trained.out().indexOf('\r'));
  }

  @Test
  void reportsItsFigures() {
    assertEquals("cpu", report.get("device").getAsString());
    assertEquals("mlp", report.get("model").getAsString());
    assertEquals("digits", report.get("dataset").getAsString());
    assertEquals(2, report.get("epochs").getAsInt());
    assertEquals(64, report.get("batch").getAsInt());
    assertEquals(7, report.get("seed").getAsLong());
    assertEquals(50826, report.get("parameters").getAsLong());
    assertEquals("sgd", report.get("optimizer").getAsString());
    assertEquals(0.05, report.get("lr").getAsDouble());
    assertEquals(Device.threads(), report.get("threads").getAsInt());
    assertEquals(false, report.get("deterministic").getAsBoolean());
    assertEquals("packaged with Jacana", report.get("dataSource").getAsString());
    assertEquals(
        Digits.load().test().sha256(),
        report.getAsJsonObject("dataSha256").get("test").getAsString());
    assertEquals(
        Set.of("jacana", "java", "os", "natives"), report.getAsJsonObject("versions").keySet());
    for (String key : List.of("trainLoss", "trainAccuracy", "testLoss", "testAccuracy")) {
      assertEquals(2, report.getAsJsonArray(key).size(), key);
    }
    for (String key : List.of("imagesPerSecond", "stepMillisMedian", "secondsTotal")) {
      assertTrue(report.get(key).getAsDouble() > 0, key);
    }
    assertTrue(accuracy() > 0.8, report.toString());
  }

  private static double accuracy() {
    return report.getAsJsonArray("testAccuracy").get(1).getAsDouble();
  }

  @Test
  void leavesTheModelAndNothingElse() throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      assertEquals(
          Set.of("model.safetensors", "report.json", "report.html", "results.csv", "checkpoints"),
          Set.copyOf(files.map(f -> f.getFileName().toString()).toList()));
    }
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      assertEquals(
          Set.of(
              "checkpoint-000000023.safetensors",
              "checkpoint-000000046.safetensors",
              "best.safetensors"),
          Set.copyOf(files.map(f -> f.getFileName().toString()).toList()));
    }
    SavedModel saved = SavedModel.read(run);
    assertEquals("0.1.0-SNAPSHOT", saved.more().get("version.jacana"));
    try (Module net = saved.build()) {
      assertEquals(report.get("weightsSha256").getAsString(), WeightsHash.sha256(net));
    }
  }

  @Test
  void equalSeedsGiveEqualWeights() {
    Cli again =
        Cli.done("train", "--model", "mlp", "--epochs", "2", "--seed", "7", "--batch", "64");
    assertTrue(again.out().contains(report.get("weightsSha256").getAsString()), again.out());
  }

  @Test
  void verifiesItself() throws IOException {
    String hash = report.get("weightsSha256").getAsString();
    Cli same = Cli.done("verify", run.toString());
    assertTrue(same.out().contains("weights sha256 " + hash), same.out());
    assertTrue(same.out().endsWith("the same as of " + run + System.lineSeparator()), same.out());

    SavedModel saved = SavedModel.read(run);
    Map<String, String> more = new HashMap<>(saved.more());
    more.put("option.seed", "8");
    Path other = folder.resolve("other/model.safetensors");
    new SavedModel(
            saved.model(),
            saved.dataset(),
            saved.classNames(),
            saved.input(),
            saved.scale(),
            saved.weights(),
            more)
        .write(other);
    Cli differs = Cli.run("verify", other.toString());
    assertEquals(1, differs.code());
    assertTrue(differs.out().contains("not the same as of " + other + ": " + hash), differs.out());
  }

  @Test
  void goesOnWhereItStopped() throws IOException {
    Path stopped = folder.resolve("stopped");
    Path at = Files.createDirectories(stopped.resolve("checkpoints"));
    String first = "checkpoint-000000023.safetensors";
    Files.copy(run.resolve("checkpoints").resolve(first), at.resolve(first));
    String refused = Cli.fails(1, "train", "--out", stopped.toString());
    assertTrue(refused.contains("a run stopped there after 23 steps; go on"), refused);
    Cli resumed = Cli.done("train", "--resume", "--out", stopped.toString());
    assertTrue(
        resumed.out().contains("weights sha256 " + report.get("weightsSha256").getAsString()),
        resumed.out());
    Cli finished = Cli.done("train", "--resume", "--out", stopped.toString());
    assertTrue(finished.out().contains("; ? images/s, median step NaN ms"), finished.out());
    String wrong = Cli.fails(2, "train", "--resume");
    assertEquals("jacana train: --resume needs --out: the folder of the run to go on with", wrong);
    String none = Cli.fails(1, "train", "--resume", "--out", folder.resolve("nothing").toString());
    assertTrue(none.contains("there is no such checkpoint"), none);
    Files.copy(run.resolve("checkpoints").resolve(first), at.resolve(first), REPLACE_EXISTING);
    String batch = Cli.fails(1, "train", "--resume", "--batch", "32", "--out", stopped.toString());
    assertTrue(batch.contains("of another run"), batch);
  }

  @Test
  void evaluatesToTheRunsLastAccuracy() {
    int correct = (int) Math.round(accuracy() * 355);
    String wanted =
        String.format(
            Locale.ROOT,
            "mlp: test accuracy %.4f (%d of 355), loss %.4f",
            accuracy(),
            correct,
            report.getAsJsonArray("testLoss").get(1).getAsDouble());
    for (Path p : List.of(run, run.resolve("model.safetensors"))) {
      assertEquals(wanted, Cli.done("eval", p.toString()).out().lines().skip(2).findFirst().get());
    }
    String other = Cli.fails(1, "eval", run.toString(), "mnist", "--data", folder.toString());
    assertTrue(other.contains("does not hold the data set"), other);
  }

  @Test
  void predictsTestImagesAndTheirFilesAlike() throws IOException {
    ImageData test = Digits.load().test();
    List<String> args = new java.util.ArrayList<>(List.of("predict", run.toString()));
    for (int i = 0; i < 3; i++) {
      args.add(png(test, i).toString());
    }
    Pattern answer =
        Pattern.compile("(?m): (\\d \\d+\\.\\d %, \\d \\d+\\.\\d %, \\d \\d+\\.\\d %)$");
    List<String> files = matches(answer, Cli.done(args.toArray(String[]::new)).out());
    Cli byIndex = Cli.done("predict", run.toString(), "--index", "0,1,2");
    assertEquals(3, files.size());
    assertEquals(files, matches(answer, byIndex.out()));
    int label = test.labels()[1];
    assertTrue(byIndex.out().contains("test image 1 (" + label + "): "), byIndex.out());
    String range = Cli.fails(2, "predict", run.toString(), "--index", "355");
    assertEquals("jacana predict: --index must be 0 to 354, is 355", range);
  }

  private static List<String> matches(Pattern p, String text) {
    Matcher m = p.matcher(text);
    return m.results().map(r -> r.group(1)).toList();
  }

  /** Each pixel as a block of 3x3, so that it must be scaled back. */
  private static Path png(ImageData test, int index) throws IOException {
    BufferedImage image = new BufferedImage(24, 24, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 24; y++) {
      for (int x = 0; x < 24; x++) {
        int v = test.pixels()[index * 64 + y / 3 * 8 + x / 3] & 255;
        image.getRaster().setSample(x, y, 0, v);
      }
    }
    Path file = folder.resolve("digit" + index + ".png");
    assertTrue(ImageIO.write(image, "png", file.toFile()));
    return file;
  }

  @Test
  void truncatedModelsAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(run.resolve("model.safetensors"));
    Path cut = folder.resolve("cut.safetensors");
    for (int n : new int[] {0, 7, 100, whole.length / 2, whole.length - 1}) {
      Files.write(cut, Arrays.copyOf(whole, n));
      String message = Cli.fails(1, "eval", cut.toString());
      assertTrue(message.startsWith("jacana: " + cut + ": expected "), message);
    }
  }
}
