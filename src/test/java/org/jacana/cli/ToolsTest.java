package org.jacana.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.LeakExtension;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.io.EventFile;
import org.jacana.io.Npz;
import org.jacana.io.Safetensors;
import org.jacana.io.StoredTensor;
import org.jacana.io.onnx.Onnx;
import org.jacana.io.onnx.OnnxModel;
import org.jacana.nn.Module;
import org.jacana.train.SavedModel;
import org.jacana.train.Trainer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakExtension.class)
class ToolsTest {
  @TempDir static Path folder;
  private static Path run;
  private static Cli training;

  @BeforeAll
  static void train() {
    run = folder.resolve("run");
    training =
        Cli.done(
            "train", "--epochs", "2", "--profile", "3", "--tensorboard", "--out", run.toString());
  }

  @Test
  void profileShowsKernelsAndLeavesATrace() throws Exception {
    assertTrue(training.out().contains("GFLOP/s"), training.out());
    assertTrue(training.out().contains("convGradInput"), training.out());
    Matcher first =
        Pattern.compile(
                "the first step began (\\d+\\.\\d\\d) s and was done (\\d+\\.\\d\\d) s after")
            .matcher(training.out());
    assertTrue(first.find(), training.out());
    double began = Double.parseDouble(first.group(1));
    assertTrue(began > 0 && began <= Double.parseDouble(first.group(2)), first.group());
    String trace = Files.readString(run.resolve("trace.json"));
    assertTrue(
        JsonParser.parseString(trace).getAsJsonObject().getAsJsonArray("traceEvents").size() > 50);
    assertEquals(2, Cli.run("train", "--profile", "0").code());
  }

  @Test
  void leavesATableAndEvents() throws Exception {
    List<String> rows = Files.readAllLines(run.resolve("results.csv"));
    assertEquals(3, rows.size(), rows.toString());
    assertTrue(rows.get(0).contains("val_accuracy"), rows.get(0));
    try (Stream<Path> events = Files.list(run.resolve("events"))) {
      Path file = events.findFirst().get();
      assertTrue(file.getFileName().toString().startsWith("events.out.tfevents."));
      assertTrue(EventFile.read(file).events().size() > 2);
    }
    assertEquals(2, Cli.run("train", "--tensorboard").code());
  }

  @Test
  void exportsWhatPyTorchReads() throws Exception {
    Cli.done("export", run.toString(), "--format", "pytorch");
    Map<String, StoredTensor> state =
        Safetensors.read(run.resolve("pytorch.safetensors")).tensors();
    // Filters are [O, I, H, W] there.
    assertEquals(List.of(32, 1, 5, 5), dims(state.get("0.weight")));
    assertEquals(List.of(64, 32, 5, 5), dims(state.get("3.weight")));
  }

  private static List<Integer> dims(StoredTensor t) {
    return Arrays.stream(t.shape().dims()).boxed().toList();
  }

  @Test
  void theReportIsOneWholePage() throws Exception {
    String page = Files.readString(run.resolve("report.html"));
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    factory.newDocumentBuilder().parse(run.resolve("report.html").toFile());
    for (String part :
        new String[] {
          "Confusion", "finds the true class", "Filters of", "Worst mistakes", "weights SHA-256"
        }) {
      assertTrue(page.contains(part), part);
    }
    String hash =
        training.out().lines().filter(l -> l.startsWith("weights sha256")).findFirst().get();
    assertTrue(page.contains(hash.substring(hash.lastIndexOf(' ') + 1)));
  }

  @Test
  void exportsWhatComputesTheSame() throws Exception {
    Cli.done("export", run.toString());
    OnnxModel onnx = Onnx.read(run.resolve("model.onnx"));
    assertTrue(onnx.metadata().get("classes").startsWith("0\n1\n2"));
    SavedModel saved = SavedModel.read(run);
    assertEquals(saved.more().get("weightsSha256"), onnx.metadata().get("weightsSha256"));
    try (Scope scope = Scope.open(Device.CPU);
        Module ours = saved.build();
        Module theirs = onnx.module()) {
      Tensor x = new Generator(1).normal(org.jacana.DType.F32, 3, 8, 8, 1);
      float[] want = Trainer.predict(ours, x).floats();
      float[] got = Trainer.predict(theirs, x.permute(0, 3, 1, 2)).floats();
      assertArrayEquals(want, got, 1e-5f);
    }
  }

