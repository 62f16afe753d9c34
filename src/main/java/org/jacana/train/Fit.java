package org.jacana.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jacana.Device;
import org.jacana.Precision;
import org.jacana.data.Loader;
import org.jacana.nn.Module;
import org.jacana.optim.LossScale;
import org.jacana.optim.Optimizer;
import org.jacana.optim.WeightAverage;

/** One run of a trainer: its loop. */
final class Fit {
  private static final int READ_EVERY = 16;
  private static final double READ_SECONDS = 0.2;

  private final Trainer options;
  private final Model trained;
  private final Loader loader;
  private final Supplier<Evaluation> validation;
  private final TrainStep train;
  private final Callbacks callbacks;
  private final TrainingRun run = new TrainingRun(this);
  private final Sums sums;
  private final Pace pace;
  private final Tracing tracing;
  private final Resumption resumption;

  /** What is trained with what; the average may be null, and the scale is there for FP16 only. */
  record Model(
      Module model, Optimizer optimizer, Device device, WeightAverage average, LossScale scale) {}

  /** A run over a loader's batches; the validation may be null. */
  Fit(
      Trainer options,
      Model trained,
      Objective objective,
      Loader loader,
      Supplier<Evaluation> validation) {
    this.options = options;
    this.trained = trained;
    this.loader = loader;
    this.validation = validation;
    if (options.scheduled && !options.schedulePerEpoch && totalSteps() < 0) {
      throw new IllegalArgumentException(
          "train: a schedule needs the number of steps, which a stream does not know; set"
              + " batchesPerEpoch, or use schedulePerEpoch");
    }
    callbacks = new Callbacks(options.callbacks);
    run.baseRate =
        options.learningRate > 0 ? options.learningRate : trained.optimizer.learningRate();
    sums = new Sums(objective.classifier(), run.baseRate);
    StepWork work =
        new StepWork(
            trained.model,
            trained.optimizer,
            objective,
            options.clipping,
            trained.scale,
            options.sam(trained.optimizer),
            trained.average);
    resumption = new Resumption(run, trained, options, loader, sums, callbacks);
    train =
        new TrainStep(
            work,
            () -> Feed.of(loader, trained.device, options.residence),
            loader.batchSize(),
            options.accumulate,
            options.execution,
            trained.device,
            options.listener::note);
    pace = new Pace(totalSteps(), train::waited);
    tracing = options.trace ? new Tracing(trained.model, train, loader) : null;
  }

  static LossScale scale(Execution how) {
    return how.precision() == Precision.FP16 ? new LossScale() : null;
  }

  Module model() {
    return trained.model;
  }

  Optimizer optimizer() {
    return trained.optimizer;
  }

  Device device() {
    return trained.device;
  }

  Trainer options() {
    return options;
  }

  Sums sums() {
    return sums;
  }

  Checkpoint checkpoint() {
    return resumption.save();
  }

  /** Batches of an epoch that are trained on; -1 if that is not known. */
  private int batches() {
    int all = loader.batches();
    int most = options.batchesPerEpoch;
    return all < 0 ? (most > 0 ? most : -1) : most > 0 ? Math.min(most, all) : all;
  }

  int stepsOfEpoch() {
    int n = batches();
    return n < 0 ? -1 : (n - 1) / options.accumulate + 1;
  }

  private long totalSteps() {
    return stepsOfEpoch() < 0 ? -1 : (long) options.epochs * stepsOfEpoch();
  }

  double waiting() {
    return pace.waiting();
  }

