package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Generator;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.data.Digits;
import org.jacana.data.ImageSplit;
import org.jacana.data.Normalization;
import org.jacana.nn.Dropout;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.nn.Sequential;
import org.jacana.optim.Adam;
import org.jacana.optim.AdamW;
import org.jacana.optim.Lion;
import org.jacana.optim.NAdam;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Schedule;
import org.jacana.optim.Sgd;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Precision of a step, and steps that are recorded and replayed, on every device there is. */
public class ExecutionTest {
  private static final ImageSplit DATA =
      new ImageSplit(Digits.load().train().slice(0, 100), Digits.load().test().slice(0, 50));

  static Stream<Device> devices() {
    return Devices.fast().stream();
  }

  @BeforeAll
  static void deterministic() {
    Devices.all().forEach(d -> Backends.of(d).deterministic(true));
  }

  private record Run(float[][] weights, List<Double> losses, List<String> notes) {}

  private static Run run(
      Device device,
      Function<Generator, Module> model,
      Function<List<Tensor>, Optimizer> rule,
      Execution how) {
    List<String> notes = new ArrayList<>();
    Progress.Listener listener =
        new Progress.Listener() {
          @Override
          public void note(String text) {
            notes.add(text);
          }
        };
    try (Scope scope = Scope.open(device);
        Module net = model.apply(new Generator(3));
        Optimizer optimizer = rule.apply(net.parameters())) {
      History h =
          new Trainer(3, 16, 0.02, Schedule.cosine(), 5, listener, how)
              .fit(net, optimizer, DATA, Normalization.of(DATA.train()));
      return new Run(
          net.parameters().stream().map(Tensor::floats).toArray(float[][]::new),
          h.epochs().stream().map(History.Epoch::trainLoss).toList(),
          notes);
    }
  }

  private static Execution how(Precision p, Execution.Recording r) {
    return new Execution(p, r);
  }

  private static Module lenet(Generator g) {
    return Models.byName("lenet", 8, 8, 1, 10, g);
  }

  private static Module dropout(Generator g) {
    return new Sequential(
        new Flatten(),
        new Linear(64, 20, g),
        new Dropout(0.4, new Generator(8)),
        new Linear(20, 10, g));
  }

  @ParameterizedTest
  @MethodSource("devices")
  void aRecordedStepGivesTheSameBitsAsAnEagerOne(Device device) {
    List<Function<List<Tensor>, Optimizer>> rules =
        List.of(
            p -> Sgd.of(p).momentum(0.9).weightDecay(1e-3),
            p -> Adam.of(p),
            p -> AdamW.of(p).weightDecay(0.1),
            p -> Lion.of(p));
    for (Function<List<Tensor>, Optimizer> rule : rules) {
      for (Function<Generator, Module> model :
          List.<Function<Generator, Module>>of(ExecutionTest::lenet, ExecutionTest::dropout)) {
        Run eager = run(device, model, rule, how(Precision.FP32, Execution.Recording.OFF));
        Run recorded = run(device, model, rule, how(Precision.FP32, Execution.Recording.ON));
        assertEquals(eager.losses(), recorded.losses());
        for (int i = 0; i < eager.weights().length; i++) {
          assertArrayEquals(eager.weights()[i], recorded.weights()[i]);
        }
        assertEquals(List.of(), recorded.notes());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void everyPrecisionLearns(Device device) {
    Function<List<Tensor>, Optimizer> rule = p -> Adam.of(p);
    Run full =
        run(device, ExecutionTest::dropout, rule, how(Precision.FP32, Execution.Recording.AUTO));
    for (Precision p : List.of(Precision.BF16, Precision.FP16)) {
      Run mixed = run(device, ExecutionTest::dropout, rule, how(p, Execution.Recording.AUTO));
      assertNotEquals(full.losses(), mixed.losses(), "it makes a difference");
      for (int e = 0; e < 3; e++) {
        assertEquals(
            full.losses().get(e), mixed.losses().get(e), 0.05 * full.losses().get(e), p + " " + e);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void whatCannotBeRecordedIsSaidOrRefused(Device device) {
    if (device.kind() != Device.Kind.CUDA) {
      return; // the CPU replays the step itself, so that everything can be recorded
    }
    Function<List<Tensor>, Optimizer> rule = p -> NAdam.of(p);
    Run auto =
        run(device, ExecutionTest::lenet, rule, how(Precision.FP32, Execution.Recording.AUTO));
    assertEquals(1, auto.notes().size());
    assertTrue(auto.notes().get(0).contains("cannot be recorded"), auto.notes().toString());
    assertThrows(
        IllegalStateException.class,
        () -> run(device, ExecutionTest::lenet, rule, how(Precision.FP32, Execution.Recording.ON)));
  }
}
