package org.jacana.train;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jacana.Device;
import org.jacana.Tensor;
import org.jacana.data.ImageSplit;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.nn.Module;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Schedule;

/**
 * Trains classifiers of images. The order of the images follows from the seed alone; images that do
 * not fill a batch at the end of an epoch are left out of it.
 *
 * <pre>{@code
 * History h = new Trainer(10, 128, 0.05).fit(model, optimizer, split, Normalization.of(train));
 * }</pre>
 *
 * @param epochs passes over the train images, at least 1
 * @param batch images of a step, at least 1
 * @param learningRate positive and finite; the optimizer's own is overwritten at each step
 * @param schedule factor of the learning rate over the run
 * @param seed of the order of the images
 * @param listener hears of progress and may stop the run
 * @param execution precision, and whether the step is recorded
 */
public record Trainer(
    int epochs,
    int batch,
    double learningRate,
    Schedule schedule,
    long seed,
    Progress.Listener listener,
    Execution execution) {

  /** Losses are read together so that a device does not wait for the host at every step. */
  private static final int READ_EVERY = 16;

  private static final double READ_SECONDS = 0.2;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Trainer {
    Objects.requireNonNull(schedule, "schedule");
    Objects.requireNonNull(listener, "listener");
    Objects.requireNonNull(execution, "execution");
    if (epochs < 1) {
      throw new IllegalArgumentException("train: epochs must be at least 1, is " + epochs);
    }
    if (batch < 1) {
      throw new IllegalArgumentException("train: batch must be at least 1, is " + batch);
    }
    if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "train: the learning rate must be positive and finite, is " + learningRate);
    }
  }

  /** Executed by {@link Execution#DEFAULT}. */
  public Trainer(
      int epochs,
      int batch,
      double learningRate,
      Schedule schedule,
      long seed,
      Progress.Listener listener) {
    this(epochs, batch, learningRate, schedule, seed, listener, Execution.DEFAULT);
  }

  /** A cosine schedule, seed 0, nobody listening. */
  public Trainer(int epochs, int batch, double learningRate) {
    this(epochs, batch, learningRate, Schedule.cosine(), 0, new Progress.Listener() {});
  }

  /**
   * Trains a model and evaluates it after each epoch; leaves it in eval mode. Both model and
   * optimizer stay the caller's.
   *
   * @param model from [n, height, width, channels] to logits [n, classes]
   * @throws IllegalArgumentException if the batch is larger than the train images or the model
   *     gives another shape
   * @throws DivergedException if the loss is no finite number
   */
  public History fit(Module model, Optimizer optimizer, ImageSplit data, Normalization scale) {
    return new Run(this, model, optimizer, data, scale).fit();
  }

  /** A step's results that are still on the device. */
  private record Unread(TrainStep.Result result, int step, double learningRate)
      implements AutoCloseable {
    @Override
    public void close() {
      result.close();
    }
  }

  private static final class Run {
    private final Trainer options;
    private final Module model;
    private final TrainStep train;
    private final ImageSplit data;
    private final Normalization scale;
    private final Loader batches;
    private final StepClock clock;
    private final ArrayDeque<Unread> unread = new ArrayDeque<>();
    private final long start = System.nanoTime();

    private long warm;
    private double lossSum;
    private long correct;
    private int read;

    Run(Trainer options, Module model, Optimizer optimizer, ImageSplit data, Normalization scale) {
      this.options = options;
      this.model = model;
      this.data = data;
      this.scale = scale;
      batches =
          Loader.of(data.train())
              .batch(options.batch)
              .shuffle(options.seed)
              .dropLast(true)
              .transform(scale);
      clock = new StepClock((long) options.epochs * batches.batches());
      List<Tensor> parameters = model.parameters();
      Device device = parameters.isEmpty() ? Device.best() : parameters.get(0).device();
      train =
          new TrainStep(
              model,
              optimizer,
              Feed.of(batches, device, Residence.AUTO),
              data.train().classes(),
              options.execution,
              device,
              options.listener::note);
    }

    History fit() {
      List<History.Epoch> epochs = new ArrayList<>();
      boolean stopped = false;
      try {
        for (int e = 0; e < options.epochs && !stopped; e++) {
          long began = System.nanoTime();
          stopped = !pass(e);
          if (!stopped) {
            double speed = batches.batches() * (double) options.batch / seconds(began);
            Evaluation test = Evaluation.of(model, data.test(), scale);
            double images = (double) batches.batches() * options.batch;
            History.Epoch result =
                new History.Epoch(
                    lossSum / batches.batches(), correct / images, test, speed, seconds(began));
            epochs.add(result);
            options.listener.epoch(e + 1, options.epochs, result);
          }
        }
      } finally {
        unread.forEach(Unread::close);
        unread.clear();
        train.close();
        batches.close();
        model.zeroGrad();
        model.eval();
      }
      return new History(
          epochs, clock.imagesPerSecond(), clock.medianMillis(), seconds(start), stopped);
    }

    /** One pass over the train images; false when it was stopped. */
    private boolean pass(int epoch) {
      model.train();
      batches.start(epoch);
      lossSum = 0;
      correct = 0;
      read = 0;
      long began = System.nanoTime();
      long lastRead = began;
      for (int s = 0; s < batches.batches(); s++) {
        if (options.listener.stop()) {
          return false;
        }
        long stepBegan = System.nanoTime();
        unread.add(step((long) epoch * batches.batches() + s, s + 1));
        boolean last = s + 1 == batches.batches();
        if (last || unread.size() == READ_EVERY || seconds(lastRead) > READ_SECONDS) {
          readAll(epoch + 1);
          lastRead = System.nanoTime();
        }
        clock.add(seconds(stepBegan), options.batch);
        if (epoch == 0 && s < StepClock.WARM_UP) {
          warm = System.nanoTime();
        }
        if (unread.isEmpty()) {
          options.listener.step(progress(epoch, s + 1, began));
        }
      }
      return true;
    }

    private Unread step(long number, int stepOfEpoch) {
      long steps = (long) options.epochs * batches.batches();
      double rate = options.learningRate * options.schedule.factor(number, steps);
      return new Unread(train.run(rate), stepOfEpoch, rate);
    }

    private void readAll(int epoch) {
      while (!unread.isEmpty()) {
        try (Unread u = unread.poll()) {
          double loss = u.result().loss().item();
          if (!Double.isFinite(loss)) {
            throw new DivergedException(
                loss, epoch, u.step(), u.learningRate(), options.learningRate);
          }
          lossSum += loss;
          correct += (long) u.result().correct().item();
          read++;
        }
      }
    }

    private Progress progress(int epoch, int step, long began) {
      long done = (long) epoch * batches.batches() + step;
      long all = (long) options.epochs * batches.batches();
      double images = (double) step * options.batch;
      return new Progress(
          epoch + 1,
          options.epochs,
          step,
          batches.batches(),
          images / seconds(began),
          lossSum / read,
          correct / ((double) read * options.batch),
          secondsLeft(done, all));
    }

    /** From the run after its first steps, which are slow; NaN during those. */
    private double secondsLeft(long done, long all) {
      long measured = done - StepClock.WARM_UP;
      return done == all ? 0 : measured < 1 ? Double.NaN : seconds(warm) / measured * (all - done);
    }

    private static double seconds(long since) {
      return (System.nanoTime() - since) / 1e9;
    }
  }
}
