package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.jacana.data.ArrayDataset;
import org.jacana.data.Loader;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.optim.Adam;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepMemoryTest {
  private static final Backend CPU = Backends.of(Device.CPU);

  private static final List<String> NAMES =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  private static Function<List<Tensor>, Optimizer> optimizer(String name) {
    return p -> name.equals("sgd") ? Sgd.of(p).momentum(0.9) : Adam.of(p);
  }

  /** The largest number of live bytes in a run of three steps, less what was live before. */
  private static long measured(String model, int size, int channels, String rule, int batch) {
    long before = CPU.liveBytes();
    float[] x = new float[3 * batch * size * size * channels];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 17 - 8;
    }
    int[] labels = new int[3 * batch];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 10;
    }
    try (Scope scope = Scope.open(Device.CPU);
        Module net = Models.byName(model, size, size, channels, 10, new Generator(1));
        Loader data =
            Loader.of(
                    ArrayDataset.classes("test", x, Shape.of(size, size, channels), labels, NAMES))
                .batch(batch)) {
      CPU.resetPeak();
      new Trainer(1).optimizer(optimizer(rule)).fit(net, data, null);
    }
    return CPU.peakBytes() - before;
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, 28, 1, sgd, 8",
    "mlp, 28, 1, adam, 512",
    "lenet, 28, 1, sgd, 4",
    "lenet, 28, 1, adam, 100",
    "lenet, 28, 1, sgd, 128",
    "resnet8, 32, 3, adam, 1",
    "resnet8, 32, 3, sgd, 16",
    "resnet8, 32, 3, sgd, 64",
  })
  void isWhatARunTakes(String model, int size, int channels, String rule, int batch) {
    long measured = measured(model, size, channels, rule, batch);
    StepMemory stated;
    try (Scope scope = Scope.open(Device.CPU);
        Module net = Models.byName(model, size, size, channels, 10, new Generator(1))) {
      CPU.resetPeak();
      long before = CPU.liveBytes();
      stated = StepMemory.of(net, optimizer(rule), Shape.of(size, size, channels), batch);
      if (batch >= 64) {
        assertTrue(CPU.peakBytes() - before < stated.peak(), "the whole step was run");
      }
    }
    assertEquals(1, stated.peak() / (double) measured, 0.1, stated + ", measured " + measured);
    assertEquals(
        stated.peak(),
        stated.parameters()
            + stated.optimizer()
            + stated.gradients()
            + stated.activations()
            + stated.temporaries());
  }

  @Test
  void partsOfOneLinearLayer() {
    try (Scope scope = Scope.open(Device.CPU);
        Module net = new Linear(100, 10, new Generator(1))) {
      StepMemory m = StepMemory.of(net, optimizer("adam"), Shape.of(100), 1000);
      assertEquals(4 * 1010, m.parameters());
      // Two averages, the rate and the corrections of the bias.
      assertEquals(2 * 4 * 1010 + 4 + 16, m.optimizer(), 32);
      // The batch, its labels, the logits and the loss.
      assertEquals(4 * 1000 * (100 + 1 + 10) + 4, m.activations());
      assertEquals(StepMemory.Phase.BACKWARD, m.phase());
      assertTrue(
          m.toString().startsWith("memory of a training step, batch 1000: 0.5 MiB of tensors"),
          "" + m);
    }
  }

  /** Has as many operations as examples. */
  private static final class OneByOne extends Module {
    private final Tensor w = parameter("w", Tensor.ones(1, 3));

    @Override
    protected Tensor forward(Tensor x) {
      Tensor[] rows = new Tensor[x.shape().dim(0)];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = x.slice(0, i, i + 1).mul(w).square();
      }
      return Tensor.concat(0, rows);
    }
  }

  @Test
  void stepsOfAnotherFormAreRun() {
    try (Scope scope = Scope.open(Device.CPU);
        Module net = new OneByOne()) {
      StepMemory m =
          StepMemory.of(
              net,
              optimizer("sgd"),
              Losses::mse,
              n -> Tensor.ones(n, 3),
              n -> Tensor.zeros(n, 3),
              7);
      // Inputs and targets, the products, their squares, and the whole: at least.
      assertTrue(m.activations() >= 4 * 3 * 7 * 4, m.toString());
    }
  }

  @Test
  void leavesTheModelAsItWas() {
    try (Scope scope = Scope.open(Device.CPU);
        Module net = Models.byName("resnet8", 8, 8, 1, 10, new Generator(1))) {
      net.eval();
      float[] weights = net.parameters().get(0).floats();
      List<Tensor> statistics = List.copyOf(net.namedBuffers().values());
      float[] mean = statistics.get(0).floats();
      long drawn = Generator.standard().offset();
      StepMemory.of(net, optimizer("adam"), Shape.of(8, 8, 1), 32);
      assertArrayEquals(weights, net.parameters().get(0).floats());
      assertArrayEquals(mean, statistics.get(0).floats());
      assertEquals(drawn, Generator.standard().offset());
      assertEquals(false, net.isTraining());
    }
  }

  @Test
  void refusesAnEmptyBatch() {
    try (Scope scope = Scope.open(Device.CPU);
        Module net = new Linear(2, 2, new Generator(1))) {
      assertEquals(
          "memory of a step: the batch must be at least 1, is 0",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> StepMemory.of(net, optimizer("sgd"), Shape.of(2), 0))
              .getMessage());
    }
  }
}
