package org.jacana.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.data.ImageData;
import org.jacana.nn.Module;
import org.jacana.train.Evaluation;
import org.jacana.train.SavedModel;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Evaluates a saved model. */
@Command(
    name = "eval",
    description = "Evaluates a saved model on the test images.",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class EvalCommand implements Callable<Integer> {
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Folder that train --out wrote, or its " + SavedModel.FILE + ".")
  Path file;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "DATASET",
      description = "Default: the data set that the model was trained on.")
  String dataset;

  @Mixin DeviceOptions deviceOptions;
  @Mixin DatasetOptions datasetOptions;

  @Override
  public Integer call() throws IOException {
    datasetOptions.check(spec.commandLine(), dataset);
    deviceOptions.check(spec.commandLine());
    SavedModel saved = SavedModel.read(file);
    datasetOptions.recall(TrainPlan.options(saved.more()));
    PrintWriter out = spec.commandLine().getOut();
    Device device = deviceOptions.choose(out);
    String name = dataset == null ? saved.dataset() : dataset;
    ImageData test = datasetOptions.load(name, out).split().test();
    saved.requireFit(test);
    try (Scope scope = Scope.open(device);
        Module net = saved.build()) {
      Evaluation e = Evaluation.of(net, test, saved.scale());
      out.printf(
          Locale.ROOT,
          "%s: test accuracy %.4f (%d of %d), loss %.4f%n",
          saved.model(),
          e.accuracy(),
          e.correct(),
          e.count(),
          e.loss());
    }
    return 0;
  }
}
