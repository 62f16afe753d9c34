package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.jacana.backend.Layout;
import org.jacana.backend.Reduction;
import org.jacana.data.ArrayDataset;
import org.jacana.data.Loader;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.op.Binary;
import org.jacana.optim.Adam;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sgd;
import org.jacana.train.Callback;
import org.jacana.train.Trainer;
import org.jacana.train.TrainingRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Once a training run has its memory, its steps ask the system for no more. */
class SteadyMemoryTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int BATCH = 16;
  private static final int QUIET = 20;

  /**
   * Ten steps each. A quiet machine is done in the fourth, one with other work to do much later.
   */
  private static final int EPOCHS = 300;

  private final int threads = Device.threads();

  @BeforeEach
  void hasNatives() {
    assumeTrue(Native.available(), "no natives here");
  }

  @AfterEach
  void restoreThreads() {
    Device.threads(threads);
  }

  /** Ends a run when so many steps in a row asked for nothing, and remembers how many did. */
  private static final class Watch implements Callback {
    long calls = NativeMemory.calls();
    int quiet;
    int steps;

    @Override
    public void step(TrainingRun run) {
      long now = NativeMemory.calls();
      steps++;
      quiet = now == calls ? quiet + 1 : 0;
      calls = now;
      if (quiet == QUIET) {
        run.stop("quiet");
      }
    }
  }

  private static Watch train(String model, String rule) {
    int size = model.equals("resnet8") ? 32 : 28;
    int channels = model.equals("resnet8") ? 3 : 1;
    int n = 10 * BATCH;
    float[] x = new float[n * size * size * channels];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 17 / 8f - 1;
    }
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i % 2;
    }
    Function<List<Tensor>, Optimizer> optimizer =
        p -> rule.equals("sgd") ? Sgd.of(p).momentum(0.9).learningRate(1e-3) : Adam.of(p);
    Watch watch = new Watch();
    try (Scope scope = Scope.open(Device.CPU);
        Module net = Models.byName(model, size, size, channels, 2, new Generator(1));
        Loader data =
            Loader.of(
                    ArrayDataset.classes(
                        "test", x, Shape.of(size, size, channels), labels, List.of("a", "b")))
                .batch(BATCH)) {
      new Trainer(EPOCHS).optimizer(optimizer).callback(watch).fit(net, data, null);
    }
    return watch;
  }

  @ParameterizedTest
  @CsvSource({"lenet, sgd", "lenet, adam", "resnet8, sgd", "mlp, sgd", "mlp, adam"})
  void stepsTakeNothingFromTheSystem(String model, String rule) {
    Device.threads(1);
    Watch watch = train(model, rule);
    assertEquals(QUIET, watch.quiet, "of " + watch.steps + " steps");
  }

  /** Arrays of its own for each piece would be more than a megabyte. */
  @Test
  void kernelsMakeFewObjects() {
    Device.threads(1);
    Backend cpu = Backends.of(Device.CPU);
    long id = Thread.currentThread().getId();
    long bytes = 0;
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor x = Tensor.zeros(65536, 16);
      Tensor y = Tensor.zeros(65536, 16);
      Tensor c = Tensor.ones(16);
      Tensor mean = Tensor.ones(16);
      Tensor variance = Tensor.ones(16);
      for (int i = 0; i < 4; i++) {
        long before = THREADS.getThreadAllocatedBytes(id);
        assertTrue(
            cpu.batchNorm(
                y.view(), mean.view(), variance.view(), x.view(), c.view(), c.view(), 1e-5));
        cpu.reduce(Reduction.SUM, mean.view().with(Layout.contiguous(Shape.of(1, 16))), x.view());
        cpu.binary(Binary.RELU_GRAD, y.view(), x.view(), y.view());
        bytes = THREADS.getThreadAllocatedBytes(id) - before;
      }
    }
    assertTrue(bytes < 200_000, bytes + " bytes on the heap");
  }

  /** Arrays of its own for each of 100 small parameters would be 1.6 megabytes. */
  @Test
  void stepsOfManyParametersMakeFewObjects() {
    Device.threads(1);
    long id = Thread.currentThread().getId();
    long bytes = 0;
    try (Scope scope = Scope.open(Device.CPU)) {
      List<Tensor> parameters = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        parameters.add(Tensor.ones(90 + i).requiresGrad(true));
      }
      try (Optimizer adam = Adam.of(parameters)) {
        for (int i = 0; i < 4; i++) {
          for (Tensor p : parameters) {
            p.square().sum().backward();
          }
          long before = THREADS.getThreadAllocatedBytes(id);
          adam.step();
          bytes = THREADS.getThreadAllocatedBytes(id) - before;
          adam.zeroGrad();
        }
      }
    }
    assertTrue(bytes < 300_000, bytes + " bytes on the heap");
  }

  /**
   * Two threads may meet in a kernel late, where a busy machine rarely runs both, which then needs
   * a second instance, once.
   */
  @ParameterizedTest
  @CsvSource({"lenet, adam", "resnet8, sgd"})
  void neitherDoThoseOnTwoThreads(String model, String rule) {
    Device.threads(2);
    Watch watch = train(model, rule);
    assertEquals(QUIET, watch.quiet, "of " + watch.steps + " steps");
  }

  @Test
  void scratchIsKeptAndGivenBack() {
    OneDnn.clear();
    long before = NativeMemory.calls();
    for (int i = 0; i < 5; i++) {
      try (Scratch a = Scratch.lend(10);
          Scratch b = Scratch.lend(3 << 20)) {
        a.floats().put(0, 1.5f);
        b.floats().put(700_000, 2.5f);
        float[] read = new float[1];
        b.get(700_000, 1, read);
        assertEquals(1.5f, a.floats().get(0));
        assertEquals(2.5f, read[0]);
      }
    }
    assertEquals(2, NativeMemory.calls() - before);
    assertEquals(4 << 20, Scratch.idleBytes());
    OneDnn.clear();
    assertEquals(0, Scratch.idleBytes());
  }
}
