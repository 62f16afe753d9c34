package org.jacana.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.data.Batch;
import org.jacana.data.ImageData;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.optim.RateFinder;
import org.jacana.plot.TrainingCharts;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Finds a learning rate. */
@Command(
    name = "lr-find",
    description = {
      "Trains for some steps while the learning rate rises, and suggests the one at which the loss"
          + " falls fastest (Smith 2017). Nothing is kept.",
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class LrFindCommand implements Callable<Integer> {
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "DATASET",
      defaultValue = "digits",
      description = "As for train. Default: ${DEFAULT-VALUE}.")
  String dataset;

  @Option(names = "--model", paramLabel = "NAME", description = "As for train.")
  String model;

  @Option(names = "--batch", paramLabel = "N", description = "As for train.")
  Integer batch;

  @Option(names = "--optimizer", paramLabel = "NAME", description = "As for train.")
  String optimizer;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of weights and order. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = "--from",
      paramLabel = "RATE",
      defaultValue = "1e-6",
      description = "First rate. Default: ${DEFAULT-VALUE}.")
  double from;

  @Option(
      names = "--to",
      paramLabel = "RATE",
      defaultValue = "10",
      description = "Last rate, if the loss does not explode before. Default: ${DEFAULT-VALUE}.")
  double to;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "100",
      description = "Steps between them. Default: ${DEFAULT-VALUE}.")
  int steps;

  @Option(names = "--plot", paramLabel = "FILE.png", description = "Draw the losses.")
  Path plot;

  @Mixin DeviceOptions deviceOptions;
  @Mixin DatasetOptions datasetOptions;

  @Override
  public Integer call() throws IOException {
    CommandLine line = spec.commandLine();
    datasetOptions.check(line, dataset);
    Choices.require(line, "model", model, Models.names());
    Choices.require(line, "optimizer", optimizer, Choices.OPTIMIZERS);
    deviceOptions.check(line);
    RateFinder finder;
    try {
      finder = new RateFinder(from, to, steps);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(line, "--from, --to, --steps: " + e.getMessage());
    }
    Recipe r = Recipe.of(dataset, model, optimizer);
    PrintWriter out = line.getOut();
    Device device = deviceOptions.choose(out);
    ImageData images = datasetOptions.load(dataset, out).split().train();
    int size = batch == null ? Math.min(r.batch(), images.count()) : batch;
    if (size < 1 || size > images.count()) {
      throw new ParameterException(
          line, "--batch must be 1 to the " + images.count() + " train images, is " + size);
    }
    RateFinder.Curve curve;
    Generator.seed(seed);
    try (Scope scope = Scope.open(device);
        Loader loader =
            Loader.of(images)
                .batch(size)
                .shuffle(seed)
                .dropLast(true)
                .transform(Normalization.of(images));
        Module net =
            Models.byName(
                r.model(),
                images.height(),
                images.width(),
                images.channels(),
                images.classes(),
                new Generator(seed))) {
      curve = run(finder, r, net, loader);
    }
    return print(curve, r, out);
  }

  private static RateFinder.Curve run(RateFinder finder, Recipe r, Module net, Loader loader) {
    int[] epoch = {0};
    loader.start(0);
    net.train();
    return finder.run(
        parameters -> r.make(parameters),
        net.parameters(),
        List.copyOf(net.namedBuffers().values()),
        () -> {
          Batch b = loader.next();
          if (b == null) {
            loader.start(++epoch[0]);
            b = loader.next();
          }
          Tensor x = b.x();
          return Losses.crossEntropy(net.apply(x), b.y());
        });
  }

  private int print(RateFinder.Curve curve, Recipe r, PrintWriter out) throws IOException {
    out.println("  learning rate      loss  smoothed");
    int every = Math.max(1, curve.rates().size() / 20);
    for (int i = 0; i < curve.rates().size(); i += every) {
      out.printf(
          Locale.ROOT,
          "%15.3g %9.4f %9.4f%n",
          curve.rates().get(i),
          curve.losses().get(i),
          curve.smoothed().get(i));
    }
    if (plot != null) {
      TrainingCharts.rateFinder(curve).save(plot);
      out.println("wrote " + plot);
    }
    if (Double.isNaN(curve.suggestion())) {
      out.println("the loss never fell; try other --from and --to");
      return 1;
    }
    out.printf(
        Locale.ROOT,
        "the loss falls fastest at %.3g: jacana train %s --model %s --optimizer %s --lr %.2g%n",
        curve.suggestion(),
        dataset,
        r.model(),
        r.optimizer(),
        curve.suggestion());
    return 0;
  }
}
