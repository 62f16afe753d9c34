package org.jacana.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jacana.Device;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrongUseTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train --epoch 3|jacana train: Unknown option: '--epoch'; did you mean --epochs?",
        "train --epochs 0|jacana train: --epochs must be at least 1, is 0",
        "train --epochs x|jacana train: Invalid value for option '--epochs': 'x' is not an int",
        "train --batch -1|jacana train: --batch must be at least 1, is -1",
        "train --batch 1443|jacana train: --batch 1443 is larger than the 1442 train images",
        "train --lr NaN|jacana train: --lr must be a positive, finite number, is NaN",
        "train --lr -0.1|jacana train: --lr must be a positive, finite number, is -0.1",
        "train --lr 0|jacana train: --lr must be a positive, finite number, is 0.0",
        "train --lr Infinity|jacana train: --lr must be a positive, finite number, is Infinity",
        "train --threads 0|jacana train: --threads must be 1 to 1024, is 0",
        "train --model vgg|jacana train: unknown model 'vgg'; known are mlp, lenet, resnet8",
        "train --optimizer x|jacana train: unknown optimizer 'x'; known are sgd, adam, adamw,"
            + " amsgrad, nadam, radam, adamax, rmsprop, adagrad, adadelta, lion, muon",
        "train --device tpu|jacana train: unknown device 'tpu'; known are auto, cpu, cuda",
        "summary nothing|jacana summary: unknown data set 'nothing'; known are digits,"
            + " fashion-mnist, mnist, cifar10, cifar100",
        "predict x|jacana predict: name image files, or test images with --index N",
        "predict x --index 1 --top 0|jacana predict: --top must be at least 1, is 0",
        "trian|jacana: Unmatched argument at index 0: 'trian'; did you mean train?",
        "eval|jacana eval: Missing required parameter: 'MODEL'",
      })
  void isSaidInOneLine(String args, String message) {
    assertEquals(message, Cli.fails(2, args.split(" ")));
  }

  @Test
  void noCommandAsksForOne() {
    assertEquals("jacana: name a command", Cli.fails(2));
  }

  @Test
  void cudaIsNeverReplacedBySomethingElse() {
    String reason;
    try {
      Backends.of(Device.cuda(0));
      return;
    } catch (UnsupportedOperationException e) {
      reason = e.getMessage();
    }
    Cli c = Cli.run("train", "--device", "cuda");
    assertEquals(1, c.code());
    assertEquals("jacana: " + reason, c.err().strip());
    assertFalse(c.out().contains("epoch"), c.out());
  }

  @Test
  void unwritablePlacesAreFoundBeforeTraining() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    String out = Cli.fails(1, "train", "--out", file.resolve("run").toString());
    assertTrue(
        out.matches(
            "jacana: --out .*file.run: cannot write there \\(.*file: is not a"
                + " folder\\); name another"),
        out);
    String report = Cli.fails(1, "train", "--report", folder.toString());
    assertTrue(report.endsWith("this is a folder; name a file"), report);
  }

  @Test
  void missingAndDamagedFilesAreNamed() throws IOException {
    Path none = folder.resolve("none");
    assertEquals(
        "jacana: " + none + ": no such file; give the folder that `jacana train --out` wrote",
        Cli.fails(1, "eval", none.toString()));
    Path damaged = Files.writeString(folder.resolve("damaged"), "not a model at all");
    String message = Cli.fails(1, "eval", damaged.toString());
    assertTrue(message.startsWith("jacana: " + damaged + ": expected a header of"), message);
    String data = Cli.fails(1, "train", "mnist", "--data", none.toString());
    assertEquals(
        "jacana: mnist: --data " + none + " is not a folder; name the folder that holds the files",
        data);
  }

  @Test
  void stackTracesOnlyWhenAsked() {
    String none = folder.resolve("none").toString();
    assertFalse(Cli.run("eval", none).err().contains("\tat "));
    assertTrue(Cli.run("eval", none, "--stacktrace").err().contains("\tat org.jacana."));
  }

  @Test
  void divergenceEndsTheRun() throws IOException {
    Path run = folder.resolve("run");
    String message =
        Cli.fails(1, "train", "--model", "mlp", "--lr", "1e15", "--out", run.toString());
    assertTrue(message.contains("the loss became"), message);
    assertFalse(Files.exists(run));
  }
}
