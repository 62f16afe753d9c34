package org.jacana.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.backend.Backends;
import org.jacana.data.Datasets;
import org.jacana.data.ImageData;
import org.jacana.data.ImageSplit;
import org.jacana.data.Located;
import org.jacana.data.Normalization;
import org.jacana.io.AtomicFile;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.optim.Adadelta;
import org.jacana.optim.Adagrad;
import org.jacana.optim.Adam;
import org.jacana.optim.AdamW;
import org.jacana.optim.Adamax;
import org.jacana.optim.Lion;
import org.jacana.optim.Muon;
import org.jacana.optim.NAdam;
import org.jacana.optim.Optimizer;
import org.jacana.optim.RAdam;
import org.jacana.optim.RmsProp;
import org.jacana.optim.Schedule;
import org.jacana.optim.Sgd;
import org.jacana.train.Execution;
import org.jacana.train.History;
import org.jacana.train.SavedModel;
import org.jacana.train.Trainer;
import org.jacana.train.WeightsHash;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
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
  private static final int INTERRUPTED = 130;
  private static final double MOMENTUM = 0.9;

  @ParentCommand Main main;
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "DATASET",
      defaultValue = "digits",
      description = "digits, fashion-mnist, mnist, cifar10 or cifar100. Default: ${DEFAULT-VALUE}.")
  String dataset;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "mlp, lenet or resnet8. Default: lenet, for CIFAR resnet8.")
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

  @Mixin DeviceOptions deviceOptions;
  @Mixin DatasetOptions datasetOptions;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Leave the model (" + SavedModel.FILE + ") and the report there.")
  Path folder;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the run's figures as JSON.")
  Path reportFile;

  @Override
  public Integer call() throws IOException {
    Recipe recipe = recipe();
    requireWritable();
    PrintWriter out = spec.commandLine().getOut();
    Device device = deviceOptions.choose(out);
    Located located = datasetOptions.load(dataset, out);
    int images = located.split().train().count();
    if (recipe.batch() > images) {
      throw wrong("--batch " + recipe.batch() + " is larger than the " + images + " train images");
    }
    try (Scope scope = Scope.open(device)) {
      return train(recipe, located, device, out);
    }
  }

  private Recipe recipe() {
    Choices.require(spec.commandLine(), "data set", dataset, Datasets.names());
    Choices.require(spec.commandLine(), "model", model, Models.names());
    Choices.require(spec.commandLine(), "optimizer", optimizer, Choices.OPTIMIZERS);
    Choices.require(spec.commandLine(), "precision", precision, Choices.PRECISIONS);
    Choices.require(spec.commandLine(), "--graph", graph, Choices.RECORDINGS);
    deviceOptions.check(spec.commandLine());
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
      throw wrong("--epochs must be at least 1, is " + r.epochs());
    }
    if (r.batch() < 1) {
      throw wrong("--batch must be at least 1, is " + r.batch());
    }
    if (!(r.learningRate() > 0 && r.learningRate() < Double.POSITIVE_INFINITY)) {
      throw wrong("--lr must be a positive, finite number, is " + r.learningRate());
    }
    return r;
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

  private int train(Recipe recipe, Located located, Device device, PrintWriter out)
      throws IOException {
    ImageSplit split = located.split();
    ImageData images = split.train();
    Normalization scale = Normalization.of(images);
    Generator.seed(seed);
    try (Module net =
            Models.byName(
                recipe.model(),
                images.height(),
                images.width(),
                images.channels(),
                images.classes(),
                new Generator(seed));
        Optimizer rule = optimizer(recipe, net)) {
      out.printf(
          Locale.ROOT,
          "model: %s, %,d parameters; %d epochs, batch %d, %s, learning rate %s, seed %d,"
              + " threads %d%s%s%n",
          recipe.model(),
          net.parameterCount(),
          recipe.epochs(),
          recipe.batch(),
          recipe.optimizer(),
          recipe.learningRate(),
          seed,
          Device.threads(),
          precision.equals("fp32") ? "" : ", precision " + precision,
          deviceOptions.deterministic ? ", deterministic" : "");
      ProgressLine progress = new ProgressLine(out, main.live());
      History history;
      try {
        history =
            new Trainer(
                    recipe.epochs(),
                    recipe.batch(),
                    recipe.learningRate(),
                    Schedule.cosine(),
                    seed,
                    progress,
                    new Execution(
                        Precision.valueOf(precision.toUpperCase(Locale.ROOT)),
                        Execution.Recording.valueOf(graph.toUpperCase(Locale.ROOT))))
                .fit(net, rule, split, scale);
      } finally {
        progress.clear();
      }
      if (history.stopped()) {
        out.println(
            "stopped after "
                + history.epochs().size()
                + " of "
                + recipe.epochs()
                + " epochs; nothing was written");
        return INTERRUPTED;
      }
      finish(recipe, located, device, net, scale, history, out);
      return 0;
    }
  }

  private static Optimizer optimizer(Recipe recipe, Module net) {
    return switch (recipe.optimizer()) {
      case "sgd" -> Sgd.of(net.parameters()).momentum(MOMENTUM).weightDecay(recipe.decay());
      case "adam" -> Adam.of(net.parameters());
      case "adamw" -> AdamW.of(net.parameters()).weightDecay(recipe.decay());
      case "amsgrad" -> Adam.of(net.parameters()).amsgrad(true);
      case "nadam" -> NAdam.of(net.parameters());
      case "radam" -> RAdam.of(net.parameters());
      case "adamax" -> Adamax.of(net.parameters());
      case "rmsprop" -> RmsProp.of(net.parameters());
      case "adagrad" -> Adagrad.of(net.parameters());
      case "adadelta" -> Adadelta.of(net.parameters());
      case "lion" -> Lion.of(net.parameters());
      case "muon" -> Muon.of(net.parameters());
      default -> throw new IllegalStateException(recipe.optimizer() + " is in no recipe");
    };
  }

  private void finish(
      Recipe recipe,
      Located located,
      Device device,
      Module net,
      Normalization scale,
      History history,
      PrintWriter out)
      throws IOException {
    String hash = WeightsHash.sha256(net);
    Map<String, String> versions = new LinkedHashMap<>(Versions.map());
    versions.put("natives", Backends.of(device).description());
    Report report = report(recipe, located, device, net, history, hash, versions);
    if (folder != null) {
      Map<String, String> more = new LinkedHashMap<>();
      versions.forEach((key, value) -> more.put("version." + key, value));
      more.put("seed", Long.toString(seed));
      more.put("weightsSha256", hash);
      SavedModel.of(recipe.model(), net, dataset, located.split().train(), scale, more)
          .write(folder.resolve(SavedModel.FILE));
      report.write(folder.resolve(Report.FILE));
    }
    if (reportFile != null) {
      report.write(reportFile);
    }
    out.printf(
        Locale.ROOT,
        "test accuracy %.4f (%d of %d) after %.1f s; %s images/s, median step %.2f ms%n",
        history.last().test().accuracy(),
        history.last().test().correct(),
        history.last().test().count(),
        history.secondsTotal(),
        ProgressLine.number(history.imagesPerSecond()),
        history.stepMillisMedian());
    out.println("weights sha256 " + hash);
    if (folder != null) {
      out.println("wrote " + folder.resolve(SavedModel.FILE) + " and " + Report.FILE);
    }
    if (reportFile != null) {
      out.println("wrote " + reportFile);
    }
  }

  private Report report(
      Recipe recipe,
      Located located,
      Device device,
      Module net,
      History history,
      String hash,
      Map<String, String> versions) {
    List<History.Epoch> passes = history.epochs();
    Map<String, String> dataSha256 = new LinkedHashMap<>();
    dataSha256.put("train", located.split().train().sha256());
    dataSha256.put("test", located.split().test().sha256());
    return new Report()
        .put("device", device.toString())
        .put("model", recipe.model())
        .put("dataset", dataset)
        .put("dataSource", located.source())
        .put("dataSha256", dataSha256)
        .put("epochs", recipe.epochs())
        .put("batch", recipe.batch())
        .put("optimizer", recipe.optimizer())
        .put("lr", recipe.learningRate())
        .put("weightDecay", recipe.optimizer().equals("adam") ? 0 : recipe.decay())
        .put("precision", precision)
        .put("seed", seed)
        .put("threads", Device.threads())
        .put("deterministic", deviceOptions.deterministic)
        .put("parameters", net.parameterCount())
        .put("trainLoss", passes.stream().map(History.Epoch::trainLoss).toList())
        .put("trainAccuracy", passes.stream().map(History.Epoch::trainAccuracy).toList())
        .put("testLoss", passes.stream().map(p -> p.test().loss()).toList())
        .put("testAccuracy", passes.stream().map(p -> p.test().accuracy()).toList())
        .put("imagesPerSecond", history.imagesPerSecond())
        .put("stepMillisMedian", history.stepMillisMedian())
        .put("secondsTotal", history.secondsTotal())
        .put("weightsSha256", hash)
        .put("versions", versions);
  }
}
