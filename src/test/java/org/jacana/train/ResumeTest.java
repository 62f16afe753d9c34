package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Precision;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.optim.Adadelta;
import org.jacana.optim.Adagrad;
import org.jacana.optim.Adam;
import org.jacana.optim.AdamW;
import org.jacana.optim.Adamax;
import org.jacana.optim.Lion;
import org.jacana.optim.Lookahead;
import org.jacana.optim.Muon;
import org.jacana.optim.NAdam;
import org.jacana.optim.Optimizer;
import org.jacana.optim.RAdam;
import org.jacana.optim.RmsProp;
import org.jacana.optim.Schedule;
import org.jacana.optim.Sgd;
import org.jacana.optim.WeightAverage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A run that goes on from any step ends with the same bits as one that was never interrupted. */
class ResumeTest {
  private static final int EPOCHS = 2;

  @TempDir static Path folder;

  private static final Map<String, Function<List<Tensor>, Optimizer>> RULES = rules();

  private static Map<String, Function<List<Tensor>, Optimizer>> rules() {
    Map<String, Function<List<Tensor>, Optimizer>> m = new LinkedHashMap<>();
    m.put("Sgd", p -> Sgd.of(p).momentum(0.9).nesterov(true).learningRate(0.05));
    m.put("Adam", p -> Adam.of(p).learningRate(0.01));
    m.put("Adam with AMSGrad", p -> Adam.of(p).amsgrad(true).learningRate(0.01));
    m.put("AdamW", p -> AdamW.of(p).learningRate(0.01));
    m.put("NAdam", p -> NAdam.of(p));
    m.put("RAdam", p -> RAdam.of(p));
    m.put("Adamax", p -> Adamax.of(p));
    m.put("RmsProp", p -> RmsProp.of(p));
    m.put("Adagrad", p -> Adagrad.of(p).initialAccumulator(0.1));
    m.put("Adadelta", p -> Adadelta.of(p));
    m.put("Lion", p -> Lion.of(p));
    m.put("Muon", p -> Muon.of(p));
    return m;
  }

  @BeforeAll
  static void deterministic() {
    Devices.all().forEach(d -> Backends.of(d).deterministic(true));
  }

  /** Every optimizer of the library is in the table. */
  @Test
  void everyOptimizerIsWalked() throws Exception {
    Set<String> known = new TreeSet<>();
    Path classes =
        Path.of(Optimizer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.list(classes.resolve("org/jacana/optim"))) {
      for (Path f : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String name = f.getFileName().toString().replace(".class", "");
        Class<?> c = Class.forName("org.jacana.optim." + name);
        if (Optimizer.class.isAssignableFrom(c) && !Modifier.isAbstract(c.getModifiers())) {
          known.add(name);
        }
      }
    }
    Set<String> walked =
        RULES.keySet().stream()
            .map(n -> n.split(" ")[0])
            .filter(n -> !n.equals("AdamW"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(known, walked);
  }

  private static UnaryOperator<Trainer> usual() {
    return t ->
        t.schedule(Schedule.cosine())
            .clipNorm(1)
            .average(p -> WeightAverage.exponential(p, 0.8))
            .callback(EarlyStopping.on("val_loss", Goal.MIN).patience(9))
            .callback(new ReduceOnPlateau("loss", p -> p.factor(0.5).patience(0, 0)))
            .callback(new TimeLimit(1e6));
  }

  @TestFactory
  List<DynamicTest> everyOptimizerAtEveryStep() {
    return Devices.fast().stream()
        .flatMap(
            d ->
                RULES.keySet().stream()
                    // The stand-in for a GPU is slow, and the optimizers are the same there.
                    .filter(n -> d.kind() != Device.Kind.CUDA || Set.of("Sgd", "AdamW").contains(n))
                    .map(
                        n ->
                            DynamicTest.dynamicTest(
                                d + " " + n, () -> walk(d, usual(), RULES.get(n)))))
        .toList();
  }

  @TestFactory
  List<DynamicTest> everyWayOfSteppingAtEveryStep() {
    Map<String, UnaryOperator<Trainer>> ways = new LinkedHashMap<>();
    ways.put(
        "recorded",
        t -> t.execution(new Execution(Precision.FP32, Execution.Recording.ON)).clipValue(0.1));
    ways.put("accumulated", t -> t.accumulate(2).clipNorm(0.5));
    ways.put(
        "recorded and accumulated",
        t ->
            t.execution(new Execution(Precision.FP32, Execution.Recording.ON))
                .accumulate(2)
                .average(p -> WeightAverage.mean(p)));
    ways.put(
        "half precision",
        t -> t.execution(new Execution(Precision.FP16, Execution.Recording.OFF)).accumulate(2));
    ways.put("sharpness-aware", t -> t.sam(0.05, false));
    ways.put("frozen", t -> t.freeze("1.").schedulePerEpoch(Schedule.exponential(0.5)));
    ways.put("traced", t -> t.traceDivergence(true));
    ways.put("corrected average", t -> t.average(p -> WeightAverage.corrected(p, 0.9)));
    return Devices.fast().stream()
        .flatMap(
            d ->
                ways.keySet().stream()
                    .map(
                        n ->
                            DynamicTest.dynamicTest(
                                d + " " + n, () -> walk(d, ways.get(n), RULES.get("AdamW")))))
        .toList();
  }

  @Test
  void lookaheadAtEveryStep() {
    Lookahead[] ahead = new Lookahead[1];
    UnaryOperator<Trainer> options =
        t -> t.also("lookahead", () -> ahead[0].state(), s -> ahead[0].load(s));
    Function<List<Tensor>, Optimizer> rule =
        p -> {
          if (ahead[0] != null) {
            ahead[0].close();
          }
          Optimizer o = Sgd.of(p).momentum(0.5).learningRate(0.05);
          ahead[0] = new Lookahead(o, 0.5, 3);
          return o;
        };
    walk(Device.CPU, options, rule);
    ahead[0].close();
  }

  private static void walk(
      Device device,
      UnaryOperator<Trainer> options,
      Function<List<Tensor>, ? extends Optimizer> rule) {
    Map<String, Path> files = new LinkedHashMap<>();
    Callback saver =
        new Callback() {
          @Override
          public void settled(TrainingRun run, boolean epochEnded) throws IOException {
            Path file = folder.resolve(files.size() + ".safetensors");
            run.checkpoint().write(file);
            files.put("step " + run.step() + (epochEnded ? " after its epoch" : ""), file);
          }
        };
    Small.End whole = Small.run(device, options, rule, EPOCHS, saver);
    assertTrue(files.size() >= 8, files.toString());
    files.forEach(
        (place, file) -> {
          UnaryOperator<Trainer> resumed =
              t -> {
                try {
                  return options.apply(t).resume(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              };
          Small.End again = Small.run(device, resumed, rule, EPOCHS, new Callback() {});
          assertEquals(whole.bits(), again.bits(), place);
          assertEquals(EPOCHS, again.history().epochs().size());
        });
  }
}