  @Test
  void exportsWeightsAsNumpyArrays() throws Exception {
    Path file = folder.resolve("w.npz");
    Cli.done("export", run.toString(), "--format", "npz", "--to", file.toString());
    Map<String, StoredTensor> arrays = Npz.read(file).arrays();
    Map<String, StoredTensor> weights = SavedModel.read(run).weights();
    assertEquals(weights.keySet(), arrays.keySet());
    assertEquals(2, Cli.run("export", run.toString(), "--format", "pickle").code());
    assertEquals(1, Cli.run("export", folder.resolve("nothing").toString()).code());
  }

  @Test
  void findsARateAndDrawsIt() throws Exception {
    Path picture = folder.resolve("lr.png");
    Cli found =
        Cli.done("lr-find", "--model", "mlp", "--steps", "40", "--plot", picture.toString());
    String last = found.out().lines().reduce((a, b) -> b).get();
    assertTrue(
        last.matches("the loss falls fastest at .*: jacana train digits --model mlp.*"), last);
    assertTrue(ImageIO.read(picture.toFile()).getWidth() > 400);
    assertEquals(2, Cli.run("lr-find", "--from", "1", "--to", "0.1").code());
    assertEquals(2, Cli.run("lr-find", "--batch", "100000").code());
  }

  @Test
  void takesOptionsFromAFile() throws Exception {
    Path yaml = Files.writeString(folder.resolve("o.yaml"), "model: mlp\nepochs: 3\nseed: 7\n");
    String out = Cli.done("train", "--config", yaml.toString(), "--epochs", "1").out();
    assertTrue(out.contains("mlp") && out.contains("1 epochs") && out.contains("seed 7"), out);
    Path json =
        Files.writeString(
            folder.resolve("o.json"),
            "{\"dataset\": \"digits\", \"model\": \"mlp\", \"epochs\": 1, \"deterministic\": true}");
    assertTrue(Cli.done("train", "--config=" + json).out().contains("deterministic"));
  }

  @Test
  void everyAugmentationTrainsAndIsRecorded() throws Exception {
    for (String name : new String[] {"crop", "flip", "rotate,jitter", "cutout,mixup", "cutmix"}) {
      Path to = folder.resolve("augmented-" + name);
      Cli.done(
          "train", "--model", "mlp", "--epochs", "1", "--augment", name, "--out", to.toString());
      assertEquals(name, SavedModel.read(to).more().get("option.augment"));
      assertTrue(Cli.done("verify", to.toString()).out().contains("same"), name);
    }
    assertEquals(2, Cli.run("train", "--augment", "twirl").code());
    assertEquals(2, Cli.run("train", "--augment", "mixup,cutmix").code());
  }

  @Test
  void namesWhatIsWrongInAFile() throws Exception {
    for (String text : new String[] {"epoch: 1", "- 1", "a: [", "epochs: {a: 1}", "help: true"}) {
      Path file = Files.writeString(folder.resolve("bad.yaml"), text);
      Cli run = Cli.run("train", "--config", file.toString());
      assertEquals(1, run.code(), text + run.out());
      assertTrue(run.err().contains("bad.yaml"), run.err());
    }
    Path file = Files.writeString(folder.resolve("bad.yaml"), "epochs: many");
    assertEquals(2, Cli.run("train", "--config", file.toString()).code());
    assertEquals(1, Cli.run("train", "--config", folder.resolve("none.yaml").toString()).code());
    assertEquals(2, Cli.run("train", "--config").code());
  }

  @Test
  void summaryTellsTheMemoryOfAStep() {
    String small = Cli.done("summary", "--batch", "8").out();
    assertTrue(small.contains("memory of a training step, batch 8: "), small);
    assertTrue(small.contains("with sgd"), small);
    String usual = Cli.done("summary", "mnist", "--model", "mlp", "--optimizer", "adam").out();
    assertTrue(usual.contains("memory of a training step, batch 128: "), usual);
    assertEquals(2, Cli.run("summary", "--batch", "0").code());
    assertEquals(2, Cli.run("summary", "--optimizer", "none").code());
  }
}