  History fit() {
    Throwable failure = null;
    try {
      if (options.resume != null) {
        resumption.load(options.resume);
      }
      callbacks.each(c -> c.start(run));
      boolean whole = true;
      while (whole && run.history.size() < options.epochs && run.stopReason() == null) {
        whole = epoch();
      }
      callbacks.each(c -> c.end(run));
      if (trained.average != null) {
        Averaging.put(trained.average, trained.model.parameters());
      }
      callbacks.each(c -> c.finish(run));
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    failure = close(failure);
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
    return new History(
        run.history,
        pace.examplesPerSecond(),
        pace.medianMillis(),
        pace.seconds(),
        run.history.size() < options.epochs ? run.stopReason() : null);
  }

  private Throwable close(Throwable failure) {
    Throwable all = callbacks.close(run, failure);
    sums.close();
    train.close();
    if (tracing != null) {
      tracing.close();
    }
    trained.model.zeroGrad();
    trained.model.eval();
    return all;
  }

  /** The rest of an epoch with its validation; false if it was stopped within. */
  private boolean epoch() {
    int index = run.history.size();
    run.epoch = index + 1;
    run.stepOfEpoch = (run.batch + options.accumulate - 1) / options.accumulate;
    pace.epoch();
    trained.model.train();
    go(index, run.batch);
    callbacks.each(c -> c.epochStart(run));
    if (run.stopReason() != null || !steps()) {
      sums.read();
      return false;
    }
    double speed = pace.epochExamplesPerSecond();
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss", sums.loss());
    if (!Double.isNaN(sums.accuracy())) {
      values.put("accuracy", sums.accuracy());
    }
    values.put("learning_rate", run.rate);
    if (trained.average == null) {
      ended(values, speed);
    } else {
      try (WeightAverage.Use use = trained.average.use()) {
        ended(values, speed);
      }
    }
    callbacks.each(c -> c.settled(run, true));
    return true;
  }

  private void go(int epoch, int batch) {
    loader.start(options.overfit ? 0 : epoch, options.overfit ? 0 : batch);
  }

  private void ended(Map<String, Double> values, double speed) {
    Evaluation test = validation == null ? null : validation.get();
    if (test != null) {
      test.values().forEach((name, v) -> values.put("val_" + name, v));
    }
    History.Epoch result = new History.Epoch(values, test, speed, pace.epochSeconds());
    run.values = result.values();
    run.history.add(result);
    run.batch = 0;
    sums.clear();
    options.listener.epoch(run.epoch, options.epochs, result);
    callbacks.each(c -> c.epochEnd(run));
  }

  /** The steps of the rest of an epoch; false if they were stopped. */
  private boolean steps() {
    int all = batches();
    long lastRead = System.nanoTime();
    while (all < 0 || run.batch < all) {
      if (options.listener.stop()) {
        run.stop(TrainingRun.REQUESTED);
      }
      if (run.stopReason() != null) {
        return false;
      }
      long began = System.nanoTime();
      int examples = step(all);
      if (examples == 0) {
        return true;
      }
      boolean last = run.batch == all;
      if (last
          || tracing != null
          || sums.unread() == READ_EVERY
          || Pace.seconds(lastRead) > READ_SECONDS) {
        read();
        lastRead = System.nanoTime();
      }
      pace.step(began, examples);
      if (sums.unread() == 0) {
        options.listener.step(progress());
      }
      callbacks.each(c -> c.step(run));
      callbacks.each(c -> c.settled(run, false));
    }
    return true;
  }

  /** One step; the number of its examples, 0 if the epoch is over. */
  private int step(int all) {
    int group = all < 0 ? options.accumulate : Math.min(options.accumulate, all - run.batch);
    long steps = totalSteps();
    double factor =
        options.schedulePerEpoch
            ? options.schedule.factor(run.epoch - 1, options.epochs)
            : options.schedule.factor(run.step, Math.max(steps, run.step + 1));
    double rate = run.baseRate * factor;
    if (options.overfit) {
      loader.start(0, 0);
    }
    if (tracing != null) {
      tracing.before(options.overfit ? 0 : run.epoch - 1, options.overfit ? 0 : run.batch);
    }
    TrainStep.Result r = train.run(rate, group);
    if (r == null) {
      return 0;
    }
    run.step++;
    run.stepOfEpoch++;
    run.batch += r.batches();
    run.rate = rate;
    sums.add(r, run.epoch, run.stepOfEpoch, rate);
    if (tracing != null) {
      tracing.after(r.batches(), r.examples());
    }
    return r.examples();
  }

  private void read() {
    try {
      sums.read();
    } catch (DivergedException e) {
      throw tracing == null ? e : tracing.explain(e);
    }
  }

  private Progress progress() {
    return new Progress(
        run.epoch,
        options.epochs,
        run.stepOfEpoch,
        stepsOfEpoch(),
        pace.epochExamplesPerSecond(),
        sums.loss(),
        sums.accuracy(),
        pace.secondsLeft(run.step),
        waiting());
  }
}
