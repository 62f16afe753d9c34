package org.jacana.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jacana.Device;
import org.jacana.backend.Backends;
import org.jacana.cli.bench.Bench;
import org.jacana.cli.bench.BenchFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Measures a device. */
@Command(
    name = "bench",
    description = {
      "Measures a device: first what it does at best (copying, matrix products), then operations,"
          + " training steps and inference, as a part of that; of a GPU also its clocks, launches"
          + " and copies to and from it.",
      "Each result is checked against plain Java in double; a wrong one makes the exit code 1."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false,
    footer = {
      "",
      "Medians of samples of many calls, each sample ended by waiting for the device; +- is half",
      "the distance between the quartiles. The ceiling is the slower of the bytes by the measured",
      "bandwidth and the operations by the measured rate of matrix products; what a cache holds can",
      "be above it."
    })
final class BenchCommand implements Callable<Integer> {
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "cpu, cuda or auto, the fastest. Default: ${DEFAULT-VALUE}.")
  String device;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the CPU's kernels.")
  Integer threads;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      description = "Measure what has this in its name, such as 'conv|step'.")
  String only;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON.")
  Path json;

  @Option(
      names = "--compare",
      paramLabel = "OLD.json",
      description = "Set the figures beside those of an earlier --json.")
  Path old;

  @Option(
      names = "--at-most",
      paramLabel = "RATIO",
      description =
          "With --compare: exit with 1 when something takes more than RATIO times as long as it did,"
              + " beyond the spread.")
  Double most;

  @Option(
      names = "--roofline",
      paramLabel = "FILE.png",
      description = "Draw matrix products and convolutions under the measured ceilings.")
  Path roofline;

  @Option(
      names = "--scaling",
      paramLabel = "FILE.png",
      description =
          "Measure networks alone, forward and a step of training: lenet on batches of 1 to 4096,"
              + " resnet8 on images of 8x8 to 224x224, as far as half of the free memory goes;"
              + " and draw the times over the size.")
  Path scaling;

  @Option(
      names = "--rehearse",
      description = "Run everything once and small; its times mean nothing.")
  boolean rehearse;

  @Override
  public Integer call() throws IOException {
    Choices.require(spec.commandLine(), "device", device, Choices.DEVICES);
    if (most != null && (old == null || !(most > 0))) {
      throw new ParameterException(
          spec.commandLine(), "--at-most needs --compare and a positive ratio, such as 1.1");
    }
    if (threads != null && (threads < 1 || threads > 1024)) {
      throw new ParameterException(
          spec.commandLine(), "--threads must be 1 to 1024, is " + threads);
    }
    if (scaling != null && roofline != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--scaling measures no single operations for --roofline to draw; run them in turn");
    }
    requirePng("--scaling", scaling);
    requirePng("--roofline", roofline);
    Pattern wanted = pattern();
    BenchFile before = old == null ? null : BenchFile.read(old);
    PrintWriter out = spec.commandLine().getOut();
    if (threads != null) {
      Device.threads(threads);
    }
    Device chosen =
        switch (device) {
          case "auto" -> Device.best();
          case "cuda" -> Device.cuda(0);
          default -> Device.CPU;
        };
    out.println(chosen + ": " + Backends.of(chosen).description());
    Versions.map().forEach((key, value) -> out.println(key + ": " + value));
    out.println("date: " + LocalDate.now() + ", threads: " + Device.threads());
    Predicate<String> names = name -> wanted.matcher(name).find();
    Consumer<String> line =
        text -> {
          out.println(text);
          out.flush();
        };
    Bench bench =
        scaling == null
            ? Bench.run(chosen, rehearse, names, line)
            : Bench.scaling(chosen, rehearse, names, line);
    if (bench.results().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          only == null
              ? "nothing fits into half of the free memory"
              : "--only " + only + " matches nothing; the names are those of `bench`");
    }
    BenchFile now = BenchFile.of(bench, Versions.map(), LocalDate.now().toString());
    if (json != null) {
      now.write(json);
      out.println("wrote " + json);
    }
    if (roofline != null) {
      bench.roofline().save(roofline);
      out.println("wrote " + roofline);
    }
    if (scaling != null) {
      bench.scalingPicture().save(scaling);
      out.println("wrote " + scaling);
    }
    boolean slower = false;
    if (before != null) {
      out.println();
      out.print(now.against(before));
      slower = most != null && now.worstRatio(before) > most;
      if (slower) {
        out.println("something takes more than " + most + " times as long as in " + old);
      }
    }
    if (bench.wrong() > 0) {
      out.println(bench.wrong() + " results are wrong");
    }
    return bench.wrong() > 0 || slower ? 1 : 0;
  }

  private void requirePng(String option, Path file) {
    if (file != null && !file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw new ParameterException(
          spec.commandLine(), option + ": pictures are PNG files, but " + file + " is not one");
    }
  }

  private Pattern pattern() {
    try {
      return Pattern.compile(only == null ? "" : only);
    } catch (PatternSyntaxException e) {
      throw new ParameterException(
          spec.commandLine(), "--only: " + e.getDescription() + " in '" + only + "'");
    }
  }
}
