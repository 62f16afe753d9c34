package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.data.FormatException;
import org.jacana.io.EventFile;
import org.jacana.io.FaultyDisk;
import org.jacana.optim.Sgd;
import org.jacana.optim.WeightAverage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallbacksTest {
  private static final double NAN = Double.NaN;

  @TempDir Path folder;

  private static Small.End run(int epochs, UnaryOperator<Trainer> options) {
    Device device = Devices.fast().get(0);
    return Small.run(device, options, p -> Sgd.of(p).learningRate(0.05), epochs, new Callback() {});
  }

  /** Writes down what it hears, and throws where it is told to. */
  private static final class Diary implements Callback {
    private final String name;
    private final String throwing;
    private final List<String> lines;

    Diary(String name, String throwing, List<String> lines) {
      this.name = name;
      this.throwing = throwing;
      this.lines = lines;
    }

    private void hear(String event) throws IOException {
      lines.add(name + event);
      if (event.equals(throwing)) {
        throw new IOException("planted in " + event);
      }
    }

    @Override
    public void start(TrainingRun run) throws IOException {
      hear("start");
    }

    @Override
    public void epochStart(TrainingRun run) throws IOException {
      hear("epochStart " + run.epoch());
    }

    @Override
    public void step(TrainingRun run) throws IOException {
      hear("step " + run.stepOfEpoch());
    }

    @Override
    public void epochEnd(TrainingRun run) throws IOException {
      hear("epochEnd " + run.epoch() + (run.values().containsKey("val_loss") ? "" : "?"));
    }

    @Override
    public void settled(TrainingRun run, boolean epochEnded) throws IOException {
      hear("settled " + run.step() + (epochEnded ? " epoch" : ""));
    }

    @Override
    public void end(TrainingRun run) throws IOException {
      hear("end");
    }

    @Override
    public void finish(TrainingRun run) throws IOException {
      hear("finish");
    }

    @Override
    public void closed(TrainingRun run, Throwable failure) throws IOException {
      hear("closed" + (failure == null ? "" : " " + failure.getMessage()));
    }
  }

  @Test
  void eventsComeInTheOrderThatIsWritten() {
    List<String> lines = new ArrayList<>();
    run(
        2,
        t ->
            t.batchesPerEpoch(2)
                .callback(new Diary("", "", lines))
                .callback(new Diary("+", "", lines)));
    List<String> one =
        List.of(
            "start",
            "epochStart 1",
            "step 1",
            "settled 1",
            "step 2",
            "settled 2",
            "epochEnd 1",
            "settled 2 epoch",
            "epochStart 2",
            "step 1",
            "settled 3",
            "step 2",
            "settled 4",
            "epochEnd 2",
            "settled 4 epoch",
            "end",
            "finish",
            "closed");
    assertEquals(one.stream().flatMap(l -> Stream.of(l, "+" + l)).toList(), lines);
  }

  @ParameterizedTest
  @CsvSource({
    "start",
    "epochStart 1",
    "step 1",
    "settled 1",
    "settled 2 epoch",
    "epochEnd 1",
    "end",
    "finish"
  })
  void anExceptionEndsTheRunCleanly(String event) {
    long before = Devices.liveBytes();
    List<String> lines = new ArrayList<>();
    UncheckedIOException e =
        assertThrows(
            UncheckedIOException.class,
            () ->
                run(
                    1,
                    t ->
                        t.batchesPerEpoch(2)
                            .average(p -> WeightAverage.mean(p))
                            .callback(EarlyStopping.on("val_loss", Goal.MIN))
                            .callback(new Diary("", event, lines))
                            .callback(new Diary("+", "", lines))));
    assertEquals("planted in " + event, e.getCause().getMessage());
    assertEquals(
        List.of(event, "closed planted in " + event, "+closed planted in " + event),
        lines.subList(lines.size() - 3, lines.size()));
    assertEquals(before, Devices.liveBytes());
  }

  @Test
  void exceptionsOfTheLastWordAreNotLost() {
    RuntimeException first = new RuntimeException("first");
    Callback closing =
        new Callback() {
          @Override
          public void closed(TrainingRun run, Throwable failure) {
            throw new IllegalStateException("closing");
          }
        };
    RuntimeException e =
        assertThrows(
            RuntimeException.class,
            () ->
                run(
                    1,
                    t ->
                        t.callback(closing)
                            .callback(
                                Callback.onStep(
                                    r -> {
                                      throw first;
                                    }))));
    assertSame(first, e);
    assertEquals("closing", e.getSuppressed()[0].getMessage());
    assertThrows(IllegalStateException.class, () -> run(1, t -> t.callback(closing)));
  }

  /** Puts a figure of our own into each epoch. */
  private static Callback figures(double... values) {
    return Callback.onEpochEnd(r -> r.values = Map.of("m", values[r.epoch() - 1]));
  }

  private static void stops(
      int afterEpoch, int bestEpoch, EarlyStopping stopping, double... values) {
    List<String> weights = new ArrayList<>();
    Callback notes = Callback.onEpochEnd(r -> weights.add(WeightsHash.sha256(r.model())));
    Small.End end =
        run(values.length, t -> t.callback(figures(values)).callback(notes).callback(stopping));
    assertEquals(afterEpoch, end.history().epochs().size());
    assertEquals(afterEpoch < values.length, end.history().stopped());
    assertEquals(weights.get((bestEpoch == 0 ? afterEpoch : bestEpoch) - 1), end.weights());
  }

  private static EarlyStopping min() {
    return EarlyStopping.on("m", Goal.MIN);
  }

  @Test
  void earlyStoppingTable() {
    stops(4, 4, min(), 4, 3, 2, 1);
    stops(3, 2, min(), 4, 3, 3, 1);
    stops(4, 2, min().patience(1), 4, 3, 3, 5, 1);
    stops(5, 5, min().patience(1), 4, 3, 3, 2, 1);
    stops(2, 1, min().minDelta(0.5), 4, 3.6, 1);
    stops(3, 3, min().minDelta(0.5), 4, 3.4, 1);
    stops(2, 1, EarlyStopping.on("m", Goal.MAX), 1, 0.5, 3);
    stops(3, 3, EarlyStopping.on("m", Goal.MAX), 1, 2, 3);
    stops(2, 1, min(), 4, NAN, 1);
    stops(1, 0, min(), NAN, 1);
    stops(3, 3, min().patience(1), NAN, 5, 4);
    stops(5, 3, min().startEpoch(3).patience(1), 1, 0, 4, 5, 6, 1);
    stops(2, 0, min().restoreBest(false), 1, 2, 3);
  }

  @Test
  void earlyStoppingNamesTheFiguresThereAre() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> run(1, t -> t.callback(EarlyStopping.on("val_acc", Goal.MAX))));
    assertEquals(
        "earlyStopping: there is no figure 'val_acc'; there are [loss, accuracy, learning_rate,"
            + " val_loss, val_accuracy]",
        e.getMessage());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(f -> f.getFileName().toString())
          .sorted()
          .map(name -> name.replaceAll("checkpoint-0*|.safetensors", ""))
          .toList();
    }
  }

  /** Runs of three epochs of five steps. */
  @Test
  void checkpointsTable() throws IOException {
    Object[][] table = {
      {"10 15", new double[] {3, 2, 1}, (UnaryOperator<Checkpoints>) c -> c},
      {"5 10 15", new double[] {3, 2, 1}, (UnaryOperator<Checkpoints>) c -> c.keep(3)},
      {"15", new double[] {3, 2, 1}, (UnaryOperator<Checkpoints>) c -> c.everyEpochs(0)},
      {"10 15", new double[] {3, 2, 1}, (UnaryOperator<Checkpoints>) c -> c.everyEpochs(2)},
      {
        "12 14 15",
        new double[] {3, 2, 1},
        (UnaryOperator<Checkpoints>) c -> c.keep(3).everySteps(2)
      },
      {
        "13 14 15",
        new double[] {3, 2, 1},
        (UnaryOperator<Checkpoints>) c -> c.keep(3).everySeconds(1e-9)
      },
      {"15", new double[] {3, 2, 1}, (UnaryOperator<Checkpoints>) c -> c.keep(1)},
      {
        "10 15 best 10",
        new double[] {3, 1, 2},
        (UnaryOperator<Checkpoints>) c -> c.best("m", Goal.MIN)
      },
      {
        "10 15 best 5",
        new double[] {3, NAN, 2},
        (UnaryOperator<Checkpoints>) c -> c.best("m", Goal.MAX)
      },
      {
        "10 15",
        new double[] {NAN, NAN, NAN},
        (UnaryOperator<Checkpoints>) c -> c.best("m", Goal.MAX)
      },
    };
    for (int i = 0; i < table.length; i++) {
      Path at = folder.resolve("c" + i);
      @SuppressWarnings("unchecked")
      UnaryOperator<Checkpoints> options = (UnaryOperator<Checkpoints>) table[i][2];
      double[] values = (double[]) table[i][1];
      run(3, t -> t.callback(figures(values)).callback(options.apply(Checkpoints.in(at))));
      List<String> found = new ArrayList<>(names(at));
      if (found.remove("best")) {
        found.add("best " + Checkpoint.read(at.resolve(Checkpoints.BEST)).step());
      }
      assertEquals(table[i][0], String.join(" ", found), "row " + i);
    }
  }

  @Test
  void checkpointsOfAnotherRunAreNotOverwritten() throws IOException {
    run(1, t -> t.callback(Checkpoints.in(folder)));
    UncheckedIOException e =
        assertThrows(
            UncheckedIOException.class, () -> run(1, t -> t.callback(Checkpoints.in(folder))));
    assertTrue(e.getMessage().contains("checkpoints of another run are here"), e.getMessage());
    run(2, t -> t.callback(Checkpoints.in(folder).replace(true)));
    assertEquals(List.of("5", "10"), names(folder));
  }

  @Test
  void laterOnesGoWhenARunIsTakenUpFromAnEarlierOne() throws IOException {
    run(3, t -> t.callback(Checkpoints.in(folder).keep(3)));
    assertEquals(List.of("5", "10", "15"), names(folder));
    Checkpoint first = Checkpoint.read(folder.resolve(Checkpoint.name(5)));
    run(2, t -> t.resume(first).callback(Checkpoints.in(folder).keep(3)));
    assertEquals(List.of("5", "10"), names(folder));
  }

  @Test
  void aRunThatIsStoppedSavesItsLastStep() throws IOException {
    Small.End end =
        run(
            3,
            t ->
                t.callback(Checkpoints.in(folder))
                    .callback(
                        Callback.onStep(
                            r -> {
                              if (r.step() == 7) {
                                r.stop("enough");
                              }
                            })));
    assertEquals("enough", end.history().stopReason());
    assertEquals(1, end.history().epochs().size());
    assertEquals(List.of("5", "7"), names(folder));
    assertEquals(7, Checkpoint.find(folder, n -> {}).step());
  }

  /** Every call of the system fails once: the run ends, and what was saved before is there. */
  @Test
  void aFailingDiskEndsTheRunAndLosesNothing() throws IOException {
    long before = Devices.liveBytes();
    int calls;
    Path whole = folder.resolve("whole");
    try (FaultyDisk disk = new FaultyDisk(0, false, false)) {
      run(1, t -> t.callback(Checkpoints.in(whole).everySteps(2).keep(1)));
      calls = disk.calls();
    }
    int step = 0;
    for (int k = 1; k <= calls; k += 3) {
      int fault = k;
      Path at = folder.resolve("f" + k);
      long[] saved = new long[1];
      Callback watcher =
          new Callback() {
            @Override
            public void settled(TrainingRun run, boolean epochEnded) throws IOException {
              saved[0] = Checkpoint.newest(at, n -> {}).map(Checkpoint::step).orElse(0L);
            }
          };
      try (FaultyDisk disk = new FaultyDisk(fault, false, fault % 2 == 0)) {
        assertThrows(
            RuntimeException.class,
            () ->
                run(
                    1,
                    t -> t.callback(Checkpoints.in(at).everySteps(2).keep(1)).callback(watcher)));
      }
      long left = Checkpoint.newest(at, n -> {}).map(Checkpoint::step).orElse(0L);
      assertTrue(left >= saved[0], "call " + k + ": step " + left + " of " + saved[0]);
      step = Math.max(step, (int) left);
    }
    assertEquals(5, step);
    assertEquals(before, Devices.liveBytes());
  }

  @Test
  void reduceOnPlateauTable() {
    List<Double> rates = new ArrayList<>();
    run(
        6,
        t ->
            t.callback(figures(3, 2, 2, 2, 1, NAN))
                .callback(new ReduceOnPlateau("m", p -> p.factor(0.5).patience(1, 0)))
                .callback(Callback.onEpochEnd(r -> rates.add(r.baseRate()))));
    assertEquals(List.of(0.05, 0.05, 0.05, 0.025, 0.025, 0.025), rates);

    // Resumed after the fall, which is not forgotten, nor that one bad epoch had come again.
    UnaryOperator<Trainer> options =
        t ->
            t.callback(figures(3, 2, 2, 2, 2, 2, 2))
                .callback(new ReduceOnPlateau("m", p -> p.factor(0.5).patience(1, 0)));
    Checkpoint c = run(5, options).last();
    assertEquals(0.025, c.parts().get(Checkpoint.RUN).scalars().get("base_rate"));
    rates.clear();
    run(
        7,
        t ->
            options.apply(t.resume(c)).callback(Callback.onEpochEnd(r -> rates.add(r.baseRate()))));
    assertEquals(List.of(0.0125, 0.0125), rates);
  }

  @Test
  void earlyStoppingGoesOn() {
    UnaryOperator<Trainer> options =
        t ->
            t.callback(figures(3, 2, 4, 4, 4, 4))
                .callback(EarlyStopping.on("m", Goal.MIN).patience(2));
    Small.End whole = run(6, options);
    assertEquals(5, whole.history().epochs().size());
    Checkpoint c = run(4, options).last();
    Small.End rest = run(6, t -> options.apply(t.resume(c)));
    assertEquals(5, rest.history().epochs().size());
    assertEquals(whole.weights(), rest.weights(), "the best weights came with the checkpoint");
    assertEquals(whole.history().stopReason(), rest.history().stopReason());
    Small.End again = run(6, t -> options.apply(t.resume(rest.last())));
    assertEquals(5, again.history().epochs().size(), "it was stopped already");
    assertEquals(whole.weights(), again.weights());
  }

  @Test
  void timeLimitTable() throws IOException {
    Small.End short0 = run(3, t -> t.callback(new TimeLimit(1e-9)));
    assertEquals(0, short0.last().step());
    assertEquals("the time limit of 1.0E-9 s is reached", short0.history().stopReason());
    assertNull(run(1, t -> t.callback(new TimeLimit(1e9))).history().stopReason());
    Small.End part = run(1, t -> t.callback(new TimeLimit(1e9)));
    double used = part.last().parts().get("callback TimeLimit").scalars().get("seconds");
    Small.End rest = run(2, t -> t.callback(new TimeLimit(used)).resume(part.last()));
    assertEquals(5, rest.last().step(), "the first part's time counts");
  }

  @Test
  void csvLogTable() throws IOException {
    Path file = folder.resolve("runs/results.csv");
    run(2, t -> t.callback(figures(1, NAN)).callback(new CsvLog(file)));
    assertEquals("epoch,step,m\n1,5,1.0\n2,10,NaN\n", Files.readString(file));
    run(1, t -> t.callback(figures(7)).callback(new CsvLog(file)));
    assertEquals("epoch,step,m\n1,5,7.0\n", Files.readString(file), "another run begins anew");
    Checkpoint c = run(2, t -> t.callback(figures(7, 8)).callback(new CsvLog(file))).last();
    Files.writeString(file, Files.readString(file) + "3,15,9.0\n");
    run(4, t -> t.resume(c).callback(figures(0, 0, 5, 6)).callback(new CsvLog(file)));
    assertEquals("epoch,step,m\n1,5,7.0\n2,10,8.0\n3,15,5.0\n4,20,6.0\n", Files.readString(file));
    UncheckedIOException e =
        assertThrows(
            UncheckedIOException.class, () -> run(3, t -> t.resume(c).callback(new CsvLog(file))));
    assertTrue(e.getCause() instanceof FormatException, e.toString());
    assertTrue(e.getMessage().contains("with other figures"), e.getMessage());
    Files.writeString(file, "something else\n");
    assertThrows(
        UncheckedIOException.class, () -> run(3, t -> t.resume(c).callback(new CsvLog(file))));
    assertEquals("something else\n", Files.readString(file));
  }

  @Test
  void tensorBoardTable() throws IOException {
    Path at = folder.resolve("board");
    List<Double> losses = new ArrayList<>();
    Small.End end =
        run(
            2,
            t ->
                t.callback(Callback.onStep(r -> losses.add(r.lastLoss())))
                    .callback(TensorBoard.in(at).everySteps(4).histograms(2)));
    List<Path> files;
    try (Stream<Path> all = Files.list(at)) {
      files = all.toList();
    }
    assertEquals(1, files.size());
    EventFile events = EventFile.read(files.get(0));
    History h = end.history();
    assertEquals(
        Map.of(4L, (double) losses.get(3).floatValue(), 8L, (double) losses.get(7).floatValue()),
        events.scalars("step/loss"));
    for (String name : List.of("loss", "accuracy", "learning_rate", "val_loss", "val_accuracy")) {
      String tag = name.startsWith("val_") ? name.replace("val_", "val/") : "train/" + name;
      Map<Long, Double> curve = events.scalars(tag);
      assertEquals(2, curve.size(), tag);
      assertEquals((float) (double) h.values(name).get(1), curve.get(10L).floatValue(), tag);
    }
    List<String> distributions =
        events.events().stream()
            .filter(e -> e.value() instanceof EventFile.Histogram)
            .map(e -> e.tag() + " " + e.step())
            .toList();
    assertEquals(6, distributions.size());
    assertTrue(distributions.contains("parameters/1.weight 10"), distributions.toString());
  }

  @Test
  void lambdasHearOfStepsAndEpochs() {
    List<Double> losses = new ArrayList<>();
    int[] epochs = {0};
    Small.End end =
        run(
            2,
            t ->
                t.callback(Callback.onStep(r -> losses.add(r.lastLoss())))
                    .callback(Callback.onEpochEnd(r -> epochs[0] = r.history().size())));
    assertEquals(10, losses.size());
    assertEquals(2, epochs[0]);
    double mean = 0;
    for (int i = 5; i < 10; i++) {
      mean += losses.get(i) * (i < 9 ? 8 : 4) / 36;
    }
    assertEquals(end.history().last().trainLoss(), mean, 1e-12);
    assertNotEquals(losses.get(0), losses.get(1));
  }
}
