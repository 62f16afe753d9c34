package org.jacana.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.data.Datasets;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.nn.Summary;
import org.jacana.train.StepMemory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Shows what a model consists of. */
@Command(
    name = "summary",
    description = {
      "Shows a model's layers, shapes, parameters and multiply-adds for one image, and the memory of"
          + " a training step on the CPU."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class SummaryCommand implements Callable<Integer> {
  /** Height, width and channels, so that a summary needs no files. */
  private static final Map<String, List<Integer>> SIZES =
      Map.of(
          "digits", List.of(8, 8, 1),
          "fashion-mnist", List.of(28, 28, 1),
          "mnist", List.of(28, 28, 1),
          "cifar10", List.of(32, 32, 3),
          "cifar100", List.of(32, 32, 3));

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "DATASET",
      defaultValue = "digits",
      description = "Sets the input's size. Default: ${DEFAULT-VALUE}.")
  String dataset;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "mlp, lenet or resnet8. Default: the one that train takes.")
  String model;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images of a training step. Default: what train takes.")
  Integer batch;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description = "As of train. Default: sgd (momentum 0.9).")
  String optimizer;

  @Override
  public Integer call() {
    Choices.require(spec.commandLine(), "data set", dataset, Datasets.names());
    Choices.require(spec.commandLine(), "model", model, Models.names());
    Choices.require(spec.commandLine(), "optimizer", optimizer, Choices.OPTIMIZERS);
    if (batch != null && batch < 1) {
      throw new ParameterException(spec.commandLine(), "--batch must be at least 1, is " + batch);
    }
    Recipe recipe = Recipe.of(dataset, model, optimizer);
    String name = recipe.model();
    List<Integer> s = SIZES.get(dataset);
    Generator weights = new Generator(0);
    int classes = dataset.equals("cifar100") ? 100 : 10;
    PrintWriter out = spec.commandLine().getOut();
    Shape image = Shape.of(s.get(0), s.get(1), s.get(2));
    try (Scope scope = Scope.open(Device.CPU);
        Module net = Models.byName(name, s.get(0), s.get(1), s.get(2), classes, weights)) {
      out.println(name + " for " + dataset);
      out.print(Summary.of(net, image.insert(0, 1)));
      out.println(
          StepMemory.of(net, recipe::make, image, batch == null ? recipe.batch() : batch)
              + " with "
              + recipe.optimizer());
    }
    return 0;
  }
}
