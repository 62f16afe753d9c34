package org.jacana.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.data.ImageData;
import org.jacana.data.Loader;
import org.jacana.data.Located;
import org.jacana.data.Normalization;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Schedule;
import org.jacana.train.Callback;
import org.jacana.train.Checkpoints;
import org.jacana.train.CsvLog;
import org.jacana.train.Goal;
import org.jacana.train.History;
import org.jacana.train.Progress;
import org.jacana.train.TensorBoard;
import org.jacana.train.Trainer;

/** A training run by plan, with its model and optimizer, in the present scope. */
final class TrainJob implements AutoCloseable {
  private static final int EVALUATION_BATCH = 250;

  private final TrainPlan plan;
  private final Located located;
  private final Normalization scale;
  private final Module model;
  private final Optimizer optimizer;

  /**
   * Where checkpoints go.
   *
   * @param folder of their own
   * @param steps after how many steps, besides after each epoch; 0 for none
   * @param resume go on from the newest there
   * @param events leave TensorBoard's event files beside it
   */
  record Saving(Path folder, long steps, boolean resume, boolean events) {}

  /** Makes the model and the optimizer. */
  TrainJob(TrainPlan plan, Located located) {
    this.plan = plan;
    this.located = located;
    ImageData images = located.split().train();
    scale = Normalization.of(images);
    Generator.seed(plan.seed());
    model =
        Models.byName(
            plan.recipe().model(),
            images.height(),
            images.width(),
            images.channels(),
            images.classes(),
            new Generator(plan.seed()));
    try {
      optimizer = plan.recipe().make(model.parameters());
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  Module model() {
    return model;
  }

  /** One line about the run. */
  String sentence() {
    return plan.sentence(
        String.format(
            Locale.ROOT, "%s, %,d parameters", plan.recipe().model(), model.parameterCount()),
        Device.threads());
  }

  /** Trains; {@code saving} may be null. */
  History run(Progress.Listener listener, Saving saving, Callback... callbacks) throws IOException {
    Recipe r = plan.recipe();
    Trainer trainer =
        new Trainer(
            r.epochs(),
            r.batch(),
            r.learningRate(),
            Schedule.cosine(),
            plan.seed(),
            listener,
            plan.execution());
    if (saving != null) {
      Map<String, String> about = new LinkedHashMap<>(plan.recorded());
      Versions.map().forEach((key, value) -> about.put("version." + key, value));
      about.put("dataSource", located.source());
      about.forEach(trainer::provenance);
      trainer.callback(
          Checkpoints.in(saving.folder())
              .everySteps(saving.steps())
              .best("val_accuracy", Goal.MAX)
              .replace(true));
      trainer.callback(new CsvLog(saving.folder().resolveSibling("results.csv")));
      if (saving.events()) {
        trainer.callback(TensorBoard.in(saving.folder().resolveSibling("events")).histograms(1));
      }
      if (saving.resume()) {
        trainer.resume(saving.folder());
      }
    }
    List.of(callbacks).forEach(trainer::callback);
    if (!AugmentOptions.any(plan.source())) {
      return trainer.fit(model, optimizer, located.split(), scale);
    }
    ImageData images = located.split().train();
    try (Loader train = Loader.of(images).batch(r.batch()).shuffle(plan.seed()).workers(1);
        Loader test = Loader.of(located.split().test()).batch(EVALUATION_BATCH).transform(scale)) {
      return trainer.fit(
          model, optimizer, AugmentOptions.apply(plan.source(), train, images, scale), test);
    }
  }

  @Override
  public void close() {
    optimizer.close();
    model.close();
  }
}
