package org.jacana.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jacana.Device;
import org.jacana.backend.Backends;
import org.jacana.train.Evaluation;
import org.jacana.train.History;
import org.jacana.train.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @ParameterizedTest
  @ValueSource(strings = {"train", "eval", "predict", "summary", "devices", "doctor"})
  void everyCommandHasHelp(String command) {
    String help = Cli.done(command, "--help").out();
    assertTrue(help.startsWith("Usage: jacana " + command), help);
    assertTrue(Cli.done("--help").out().contains("\n  " + command + " "), command);
    assertTrue(help.lines().allMatch(l -> l.length() <= 100), help);
  }

  @Test
  void trainingHelpNamesEveryOption() {
    String help = Cli.done("train", "--help").out();
    for (String option :
        "model epochs batch lr optimizer seed device threads deterministic data out report"
            .split(" ")) {
      assertTrue(help.contains("--" + option), option);
    }
    assertTrue(help.contains("Default: digits."), help);
  }

  @Test
  void versionIsThePoms() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    assertTrue(pom.contains("<artifactId>jacana</artifactId>\n  <version>" + Versions.JACANA));
    assertTrue(Cli.done("--version").out().startsWith("Jacana " + Versions.JACANA));
  }

  @Test
  void summaryCountsLenet() {
    String s = Cli.done("summary", "fashion-mnist").out();
    assertTrue(s.startsWith("lenet for fashion-mnist"), s);
    assertTrue(s.contains("3,274,634"), s);
    assertTrue(s.contains("13,883,904"), s);
    assertTrue(Cli.done("summary", "cifar10").out().startsWith("resnet8 for cifar10"));
  }

  @Test
  void devicesSaysWhatEachIs() {
    String d = Cli.done("devices").out();
    assertTrue(d.contains("cpu"), d);
    assertTrue(d.contains("[auto]: " + Backends.of(Device.best()).description()), d);
    assertTrue(d.contains("reference: "), d);
    assertTrue(d.contains("cuda:0"), d);
  }

  @Test
  void progressLineIsRedrawnOnlyWhenWatched() {
    Progress p = new Progress(3, 10, 118, 469, 41234, 0.21344, 0.937, 64);
    assertEquals(
        "epoch 3/10 | step 118/469 | 41,234 img/s | loss 0.2134 | acc 0.9370 | left 1:04",
        ProgressLine.text(p));
    Progress slow = new Progress(3, 10, 1, 2, 3, 0.2, 0.9, 64, 0.254);
    assertTrue(ProgressLine.text(slow).endsWith(" | left 1:04 | waits for data 25 %"));
    StringWriter quiet = new StringWriter();
    new ProgressLine(new PrintWriter(quiet), false).step(p);
    assertEquals("", quiet.toString());
    StringWriter live = new StringWriter();
    ProgressLine line = new ProgressLine(new PrintWriter(live), true);
    line.step(p);
    line.epoch(
        3,
        10,
        new History.Epoch(
            Map.of("loss", 0.2, "accuracy", 0.94), new Evaluation(4, 3, 0.5), 99.94, 2));
    String width = " ".repeat(ProgressLine.text(p).length());
    assertEquals(
        "\r"
            + ProgressLine.text(p)
            + "\r"
            + width
            + "\repoch  3/10 | 99.9 img/s | loss 0.2000 | train acc 0.9400 | test acc 0.7500 |"
            + " 2.0 s"
            + System.lineSeparator(),
        live.toString());
  }

  @Test
  void timeReadsAsAClock() {
    assertEquals("?", ProgressLine.time(Double.NaN));
    assertEquals("0:04", ProgressLine.time(3.2));
    assertEquals("1:00:01", ProgressLine.time(3601));
  }
}
