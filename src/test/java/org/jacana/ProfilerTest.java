package org.jacana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jacana.nn.Activation;
import org.jacana.nn.Conv2d;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.Sequential;
import org.jacana.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(LeakExtension.class)
class ProfilerTest {
  private static final String DEVICES = "org.jacana.Devices#all";

  private static Profiler.Row row(Profiler p, String name) {
    return p.rows().stream()
        .filter(r -> r.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + p.rows()));
  }

  @ParameterizedTest
  @MethodSource(DEVICES)
  void countsOperationsAndBytesOfAProduct(Device d) {
    try (Scope scope = Scope.open(d);
        Profiler p = Profiler.start()) {
      Tensor a = Tensor.ones(3, 5);
      Tensor b = Tensor.ones(5, 7);
      a.matmul(b);
      a.matmul(b);
      p.stop();
      Profiler.Row r = row(p, "matmul");
      assertEquals(2, r.count());
      assertEquals(2 * 2 * 3 * 5 * 7, r.operations());
      assertEquals(2 * 4 * (15 + 35 + 21), r.bytes());
      assertEquals(2 * 4 * 21, r.allocated());
      assertTrue(r.seconds() > 0 && r.seconds() < p.seconds(), r + " of " + p.seconds());
    }
  }

  @ParameterizedTest
  @MethodSource(DEVICES)
  void countsOperationsOfConvolutionsAndTheirGradients(Device d) {
    try (Scope scope = Scope.open(d)) {
      Tensor x = Tensor.ones(2, 6, 6, 4).requiresGrad(true);
      Tensor w = Tensor.ones(8, 3, 3, 2).requiresGrad(true);
      Profiler p = Profiler.start();
      try (p) {
        org.jacana.op.Conv.conv(
                new org.jacana.backend.ConvSpec(1, 1, 1, 1, 1, 1, 1, 1, 2), x, w, null)
            .sum()
            .backward();
      }
      long once = 2L * (2 * 6 * 6 * 8) * (3 * 3 * 2);
      long all = p.rows().stream().mapToLong(Profiler.Row::operations).sum();
      assertEquals(3 * once, all, p.table());
      x.zeroGrad();
      w.zeroGrad();
    }
  }

  @ParameterizedTest
  @MethodSource(DEVICES)
  void changesNoResult(Device d) {
    // A GPU may add in another order each time.
    float most = d.kind() == Device.Kind.CUDA ? 1e-6f : 0;
    assertArrayEquals(train(d, false), train(d, true), most);
  }

  private static float[] train(Device d, boolean measured) {
    Generator random = new Generator(3);
    try (Scope scope = Scope.open(d)) {
      Tensor x = random.normal(DType.F32, 4, 8, 8, 1);
      Tensor y = Tensor.of(new int[] {0, 1, 2, 1});
      Profiler p = measured ? Profiler.start() : null;
      try (p;
          Sequential model =
              new Sequential(
                  new Conv2d(1, 3, 3, 1, 0, true, random),
                  Activation.relu(),
                  new Flatten(),
                  new Linear(3 * 6 * 6, 3, random));
          Sgd sgd = Sgd.of(model.parameters()).momentum(0.9).learningRate(0.1)) {
        for (int i = 0; i < 3; i++) {
          try (Scope step = Scope.open()) {
            Losses.crossEntropy(model.apply(x), y).backward();
            sgd.step();
            sgd.zeroGrad();
          }
        }
        return model.apply(x).floats();
      }
    }
  }

  @Test
  void measuresOnlyBetweenStartAndStopAndOnlyItsThread() throws InterruptedException {
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor a = Tensor.ones(4);
      a.exp();
      assertFalse(Profiler.on());
      Profiler p = Profiler.start();
      assertTrue(Profiler.on());
      Thread other =
          new Thread(
              () -> {
                try (Scope own = Scope.open(Device.CPU)) {
                  Tensor.ones(4).log();
                }
              });
      other.start();
      other.join();
      a.sin();
      p.stop();
      p.stop();
      a.cos();
      Set<String> names = new HashSet<>();
      p.rows().forEach(r -> names.add(r.name()));
      assertEquals(Set.of("unary sin"), names);
    }
  }

  @Test
  void anInnerProfilerTakesOver() {
    try (Scope scope = Scope.open(Device.CPU);
        Profiler outer = Profiler.start()) {
      Tensor a = Tensor.ones(4);
      try (Profiler inner = Profiler.start()) {
        assertThrows(IllegalStateException.class, outer::stop);
        a.exp();
        assertEquals(1, inner.rows().size());
      }
      a.log();
      assertEquals(1, row(outer, "unary log").count());
      assertTrue(outer.rows().stream().noneMatch(r -> r.name().equals("unary exp")));
    }
    assertFalse(Profiler.on());
  }

  @ParameterizedTest
  @MethodSource(DEVICES)
  void theTraceHoldsLayersAndKernelsInTheirOrder(Device d, @TempDir Path folder) throws Exception {
    Path file = folder.resolve("trace.json");
    Generator random = new Generator(1);
    try (Scope scope = Scope.open(d);
        Linear layer = new Linear(6, 2, random);
        Profiler p = Profiler.start()) {
      try (Profiler.Span span = Profiler.span("a \"part\"\n")) {
        layer.apply(Tensor.ones(3, 6)).sum().backward();
      }
      p.writeTrace(file);
      layer.zeroGrad();
    }
    JsonArray events =
        JsonParser.parseString(Files.readString(file))
            .getAsJsonObject()
            .getAsJsonArray("traceEvents");
    JsonObject part = event(events, "a \"part\"\n");
    JsonObject forward = event(events, "Linear");
    JsonObject backward = event(events, "backward");
    assertTrue(inside(forward, part) && inside(backward, part));
    assertTrue(start(forward) + length(forward) <= start(backward));
    int kernels = 0;
    for (int i = 0; i < events.size(); i++) {
      JsonObject e = events.get(i).getAsJsonObject();
      assertEquals("X", e.get("ph").getAsString());
      if (e.get("cat").getAsString().equals("kernel") && inside(e, forward)) {
        assertTrue(e.getAsJsonObject("args").get("bytes").getAsLong() > 0, e.toString());
        kernels++;
      }
    }
    assertTrue(kernels > 0);
  }

  private static JsonObject event(JsonArray events, String name) {
    for (int i = 0; i < events.size(); i++) {
      JsonObject e = events.get(i).getAsJsonObject();
      if (e.get("name").getAsString().equals(name)) {
        return e;
      }
    }
    throw new AssertionError("no " + name + " in " + events);
  }

  private static double start(JsonObject e) {
    return e.get("ts").getAsDouble();
  }

  private static double length(JsonObject e) {
    return e.get("dur").getAsDouble();
  }

  /** Times are written with three digits behind the point. */
  private static boolean inside(JsonObject a, JsonObject b) {
    return start(a) >= start(b) - 0.001 && start(a) + length(a) <= start(b) + length(b) + 0.002;
  }

  @ParameterizedTest
  @MethodSource(DEVICES)
  void aReplayIsMeasured(Device d) {
    try (Scope scope = Scope.open(d)) {
      Tensor x = Tensor.ones(16);
      Tensor y = Tensor.zeros(16);
      Runnable step = () -> y.assign(x.exp());
      step.run();
      try (CapturedStep s = CapturedStep.record(d, step);
          Profiler p = Profiler.start()) {
        s.replay();
        s.replay();
        String name = d.kind() == Device.Kind.CUDA ? "replay" : "unary exp";
        assertEquals(2, row(p, name).count());
      }
    }
  }

  /** Watching changes nothing of what runs: an optimizer still takes all its parameters at once. */
  @Test
  void anOptimizerIsOneKernel() {
    try (Scope scope = Scope.open(Device.CPU);
        Linear layer = new Linear(5, 4);
        Sgd rule = Sgd.of(layer.parameters()).momentum(0.9)) {
      layer.apply(Tensor.ones(2, 5)).sum().backward();
      try (Profiler p = Profiler.start()) {
        rule.step();
        assertEquals(1, row(p, "sgdMany").count());
      }
    }
  }

  @Test
  void drawsAreKernels() {
    try (Scope scope = Scope.open(Device.CPU);
        Profiler p = Profiler.start()) {
      new Generator(1).normal(DType.F32, 100);
      assertEquals(1, row(p, "random normal").count());
    }
  }

  @Test
  void theTableNamesUnitsAndShares() {
    try (Scope scope = Scope.open(Device.CPU);
        Profiler p = Profiler.start()) {
      Tensor.ones(64, 64).matmul(Tensor.ones(64, 64));
      String[] lines = p.table().split("\\R");
      assertTrue(lines[0].contains("GFLOP/s") && lines[0].contains("GB/s"), lines[0]);
      assertTrue(p.table().contains("matmul"), p.table());
      assertTrue(lines[lines.length - 1].startsWith("kernels "), p.table());
    }
  }
}
