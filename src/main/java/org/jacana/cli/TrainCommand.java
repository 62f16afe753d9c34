package org.jacana.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.data.FormatException;
import org.jacana.data.Located;
import org.jacana.io.AtomicFile;
import org.jacana.train.Callback;
import org.jacana.train.Checkpoint;
import org.jacana.train.History;
import org.jacana.train.ProfileSteps;
import org.jacana.train.SavedModel;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;

/** Trains a model on a data set. */
@Command(
    name = "train",
    description = {
      "Trains a model and evaluates it on the test images after each epoch.",
      "The learning rate falls to 0 along a cosine. The same seed and number of threads give the"
          + " same weights to the last bit; their SHA-256 is printed at the end."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  static final String TRACE = "trace.json";
  static final String CHECKPOINTS = "checkpoints";

  private static final int PROFILE_AFTER = 5;
  private static final int INTERRUPTED = 130;

  @ParentCommand Main main;
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Mixin PlanOptions options;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Leave the model ("
              + SavedModel.FILE
              + ") and the report there, and, in "
              + CHECKPOINTS
              + ", the last checkpoints and the best.")
  Path folder;

  @Option(
      names = "--resume",
      description =
          "Go on where the run in --out stopped, to the same weights as if it had not; options that"
              + " are not given are that run's.")
  boolean resume;

  @Option(
      names = "--checkpoint-steps",
      paramLabel = "N",
      description = "Write a checkpoint after every N steps, too. Default: after each epoch only.")
  long checkpointSteps;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the run's figures as JSON.")
  Path reportFile;

  @Option(
      names = "--tensorboard",
      description = "With --out: leave events/ there, for `tensorboard --logdir DIR`.")
  boolean tensorboard;

  @Option(
      names = "--profile",
      arity = "0..1",
      paramLabel = "STEPS",
      fallbackValue = "50",
      description =
          "Tell when the first step was done, and measure STEPS steps after the first few, kernel by"
              + " kernel: a table, and with --out "
              + TRACE
              + " for Perfetto or chrome://tracing. Default: ${FALLBACK-VALUE}.")
  Integer profile;

  @Option(
      names = ConfigFile.OPTION,
      paramLabel = "FILE",
      description =
          "Options from YAML or JSON, such as `epochs: 3`; those on the command line win.")
  Path config;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    TrainPlan plan = plan();
    requireWritable();
    Device device = options.device.choose(out);
    Located located = options.data.load(plan.dataset(), out);
    int images = located.split().train().count();
    if (plan.recipe().batch() > images) {
      throw wrong(
          "--batch " + plan.recipe().batch() + " is larger than the " + images + " train images");
    }
    ProgressLine progress = new ProgressLine(out, main.live());
    try (Scope scope = Scope.open(device);
        TrainJob job = new TrainJob(plan, located)) {
      out.println(job.sentence());
      History history;
      try {
        history = job.run(progress, checkpoints(), profiling(progress, out));
      } finally {
        progress.clear();
      }
      if (history.stopped() && Interruption.requested()) {
        return stopped(history, plan, out);
      }
      new TrainResult(plan, located, device, job.model(), history).finish(folder, reportFile, out);
      return 0;
    }
  }

  private Callback[] profiling(ProgressLine progress, PrintWriter out) {
    if (profile == null) {
      return new Callback[0];
    }
    return new Callback[] {
      new FirstStep(
          text -> {
            progress.clear();
            out.println(text);
          }),
      new ProfileSteps(
          PROFILE_AFTER,
          profile,
          p -> {
            progress.clear();
            out.print(p.table());
            if (folder != null) {
              try {
                Files.createDirectories(folder);
                p.writeTrace(folder.resolve(TRACE));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              out.println("wrote " + folder.resolve(TRACE));
            }
          })
    };
  }

  private int stopped(History history, TrainPlan plan, PrintWriter out) {
    out.println(
        "stopped after "
            + history.epochs().size()
            + " of "
            + plan.recipe().epochs()
            + " epochs; "
            + (folder == null
                ? "nothing was written"
                : "go on with: jacana train --resume --out " + folder));
    return INTERRUPTED;
  }

  private TrainJob.Saving checkpoints() throws IOException {
    if (folder == null) {
      return null;
    }
    Path at = folder.resolve(CHECKPOINTS);
    if (!resume) {
      requireFinished(at);
    }
    return new TrainJob.Saving(at, checkpointSteps, resume, tensorboard);
  }

  /** A run that could go on is not thrown away by mistake. */
  private void requireFinished(Path at) throws IOException {
    Optional<Checkpoint> old;
    try {
      old = Checkpoint.newest(at, note -> {});
    } catch (FormatException e) {
      return;
    }
    if (old.isPresent()
        && !Integer.toString(old.get().epoch()).equals(old.get().provenance().get("epochs"))) {
      throw new IOException(
          "--out "
              + folder
              + ": a run stopped there after "
              + old.get().step()
              + " steps; go on with it with --resume, delete "
              + at
              + ", or name another folder");
    }
  }

  private TrainPlan plan() throws IOException {
    if (profile != null && profile < 1) {
      throw wrong("--profile must be at least 1 step, is " + profile);
    }
    if (tensorboard && folder == null) {
      throw wrong("--tensorboard needs --out, the folder for its files");
    }
    if (checkpointSteps < 0) {
      throw wrong("--checkpoint-steps must be at least 0, is " + checkpointSteps);
    }
    if (resume) {
      if (folder == null) {
        throw wrong("--resume needs --out: the folder of the run to go on with");
      }
      options.recall(
          spec.commandLine(),
          TrainPlan.options(Checkpoint.find(folder.resolve(CHECKPOINTS), note -> {}).provenance()));
    }
    // A recorded step would be one entry of a profile.
    return options.plan(spec.commandLine(), profile != null);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void requireWritable() throws IOException {
    if (folder != null) {
      requireWritable("--out", folder, folder);
    }
    if (reportFile != null) {
      if (Files.isDirectory(reportFile)) {
        throw new IOException("--report " + reportFile + ": this is a folder; name a file");
      }
      requireWritable("--report", reportFile, reportFile.toAbsolutePath().getParent());
    }
  }

  private static void requireWritable(String option, Path path, Path in) throws IOException {
    try {
      AtomicFile.requireWritable(in);
    } catch (IOException e) {
      throw new IOException(
          option + " " + path + ": cannot write there (" + Sentence.of(e) + "); name another", e);
    }
  }
}
