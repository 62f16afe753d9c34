package org.jacana.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jacana.nn.Models;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The options that decide a run's weights. */
final class PlanOptions {
  @Parameters(
      arity = "0..1",
      paramLabel = "DATASET",
      defaultValue = "digits",
      description =
          "digits, fashion-mnist, mnist, cifar10, cifar100, or "
              + PictureFolder.NAME
              + ": PNG, JPEG, GIF or BMP files in --data, in a folder for each class."
              + " Default: ${DEFAULT-VALUE}.")
  String dataset;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "mlp, lenet or resnet8. Default: lenet; resnet8 for CIFAR and image-folder.")
  String model;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the train images. Default: by data set.")
  Integer epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images of a step. Default: by data set.")
  Integer batch;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description =
          "sgd (momentum 0.9), adam, adamw, amsgrad, nadam, radam, adamax, rmsprop, adagrad,"
              + " adadelta, lion or muon. Default: sgd.")
  String optimizer;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "The highest learning rate of the run. Default: by optimizer.")
  Double learningRate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of weights, order and dropout. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      defaultValue = "fp32",
      description =
          "Of matrix products and convolutions: fp32, tf32 (GPU only), bf16 or fp16."
              + " Default: ${DEFAULT-VALUE}.")
  String precision;

  @Option(
      names = "--graph",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description =
          "Record the step once and replay it: on, off, or auto: on a GPU, where the step can be"
              + " recorded. Default: ${DEFAULT-VALUE}.")
  String graph;

  @Mixin DeviceOptions device;
  @Mixin DatasetOptions data;
  @Mixin AugmentOptions augment;

  /** The plan of these options. */
  TrainPlan plan(CommandLine line, boolean eager) {
    data.check(line, dataset);
    Choices.require(line, "model", model, Models.names());
    Choices.require(line, "optimizer", optimizer, Choices.OPTIMIZERS);
    Choices.require(line, "precision", precision, Choices.PRECISIONS);
    Choices.require(line, "--graph", graph, Choices.RECORDINGS);
    device.check(line);
    augment.check(line);
    Recipe usual = Recipe.of(dataset, model, optimizer);
    Recipe r =
        new Recipe(
            usual.model(),
            epochs == null ? usual.epochs() : epochs,
            batch == null ? usual.batch() : batch,
            usual.optimizer(),
            learningRate == null ? usual.learningRate() : learningRate,
            usual.decay());
    if (r.epochs() < 1) {
      throw wrong(line, "--epochs must be at least 1, is " + r.epochs());
    }
    if (r.batch() < 1) {
      throw wrong(line, "--batch must be at least 1, is " + r.batch());
    }
    if (!(r.learningRate() > 0 && r.learningRate() < Double.POSITIVE_INFINITY)) {
      throw wrong(line, "--lr must be a positive, finite number, is " + r.learningRate());
    }
    return new TrainPlan(
        dataset,
        r,
        seed,
        precision,
        eager && graph.equals("auto") ? "off" : graph,
        device.threads,
        device.deterministic,
        source());
  }

  private Map<String, String> source() {
    Map<String, String> m = new LinkedHashMap<>(data.recorded());
    if (!augment.names.isEmpty()) {
      m.put(AugmentOptions.KEY, String.join(",", augment.names));
    }
    return m;
  }

  /** Takes over the recorded options that were not given. */
  void recall(CommandLine line, Map<String, String> recorded) {
    CommandLine.ParseResult given = line.getParseResult();
    if (!given.hasMatchedPositional(0)) {
      dataset = recorded.getOrDefault("dataset", dataset);
    }
    model = model == null ? recorded.get("model") : model;
    optimizer = optimizer == null ? recorded.get("optimizer") : optimizer;
    epochs = epochs == null ? number(line, recorded, "epochs", Integer::valueOf) : epochs;
    batch = batch == null ? number(line, recorded, "batch", Integer::valueOf) : batch;
    learningRate =
        learningRate == null ? number(line, recorded, "lr", Double::valueOf) : learningRate;
    if (!given.hasMatchedOption("--seed")) {
      seed = number(line, recorded, "seed", Long::valueOf);
    }
    if (!given.hasMatchedOption("--precision")) {
      precision = recorded.getOrDefault("precision", precision);
    }
    if (!given.hasMatchedOption("--graph")) {
      graph = recorded.getOrDefault("graph", graph);
    }
    device.threads =
        device.threads == null
            ? number(line, recorded, "threads", Integer::valueOf)
            : device.threads;
    data.recall(recorded);
    augment.recall(recorded);
    device.deterministic |= "true".equals(recorded.get("deterministic"));
  }

  private static <T> T number(
      CommandLine line, Map<String, String> recorded, String key, Function<String, T> parse) {
    try {
      return parse.apply(recorded.get(key));
    } catch (NumberFormatException | NullPointerException e) {
      throw wrong(
          line,
          "--resume: the checkpoint was not written by this command (its "
              + key
              + " is "
              + recorded.get(key)
              + ")");
    }
  }

  private static ParameterException wrong(CommandLine line, String message) {
    return new ParameterException(line, message);
  }
}
