package org.jacana.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.data.Located;
import org.jacana.train.History;
import org.jacana.train.SavedModel;
import org.jacana.train.WeightsHash;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Repeats a run and compares its weights. */
@Command(
    name = "verify",
    description = {
      "Repeats a run from its recorded options and compares the SHA-256 of the weights.",
      "Exit code 0: every bit is the same; 1: not."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class VerifyCommand implements Callable<Integer> {
  @ParentCommand Main main;
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Parameters(
      paramLabel = "RUN",
      description = "Folder that train --out wrote, or its " + SavedModel.FILE + ".")
  Path run;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "auto, cpu or cuda. Default: the kind that the run used.")
  String device;

  @Mixin DatasetOptions datasetOptions;

  @Override
  public Integer call() throws IOException {
    SavedModel saved = SavedModel.read(run);
    datasetOptions.recall(TrainPlan.options(saved.more()));
    TrainPlan plan = TrainPlan.of(run.toString(), saved.more());
    String wanted = saved.more().getOrDefault("weightsSha256", "none");
    PrintWriter out = spec.commandLine().getOut();
    Choices.require(spec.commandLine(), "device", device, Choices.DEVICES);
    DeviceOptions options = new DeviceOptions();
    options.device = device == null ? kind(saved) : device;
    options.threads = plan.threads();
    options.deterministic = plan.deterministic();
    Device chosen = options.choose(out);
    Located located = datasetOptions.load(plan.dataset(), out);
    ProgressLine progress = new ProgressLine(out, main.live());
    try (Scope scope = Scope.open(chosen);
        TrainJob job = new TrainJob(plan, located)) {
      out.println(job.sentence());
      History history;
      try {
        history = job.run(progress, null);
      } finally {
        progress.clear();
      }
      if (history.stopped()) {
        out.println("stopped; nothing was compared");
        return 130;
      }
      return compare(saved, wanted, WeightsHash.sha256(job.model()), out);
    }
  }

  private static String kind(SavedModel saved) {
    return saved.more().getOrDefault("device", "auto").startsWith("cuda") ? "cuda" : "cpu";
  }

  private int compare(SavedModel saved, String wanted, String is, PrintWriter out) {
    out.println("weights sha256 " + is);
    if (is.equals(wanted)) {
      out.println("the same as of " + run);
      return 0;
    }
    out.println("not the same as of " + run + ": " + wanted);
    Versions.map()
        .forEach(
            (key, now) -> {
              String then = saved.more().getOrDefault("version." + key, "unknown");
              if (!then.equals(now)) {
                out.println(key + " was " + then + ", is " + now);
              }
            });
    return CommandLine.ExitCode.SOFTWARE;
  }
}
