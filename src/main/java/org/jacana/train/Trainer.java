package org.jacana.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.data.ImageSplit;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.nn.Module;
import org.jacana.optim.AdamW;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Schedule;
import org.jacana.optim.WeightAverage;
import org.jacana.train.metrics.Metric;

/**
 * Trains models: classifiers unless it is given another loss. What it does follows from its options
 * and the seeds alone; a run that was interrupted goes on from a checkpoint to the same bits.
 *
 * <pre>{@code
 * History h =
 *     new Trainer(20)
 *         .optimizer(p -> AdamW.of(p).learningRate(2e-3))
 *         .schedule(Schedule.cosine().after(100))
 *         .metric(Metrics::accuracy)
 *         .callback(EarlyStopping.on("val_loss", Goal.MIN).patience(3))
 *         .callback(Checkpoints.in(folder).best("val_loss", Goal.MIN))
 *         .fit(model, train, validation);
 * }</pre>
 */
public final class Trainer extends StepOptions<Trainer> {
  final int epochs;
  final List<Callback> callbacks = new ArrayList<>();
  final Map<String, Stateful> also = new LinkedHashMap<>();
  final Map<String, String> provenance = new LinkedHashMap<>();
  final List<Supplier<Metric>> metrics = new ArrayList<>();
  Progress.Listener listener = new Progress.Listener() {};
  Objective objective = Objective.CLASSES;
  Checkpoint resume;
  private int batch = 32;
  private long seed;
  private boolean dropLast;
  private Function<List<Tensor>, ? extends Optimizer> optimizer = AdamW::of;
  private Function<List<Tensor>, WeightAverage> average;
  private final List<String> notes = new ArrayList<>();

  /**
   * A trainer of so many epochs with the optimizer's own learning rate.
   *
   * @throws IllegalArgumentException if there is not at least 1
   */
  public Trainer(int epochs) {
    require(epochs >= 1, "epochs must be at least 1", epochs);
    this.epochs = epochs;
  }

  @Override
  Trainer self() {
    return this;
  }

  /** For {@link #fit(Module, Optimizer, ImageSplit, Normalization)}: a cosine schedule, seed 0. */
  public Trainer(int epochs, int batch, double learningRate) {
    this(epochs, batch, learningRate, Schedule.cosine(), 0, new Progress.Listener() {});
  }

  /** For {@link #fit(Module, Optimizer, ImageSplit, Normalization)}. */
  public Trainer(
      int epochs,
      int batch,
      double learningRate,
      Schedule schedule,
      long seed,
      Progress.Listener listener) {
    this(epochs, batch, learningRate, schedule, seed, listener, Execution.DEFAULT);
  }

  /** For {@link #fit(Module, Optimizer, ImageSplit, Normalization)}. */
  public Trainer(
      int epochs,
      int batch,
      double learningRate,
      Schedule schedule,
      long seed,
      Progress.Listener listener,
      Execution execution) {
    this(epochs);
    batch(batch).learningRate(learningRate).schedule(schedule).seed(seed);
    listener(listener).execution(execution);
  }

  /** Images of a step where the trainer makes the loader, at least 1; 32 unless set. */
  public Trainer batch(int images) {
    require(images >= 1, "batch must be at least 1", images);
    batch = images;
    return this;
  }

  /** Seed of the images' order where the trainer makes the loader; 0 unless set. */
  public Trainer seed(long seed) {
    this.seed = seed;
    return this;
  }

  /** Whether images that do not fill a batch are left out, where the trainer makes the loader. */
  public Trainer dropLast(boolean drop) {
    dropLast = drop;
    return this;
  }

  /** Makes the optimizer, which is closed after the run; AdamW unless set. */
  public Trainer optimizer(Function<List<Tensor>, ? extends Optimizer> make) {
    optimizer = Objects.requireNonNull(make, "optimizer");
    return this;
  }

  /** A classifier with another loss than the cross-entropy, such as one with label smoothing. */
  public Trainer classification(Loss loss) {
    objective = new Objective(Objects.requireNonNull(loss, "loss"), true, 0);
    return this;
  }

  /** Another task than classification, such as a regression with {@code Losses::mse}. */
  public Trainer loss(Loss loss) {
    objective = new Objective(Objects.requireNonNull(loss, "loss"), false, 0);
    return this;
  }

