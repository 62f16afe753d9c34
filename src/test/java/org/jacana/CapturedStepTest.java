package org.jacana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jacana.backend.Backends;
import org.jacana.nn.Activation;
import org.jacana.nn.Dropout;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.nn.Sequential;
import org.jacana.optim.Adam;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded steps in host memory: those on a GPU have tests of their own. */
class CapturedStepTest {
  private static final int STEPS = 6;

  private static Module model(String name) {
    return name.equals("dropout")
        ? new Sequential(
            new Linear(192, 32, new Generator(1)),
            Activation.relu(),
            new Dropout(0.4, new Generator(3)),
            new Linear(32, 10, new Generator(2)))
        : Models.byName(name, 8, 8, 3, 10, new Generator(1));
  }

  private static float[] pixels(int step) {
    float[] v = new float[16 * 192];
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) Math.sin(0.1 * i * (1 + step));
    }
    return v;
  }

  private static int[] labels(int step) {
    int[] y = new int[16];
    for (int i = 0; i < y.length; i++) {
      y[i] = (i + step) % 10;
    }
    return y;
  }

  /** Without a kernel, Adam depends on the number of the step in Java. */
  private static Optimizer optimizer(Device device, Module model) {
    return device.equals(Device.CPU)
        ? Adam.of(model.parameters()).learningRate(0.01)
        : Sgd.of(model.parameters()).momentum(0.9).learningRate(0.01);
  }

  /** Losses, and the model's parameters and buffers afterwards. */
  private static double[][] train(String name, Device device, boolean recorded) {
    double[] losses = new double[STEPS];
    try (Scope scope = Scope.open(device);
        Module model = model(name);
        Optimizer optimizer = optimizer(device, model)) {
      model.train();
      Tensor x = name.equals("dropout") ? Tensor.zeros(16, 192) : Tensor.zeros(16, 8, 8, 3);
      Tensor y = Tensor.zeros(DType.I32, 16);
      Tensor out = Tensor.zeros();
      Runnable step =
          () -> {
            Tensor loss = Losses.crossEntropy(model.apply(x), y);
            loss.backward();
            optimizer.step();
            model.zeroGrad();
            out.assign(loss.detach());
          };
      CapturedStep captured = null;
      for (int i = 0; i < STEPS; i++) {
        x.write(pixels(i));
        y.write(labels(i));
        if (recorded && i == 1) {
          captured = CapturedStep.record(device, step);
          assertTrue(captured.nodes() > 10);
        }
        if (captured != null) {
          optimizer.beforeReplay();
          captured.replay();
        } else {
          try (Scope inner = Scope.open()) {
            step.run();
          }
        }
        losses[i] = out.item();
      }
      if (captured != null) {
        captured.close();
      }
      List<double[]> all = new ArrayList<>(List.of(losses));
      model.parameters().forEach(p -> all.add(p.doubles()));
      model.namedBuffers().values().forEach(b -> all.add(b.doubles()));
      return all.toArray(new double[0][]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet", "resnet8", "dropout"})
  void trainingIsTheSameToTheBit(String name) {
    for (Device device : List.of(Device.CPU, Device.REFERENCE)) {
      long before = Backends.of(device).liveBytes();
      double[][] eager = train(name, device, false);
      double[][] recorded = train(name, device, true);
      assertEquals(eager.length, recorded.length);
      for (int i = 0; i < eager.length; i++) {
        assertArrayEquals(eager[i], recorded[i], device + ", tensor " + i);
      }
      assertTrue(eager[0][STEPS - 1] != eager[0][STEPS - 2], "nothing was learnt");
      assertEquals(before, Backends.of(device).liveBytes());
    }
  }

  @Test
  void aStepThatReadsIsRefusedAndLeavesAllAsItWas() {
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor x = Tensor.of(new float[] {1, 2, 3});
      Generator g = new Generator(7);
      long before = Backends.of(Device.CPU).liveBytes();
      for (Runnable reading :
          List.<Runnable>of(
              () -> x.sum().item(),
              () -> Tensor.of(new float[] {1}),
              () -> x.write(new float[] {4, 5, 6}),
              () -> Backends.of(Device.CPU).synchronize())) {
        IllegalStateException e =
            assertThrows(
                IllegalStateException.class,
                () ->
                    CapturedStep.record(
                        Device.CPU,
                        () -> {
                          x.assign(x.add(x).add(g.uniform(DType.F32, 3)));
                          reading.run();
                        }));
        assertTrue(e.getMessage().contains(" while a step is recorded: "), e.getMessage());
        assertArrayEquals(new float[] {1, 2, 3}, x.floats());
      }
      assertEquals(before, Backends.of(Device.CPU).liveBytes());
      assertEquals(
          new Generator(7).uniform(DType.F32, 2).floats()[1], g.uniform(DType.F32, 2).floats()[1]);
    }
  }

  @Test
  void nestedRecordingsAreRefused() {
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor x = Tensor.zeros(2);
      Runnable inner = () -> CapturedStep.record(Device.CPU, () -> x.assign(x.add(1))).close();
      assertThrows(IllegalStateException.class, () -> CapturedStep.record(Device.CPU, inner));
      inner.run();
      assertArrayEquals(new float[2], x.floats());
    }
  }

  /** Its memory is its own, and it holds on to what it reads. */
  @Test
  void othersNeitherTakeNorFreeItsMemory() {
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor out = Tensor.zeros(1000);
      Tensor x = Scope.release(Tensor.ones(1000));
      Tensor[] kept = new Tensor[1];
      try (CapturedStep step =
          CapturedStep.record(
              Device.CPU,
              () -> {
                kept[0] = Scope.release(x.mul(3));
                out.assign(kept[0].add(x).mul(x));
              })) {
        x.close();
        for (int i = 0; i < 3; i++) {
          try (Scope inner = Scope.open()) {
            Tensor.full(DType.F32, -1, 1000).add(Tensor.full(DType.F32, -2, 1000)).mul(3);
          }
          step.replay();
          assertEquals(4, out.floats()[999]);
          assertEquals(3, kept[0].floats()[5]);
        }
      }
      assertEquals(3, kept[0].floats()[5], "what was kept outlives the recording");
      kept[0].close();
    }
  }

  @Test
  void aWrongLabelIsToldAtTheReplayAndAClosedStepRefuses() {
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor z = Tensor.zeros(2, 3);
      Tensor y = Tensor.of(new int[] {0, 1});
      Tensor out = Tensor.zeros();
      CapturedStep step =
          CapturedStep.record(Device.CPU, () -> out.assign(Losses.crossEntropy(z, y)));
      step.replay();
      assertEquals(Math.log(3), out.item(), 1e-6);
      y.write(new int[] {0, 3});
      IllegalArgumentException e = assertThrows(IllegalArgumentException.class, step::replay);
      assertTrue(e.getMessage().contains("label 3 is out of range for 3 classes"), e.getMessage());
      y.write(new int[] {0, 1});
      step.replay();
      step.close();
      step.close();
      assertThrows(IllegalStateException.class, step::replay);
    }
  }
}
