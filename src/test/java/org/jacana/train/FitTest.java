package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Anomaly;
import org.jacana.backend.Backends;
import org.jacana.data.ArrayDataset;
import org.jacana.data.Batch;
import org.jacana.data.Example;
import org.jacana.data.ExampleStream;
import org.jacana.data.Loader;
import org.jacana.data.Target;
import org.jacana.io.StoredTensor;
import org.jacana.nn.CrossEntropyOptions;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.Module;
import org.jacana.optim.Adam;
import org.jacana.optim.Clip;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Schedule;
import org.jacana.optim.Sgd;
import org.jacana.optim.WeightAverage;
import org.jacana.train.metrics.Metrics;
import org.jacana.train.metrics.R2;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FitTest {
  private static final Device DEVICE = Devices.fast().get(0);

  @TempDir Path folder;

  @BeforeAll
  static void deterministic() {
    Backends.of(DEVICE).deterministic(true);
  }

  private static Optimizer sgd(List<Tensor> p) {
    return Sgd.of(p).learningRate(0.1);
  }

  private static Small.End run(
      int epochs,
      Function<List<Tensor>, ? extends Optimizer> rule,
      UnaryOperator<Trainer> options) {
    return Small.run(DEVICE, options, rule, epochs, new Callback() {});
  }

  private static Small.End run(int epochs, UnaryOperator<Trainer> options) {
    return run(epochs, FitTest::sgd, options);
  }

  /** y = 2 a - b + 1, learnt by one layer. */
  @Test
  void regressionInOneCall() {
    float[] x = new float[128];
    float[] y = new float[64];
    for (int i = 0; i < 64; i++) {
      x[2 * i] = (float) Math.sin(i);
      x[2 * i + 1] = (float) Math.cos(3 * i);
      y[i] = 2 * x[2 * i] - x[2 * i + 1] + 1;
    }
    long before = Devices.liveBytes();
    ArrayDataset data = ArrayDataset.values("line", x, Shape.of(2), y, Shape.of(1));
    try (Scope scope = Scope.open(DEVICE);
        Module model = new Linear(2, 1, new Generator(1));
        Loader train = Loader.of(data).batch(16).shuffle(1);
        Loader test = Loader.of(data).batch(40)) {
      Trainer trainer =
          new Trainer(60)
              .loss(Losses::mse)
              .optimizer(p -> Adam.of(p).learningRate(0.1))
              .metric(Metrics::mae)
              .metric(R2::new);
      History h = trainer.fit(model, train, test);
      assertTrue(h.last().trainLoss() < 1e-4, h.last().toString());
      assertTrue(Double.isNaN(h.last().trainAccuracy()));
      assertEquals(-1, h.last().test().correct());
      assertTrue(h.last().values().get("val_r2") > 0.999, h.last().toString());
      assertTrue(h.values("val_mae").get(0) > h.values("val_mae").get(59));
      Evaluation e = trainer.evaluate(model, test);
      assertEquals(h.last().test(), e);
      assertEquals(64, e.count());
      Tensor answer = Trainer.predict(model, Tensor.of(new float[] {1, 0.5f}, 1, 2));
      assertEquals(2.5, answer.floats()[0], 0.05);
      assertFalse(answer.requiresGrad());
    }
    assertEquals(before, Devices.liveBytes());
  }

  /** The last partial batch is trained on: an epoch is as if its steps were made by hand. */
  @Test
  void anEpochByHand() {
    Small.End fitted = run(1, t -> t);
    Generator.seed(11);
    try (Scope scope = Scope.open(DEVICE);
        Module model = Small.model();
        Optimizer optimizer = sgd(model.parameters());
        Loader train = Small.train(5)) {
      int examples = 0;
      for (Batch b : train.epoch(0)) {
        try (Scope step = Scope.open()) {
          Losses.crossEntropy(model.apply(b.x()), b.y()).backward();
          optimizer.step();
          model.zeroGrad();
        }
        examples += b.size();
      }
      assertEquals(36, examples);
      assertEquals(WeightsHash.sha256(model), fitted.weights());
    }
  }

  /** Two batches a step: the mean of their gradients. */
  @Test
  void accumulationByHand() {
    Small.End fitted = run(1, t -> t.accumulate(2).clipNorm(0.3));
    assertEquals(3, fitted.last().step());
    Generator.seed(11);
    try (Scope scope = Scope.open(DEVICE);
        Module model = Small.model();
        Optimizer optimizer = sgd(model.parameters());
        Loader train = Small.train(5)) {
      int n = 0;
      for (Batch b : train.epoch(0)) {
        n++;
        try (Scope step = Scope.open()) {
          Losses.crossEntropy(model.apply(b.x()), b.y()).backward();
          if (n % 2 == 0 || n == 5) {
            for (Tensor p : model.parameters()) {
              p.grad().assign(p.grad().div(n == 5 ? 1 : 2));
            }
            Clip.byNorm(Clip.gradients(model.parameters()), 0.3);
            optimizer.step();
            model.zeroGrad();
          }
        }
      }
      Checkpoint c = fitted.last();
      model
          .namedParameters()
          .forEach(
              (name, p) -> {
                float[] wanted = p.floats();
                float[] is = new float[wanted.length];
                c.model().get(name).bytes().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(is);
                assertArrayEquals(wanted, is, 1e-6f, name);
              });
    }
  }

  @Test
  void schedulesPerStepAndPerEpoch() {
    List<Double> rates = new ArrayList<>();
    Callback watch = Callback.onStep(r -> rates.add(r.learningRate()));
    run(2, t -> t.schedule(Schedule.linear()).learningRate(1e-2).callback(watch));
    assertEquals(10, rates.size());
    for (int i = 0; i < 10; i++) {
      assertEquals(1e-2 * (1 - i / 10.0), rates.get(i), 1e-12);
    }
    rates.clear();
    run(2, t -> t.schedulePerEpoch(Schedule.exponential(0.5)).callback(watch));
    assertEquals(List.of(0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05), rates);
  }

  @Test
  void labelSmoothingKeepsTheAccuracy() {
    CrossEntropyOptions smooth = CrossEntropyOptions.DEFAULT.smoothing(0.1);
    Small.End plain = run(2, t -> t);
    Small.End smoothed =
        run(2, t -> t.classification((y, target) -> Losses.crossEntropy(y, target, smooth)));
    assertNotEquals(plain.weights(), smoothed.weights());
    assertTrue(smoothed.history().last().trainAccuracy() >= 0);
    assertTrue(smoothed.history().last().test().accuracy() >= 0);
  }

  @Test
  void metricsAreOfTheValidation() {
    Small.End end = run(1, t -> t.metric(Metrics::accuracy).metric(() -> Metrics.topAccuracy(10)));
    Evaluation e = end.history().last().test();
    assertEquals(e.accuracy(), e.metrics().get("accuracy"), 1e-12);
    assertEquals(1, end.history().last().values().get("val_top10Accuracy"));
  }

  @Test
  void frozenParametersStay() {
    List<float[]> before = new ArrayList<>();
    List<float[]> after = new ArrayList<>();
    Callback watch =
        new Callback() {
          @Override
          public void start(TrainingRun run) {
            run.model().parameters().forEach(p -> before.add(p.floats()));
          }

          @Override
          public void end(TrainingRun run) {
            run.model().parameters().forEach(p -> after.add(p.floats()));
          }

          @Override
          public void closed(TrainingRun run, Throwable failure) {
            assertFalse(run.model().parameters().get(0).requiresGrad());
          }
        };
    run(1, t -> t.freeze("1.", "6.bias").callback(watch));
    assertArrayEquals(before.get(0), after.get(0));
    assertArrayEquals(before.get(1), after.get(1));
    assertNotEquals(before.get(2)[0], after.get(2)[0]);
    assertArrayEquals(before.get(5), after.get(5));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> run(1, t -> t.freeze("encoder.")));
    assertTrue(e.getMessage().contains("no parameter's name starts with 'encoder.'"));
  }

  @Test
  void oneBatchCanBeLearntByHeart() {
    Small.End end = run(40, p -> Adam.of(p).learningRate(0.03), t -> t.overfitOneBatch(true));
    assertEquals(200, end.last().step());
    assertTrue(end.history().last().trainAccuracy() > 0.75, end.history().last().toString());
    assertTrue(end.history().last().trainLoss() < end.history().epochs().get(0).trainLoss() / 2);
  }

  @Test
  void theAverageIsEvaluatedAndLeft() {
    List<Double> seen = new ArrayList<>();
    Small.End end =
        run(
            2,
            t ->
                t.average(p -> WeightAverage.mean(p))
                    .callback(Callback.onEpochEnd(r -> seen.add(r.values().get("val_loss")))));
    Small.End plain = run(2, t -> t);
    assertNotEquals(plain.weights(), end.weights());
    assertEquals(
        plain.history().last().trainLoss(), end.history().last().trainLoss(), "the same steps");
    assertNotEquals(plain.history().last().test().loss(), seen.get(1));
  }

  @Test
  void progressTellsTheWaiting() {
    List<Progress> seen = new ArrayList<>();
    run(
        1,
        t ->
            t.listener(
                new Progress.Listener() {
                  @Override
                  public void step(Progress now) {
                    seen.add(now);
                  }
                }));
    Progress last = seen.get(seen.size() - 1);
    assertEquals(5, last.step());
    assertTrue(last.waiting() > 0 && last.waiting() <= 1, last.toString());
  }

  @Test
  void epochsArePrinted() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Checkpoint c = run(1, t -> t).last();
    Map<String, String> elsewhere = new LinkedHashMap<>(c.provenance());
    elsewhere.put("device", "cuda:7");
    Checkpoint other = new Checkpoint(c.model(), c.parts(), c.generators(), c.history(), elsewhere);
    run(2, t -> t.resume(other).listener(Progress.Listener.printing(new PrintStream(bytes, true))));
    List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(2, lines.size(), lines.toString());
    assertEquals(
        "resume: the run goes on, but perhaps not to the same bits: device was cuda:7, is "
            + DEVICE,
        lines.get(0));
    assertTrue(
        lines
            .get(1)
            .matches(
                "epoch 2/2 \\| loss [\\d.]+ \\| accuracy [\\d.]+ \\| learning_rate 0.1000 \\| val_loss"
                    + " [\\d.]+ \\| val_accuracy [\\d.]+ \\| [\\d.]+ s( \\| waits for data \\d+ %)?"),
        lines.get(1));
  }

  @Test
  void divergenceCanBeTracedToItsOperation() {
    // The loss turns into the logarithm of a negative number in the third step.
    Function<UnaryOperator<Trainer>, DivergedException> fails =
        more -> {
          int[] calls = {0};
          List<float[]> seen = new ArrayList<>();
          Loss loss =
              (y, target) -> {
                Tensor good = Losses.crossEntropy(y, target);
                float[] x = target.to(DType.F32).floats();
                boolean known = seen.stream().anyMatch(s -> Arrays.equals(s, x));
                if (!known) {
                  seen.add(x);
                  calls[0]++;
                }
                boolean third = seen.size() >= 3 && Arrays.equals(seen.get(2), x);
                return third ? good.sub(100).log() : good;
              };
          return assertThrows(
              DivergedException.class, () -> run(1, t -> more.apply(t.classification(loss))));
        };
    String plain = fails.apply(t -> t).getMessage();
    assertTrue(plain.startsWith("training: the loss became NaN at epoch 1, step 3 ("), plain);
    DivergedException traced = fails.apply(t -> t.traceDivergence(true));
    assertTrue(traced.getMessage().startsWith(plain + "; it began here: "), traced.getMessage());
    assertTrue(traced.getCause() instanceof Anomaly, traced.toString());
    assertEquals("log", ((Anomaly) traced.getCause()).operation());
    assertTrue(traced.getMessage().contains("FitTest"), traced.getMessage());
  }

  @Test
  void anUpdateThatOverflowsIsSaid() {
    DivergedException e =
        assertThrows(
            DivergedException.class, () -> run(2, t -> t.learningRate(1e30).traceDivergence(true)));
    assertTrue(e.getMessage().contains("it began here"), e.getMessage());
  }

  @Test
  void resumingSomethingElseChangesNothing() throws IOException {
    Checkpoint c = run(1, t -> t).last();
    String fresh = start(t -> t);
    record Wrong(UnaryOperator<Trainer> options, String says) {}
    for (Wrong w :
        List.of(
            new Wrong(t -> t.resume(c).accumulate(2), "its accumulate is 1, here it is 2"),
            new Wrong(t -> t.resume(c).average(p -> WeightAverage.mean(p)), "this run's average"),
            new Wrong(t -> t.resume(without(c, "optimizer")), "this run's optimizer"),
            new Wrong(t -> t.resume(later(c)), "it has 1 epochs' figures"))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> run(2, w.options()));
      assertTrue(e.getMessage().contains(w.says()), e.getMessage());
    }
    IllegalArgumentException rule =
        assertThrows(
            IllegalArgumentException.class, () -> run(2, p -> Adam.of(p), t -> t.resume(c)));
    assertTrue(
        rule.getMessage().contains("its optimizer is Sgd, here it is Adam"), rule.getMessage());
    assertEquals(fresh, start(t -> t.resume(swapped(c))), "a wrong model");
  }

  @Test
  void resumingOnOtherDataIsRefused() throws IOException {
    Checkpoint c = run(1, t -> t).last();
    for (Loader other :
        List.of(
            Small.train(6),
            Loader.of(Small.TRAIN.slice(0, 32)).batch(8).shuffle(5).transform(Small.SCALE),
            Loader.of(Small.TRAIN).batch(9).shuffle(5).transform(Small.SCALE))) {
      try (Scope scope = Scope.open(DEVICE);
          Module model = Small.model();
          Optimizer optimizer = sgd(model.parameters());
          other) {
        Trainer t = new Trainer(2).resume(c);
        IllegalArgumentException e =
            assertThrows(
                IllegalArgumentException.class, () -> t.fit(model, optimizer, other, null));
        assertTrue(
            e.getMessage()
                .matches("resume: the checkpoint is of another run: its (order|data|batch) is .*"),
            e.getMessage());
      }
    }
  }

  @Test
  void theNumberOfWorkersDoesNotMatter() {
    Checkpoint[] middle = new Checkpoint[1];
    Callback watch =
        new Callback() {
          @Override
          public void settled(TrainingRun run, boolean epochEnded) {
            middle[0] = run.step() == 7 ? run.checkpoint() : middle[0];
          }
        };
    String whole = run(2, t -> t.callback(watch)).weights();
    try (Scope scope = Scope.open(DEVICE);
        Module model = Small.model();
        Optimizer optimizer = sgd(model.parameters());
        Loader train = Small.train(5, 2)) {
      new Trainer(2).resume(middle[0]).fit(model, optimizer, train, null);
      assertEquals(whole, WeightsHash.sha256(model));
    }
  }

  /** A stream does not know how many batches it has. */
  @Test
  void streamsAreTrainedOnAndResumed() throws IOException {
    Checkpoint[] half = new Checkpoint[1];
    Callback watch =
        new Callback() {
          @Override
          public void settled(TrainingRun run, boolean epochEnded) {
            half[0] = run.step() == 7 && !epochEnded ? run.checkpoint() : half[0];
          }
        };
    String whole = stream(new Trainer(2).callback(watch));
    assertEquals(whole, stream(new Trainer(2).resume(half[0])));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> stream(new Trainer(2).schedule(Schedule.cosine())));
    assertTrue(e.getMessage().contains("set batchesPerEpoch"), e.getMessage());
    assertNotEquals(whole, stream(new Trainer(2).schedule(Schedule.cosine()).batchesPerEpoch(4)));
  }

  private static String stream(Trainer trainer) {
    ExampleStream numbers =
        ExampleStream.of(
            "numbers",
            Shape.of(8, 8, 1),
            Target.classes(Small.TRAIN.classNames()),
            () ->
                IntStream.range(0, 36)
                    .mapToObj(
                        i -> {
                          float[] x = new float[64];
                          for (int k = 0; k < 64; k++) {
                            x[k] = (float) Math.sin(i * k);
                          }
                          return Example.of(x, i % 10);
                        }));
    try (Scope scope = Scope.open(DEVICE);
        Module model = Small.model();
        Optimizer optimizer = sgd(model.parameters());
        Loader train = Loader.stream(numbers).batch(8).workers(0)) {
      Generator.seed(4);
      History h = trainer.fit(model, optimizer, train, null);
      assertEquals(2, h.epochs().size());
      return WeightsHash.sha256(model);
    }
  }

  /** The weights after a run that failed at its start, or of none that began. */
  private static String start(UnaryOperator<Trainer> options) {
    try (Scope scope = Scope.open(DEVICE);
        Module model = Small.model();
        Optimizer optimizer = sgd(model.parameters());
        Loader train = Small.train(5)) {
      Trainer t = options.apply(new Trainer(2));
      if (t.resume != null) {
        assertThrows(IllegalArgumentException.class, () -> t.fit(model, optimizer, train, null));
        assertEquals(0.1, optimizer.learningRate());
        assertTrue(optimizer.state().tensors().isEmpty());
      }
      return WeightsHash.sha256(model);
    }
  }

  private static Checkpoint with(Checkpoint c, Map<String, Checkpoint.Part> parts) {
    return new Checkpoint(c.model(), parts, c.generators(), c.history(), c.provenance());
  }

  private static Checkpoint without(Checkpoint c, String part) {
    Map<String, Checkpoint.Part> parts = new LinkedHashMap<>(c.parts());
    parts.remove(part);
    return with(c, parts);
  }

  private static Checkpoint later(Checkpoint c) {
    Map<String, Checkpoint.Part> parts = new LinkedHashMap<>(c.parts());
    Map<String, Double> run = new LinkedHashMap<>(parts.get(Checkpoint.RUN).scalars());
    run.put("epoch", 2.0);
    parts.put(Checkpoint.RUN, new Checkpoint.Part(Map.of(), run));
    return with(c, parts);
  }

  /** Of a model with one layer's tensors exchanged. */
  private static Checkpoint swapped(Checkpoint c) {
    Map<String, StoredTensor> model = new LinkedHashMap<>(c.model());
    model.put("1.weight", c.model().get("6.weight"));
    return new Checkpoint(model, c.parts(), c.generators(), c.history(), c.provenance());
  }
}