  /** A further figure of each evaluation, "val_" and its name; closed by the trainer. */
  public Trainer metric(Supplier<Metric> make) {
    metrics.add(Objects.requireNonNull(make, "metric"));
    return this;
  }

  /** Hears of the run, after those given before. */
  public Trainer callback(Callback next) {
    callbacks.add(Objects.requireNonNull(next, "callback"));
    return this;
  }

  /** Hears of progress and notes, and may stop the run. */
  public Trainer listener(Progress.Listener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /** Evaluates with an average of the weights, and leaves it in their place at the end. */
  public Trainer average(Function<List<Tensor>, WeightAverage> make) {
    average = Objects.requireNonNull(make, "average");
    return this;
  }

  /** Saves something else with the checkpoints, such as a {@code Lookahead}'s state. */
  public Trainer also(
      String name, Supplier<Optimizer.State> state, Consumer<Optimizer.State> load) {
    require(!name.contains("/") && !also.containsKey(name), "a name is needed, once, no /", name);
    also.put(name, Stateful.of(state, load));
    return this;
  }

  /** Writes something about the run into its checkpoints. */
  public Trainer provenance(String key, String value) {
    provenance.put(key, value);
    return this;
  }

  /**
   * Goes on from a checkpoint, or from the newest readable one of a folder. Model, optimizer, data
   * and options must be those of the run that was saved; more epochs may be asked for.
   *
   * @throws org.jacana.data.FormatException if it is damaged, or all of them are
   * @throws IOException if there is none
   */
  public Trainer resume(Path fileOrFolder) throws IOException {
    resume = Checkpoint.find(fileOrFolder, notes::add);
    return this;
  }

  /** As {@link #resume(Path)}, from what was read before. */
  public Trainer resume(Checkpoint from) {
    resume = Objects.requireNonNull(from, "checkpoint");
    return this;
  }

  /**
   * Trains a model with an optimizer made for it.
   *
   * @param validation for the evaluation after each epoch; null for none
   */
  public History fit(Module model, Loader train, Loader validation) {
    try (Scope scope = Scope.open(Training.device(model));
        Optimizer o = optimizer.apply(model.parameters())) {
      return fit(model, o, train, validation);
    }
  }

  /**
   * Trains a model and evaluates it after each epoch; leaves it in eval mode with the last step's
   * weights, unless an average or a callback puts others in their place. Model, optimizer and
   * loaders stay the caller's.
   *
   * @param validation null for no evaluation
   * @throws IllegalArgumentException if shapes do not fit, or what is resumed is of another run
   * @throws DivergedException if the loss is no finite number
   * @throws java.io.UncheckedIOException if a callback cannot write, or data cannot be read
   */
  public History fit(Module model, Optimizer optimizer, Loader train, Loader validation) {
    return new Training(this, model, optimizer)
        .fit(
            train,
            objective,
            validation == null ? null : m -> Evaluating.of(model, validation, objective, m));
  }

  /**
   * Trains a classifier of images, whose order follows from the seed alone.
   *
   * @param model from [n, height, width, channels] to logits [n, classes]
   * @throws IllegalArgumentException if the batch is larger than the train images or the model
   *     gives another shape
   * @throws DivergedException if the loss is no finite number
   */
  public History fit(Module model, Optimizer optimizer, ImageSplit data, Normalization scale) {
    try (Loader train =
        Training.images(data.train(), batch).shuffle(seed).dropLast(dropLast).transform(scale)) {
      return new Training(this, model, optimizer)
          .fit(
              train,
              objective.of(data.train().classes()),
              m -> Evaluating.of(model, data.test(), scale, objective, m));
    }
  }

  Function<List<Tensor>, WeightAverage> average() {
    return average;
  }

  List<String> notes() {
    return notes;
  }

  /** How well a model does on data, by this trainer's loss and metrics; in eval mode. */
  public Evaluation evaluate(Module model, Loader data) {
    try (Scope scope = Scope.open(Training.device(model))) {
      return Evaluating.with(this, m -> Evaluating.of(model, data, objective, m));
    }
  }

  /** A model's answer in eval mode, without recording; owned by the innermost scope. */
  public static Tensor predict(Module model, Tensor x) {
    boolean training = model.isTraining();
    model.eval();
    try (Autograd.Mode off = Autograd.noGrad()) {
      return model.apply(x);
    } finally {
      model.train(training);
    }
  }
}
