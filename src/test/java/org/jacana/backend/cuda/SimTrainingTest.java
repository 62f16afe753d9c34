package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacana.CapturedStep;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sgd;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models learn the same on the stand-in as on the CPU, recorded or not, in whatever order. */
class SimTrainingTest {
  private static final int STEPS = 10;

  @BeforeEach
  void start() {
    CudaBackend gpu = CudaDevice.backend();
    Assumptions.assumeTrue(CudaDevice.simulated(), "compares ways of simulating");
    gpu.deterministic(true);
    gpu.synchronize();
    CudaSim.reset();
  }

  @AfterEach
  void mend() {
    Backends.of(Scenario.GPU).synchronize();
    CudaSim.reset();
  }

  /** A model and the images it is trained on. */
  private record Case(String name, int size, int channels, int batch) {
    Module model(Device device) {
      try (Scope scope = Scope.open(Device.CPU);
          Module here = Models.byName(name, size, size, channels, 10, new Generator(2));
          Scope there = Scope.open(device)) {
        Module m = Models.byName(name, size, size, channels, 10, new Generator(2));
        for (int i = 0; i < m.parameters().size(); i++) {
          m.parameters().get(i).assign(here.parameters().get(i));
        }
        return m;
      }
    }

    float[] pixels(int step) {
      int n = batch * size * size * channels;
      float[] v = new float[n];
      for (int i = 0; i < n; i++) {
        // A class is a frequency, so that there is something to learn.
        int image = i / (size * size * channels);
        v[i] = (float) Math.sin(0.1 * (i % (size * size)) * (1 + label(step, image)) + step);
      }
      return v;
    }

    int label(int step, int image) {
      return (3 * image + step) % 10;
    }

    int[] labels(int step) {
      int[] v = new int[batch];
      Arrays.setAll(v, i -> label(step, i));
      return v;
    }
  }

  /** What training leaves. */
  private record Run(double[] losses, float[][] weights) {
    void sameBits(Run other, String what) {
      assertArrayEquals(losses, other.losses, what);
      for (int i = 0; i < weights.length; i++) {
        assertArrayEquals(weights[i], other.weights[i], what + ", parameter " + i);
      }
    }
  }

  private static Tensor step(Module model, Optimizer optimizer, Tensor x, Tensor y) {
    Tensor loss = Losses.crossEntropy(model.apply(x), y);
    loss.backward();
    optimizer.step();
    model.zeroGrad();
    return loss;
  }

  private static Run train(Case c, Device device, boolean recorded) {
    double[] losses = new double[STEPS];
    try (Scope scope = Scope.open(device);
        Module model = c.model(device);
        Optimizer optimizer = Sgd.of(model.parameters()).momentum(0.9).learningRate(0.01)) {
      Tensor x = Tensor.zeros(c.batch, c.size, c.size, c.channels);
      Tensor y = Tensor.zeros(org.jacana.DType.I32, c.batch);
      Tensor out = Tensor.zeros();
      List<CapturedStep> steps = new ArrayList<>();
      try {
        for (int i = 0; i < STEPS; i++) {
          x.write(c.pixels(i));
          y.write(c.labels(i));
          if (i == 1 && recorded) {
            steps.add(
                CapturedStep.record(
                    device, () -> out.assign(step(model, optimizer, x, y).detach())));
          }
          if (steps.isEmpty()) {
            try (Scope inner = Scope.open()) {
              out.assign(step(model, optimizer, x, y).detach());
            }
          } else {
            optimizer.beforeReplay();
            steps.get(0).replay();
          }
          losses[i] = out.item();
        }
      } finally {
        steps.forEach(CapturedStep::close);
      }
      return new Run(
          losses, model.parameters().stream().map(Tensor::floats).toArray(float[][]::new));
    }
  }

  @ParameterizedTest
  @CsvSource({"lenet,8,1,8", "lenet,28,1,2", "resnet8,8,3,8"})
  void aModelLearnsAsOnTheCpu(String name, int size, int channels, int batch) {
    Case c = new Case(name, size, channels, batch);
    Run cpu = train(c, Device.CPU, false);
    Run gpu = train(c, Scenario.GPU, false);
    assertTrue(CudaSim.calls("cuLaunchKernel") > 100);
    for (int i = 0; i < STEPS; i++) {
      assertEquals(cpu.losses[i], gpu.losses[i], 1e-4 * cpu.losses[i], "step " + i);
    }
    gpu.sameBits(train(c, Scenario.GPU, true), "recorded");
    assertTrue(CudaSim.calls("cuGraphLaunch") == STEPS - 1);
    if (size < 28) {
      CudaSim.late(false);
      gpu.sameBits(train(c, Scenario.GPU, false), "each kernel at once");
      CudaSim.late(true);
      CudaSim.shuffle(11);
      gpu.sameBits(train(c, Scenario.GPU, false), "blocks and threads in another order");
      gpu.sameBits(train(c, Scenario.GPU, true), "recorded, in another order");
    }
  }
}
