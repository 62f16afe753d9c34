package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.nn.Dropout;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.Module;
import org.jacana.nn.Sequential;
import org.jacana.optim.Adam;
import org.jacana.optim.Lbfgs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loops without a trainer go on from a checkpoint to the same bits, too. */
class HandLoopTest {
  private static final int STEPS = 6;

  @TempDir Path folder;

  private static Module model(int hidden) {
    Generator g = new Generator(1);
    return new Sequential(
        new Linear(4, hidden, g), new Dropout(0.3, new Generator(2)), new Linear(hidden, 1, g));
  }

  private static Tensor loss(Module model) {
    float[] x = new float[32];
    for (int i = 0; i < 32; i++) {
      x[i] = (float) Math.sin(i * i);
    }
    return Losses.mse(model.apply(Tensor.of(x, 8, 4)), Tensor.ones(8, 1));
  }

  private String adam(Path from, List<Path> saved) throws IOException {
    try (Scope scope = Scope.open(Device.CPU);
        Module model = model(5);
        Adam adam = Adam.of(model.parameters()).learningRate(0.1)) {
      long step = 0;
      if (from != null) {
        Checkpoint c = Checkpoint.read(from);
        c.load(model);
        adam.load(c.parts().get("optimizer").state(Device.CPU));
        step = c.step();
      }
      for (; step < STEPS; step++) {
        try (Scope one = Scope.open()) {
          loss(model).backward();
          adam.step();
          adam.zeroGrad();
        }
        if (saved != null) {
          saved.add(folder.resolve("adam" + step));
          Checkpoint.of(model, 0, 0, step + 1, Map.of("optimizer", adam.state()))
              .write(saved.get(saved.size() - 1));
        }
      }
      return WeightsHash.sha256(model);
    }
  }

  private String lbfgs(Path from, List<Path> saved) throws IOException {
    try (Scope scope = Scope.open(Device.CPU);
        Module model = model(5).eval()) {
      Lbfgs rule = Lbfgs.of(model.parameters()).iterations(2, 10);
      long step = 0;
      if (from != null) {
        Checkpoint c = Checkpoint.read(from);
        c.load(model);
        rule.load(c.parts().get("optimizer").state(Device.CPU));
        step = c.step();
      }
      for (; step < STEPS; step++) {
        rule.step(() -> loss(model));
        if (saved != null) {
          saved.add(folder.resolve("lbfgs" + step));
          Checkpoint.of(model, 0, 0, step + 1, Map.of("optimizer", rule.state()))
              .write(saved.get(saved.size() - 1));
        }
      }
      return WeightsHash.sha256(model);
    }
  }

  @Test
  void everyStepCanBeGoneOnFrom() throws IOException {
    List<Path> saved = new ArrayList<>();
    String whole = adam(null, saved);
    for (Path p : saved) {
      assertEquals(whole, adam(p, null), p.toString());
    }
    saved.clear();
    whole = lbfgs(null, saved);
    assertEquals(STEPS, saved.size());
    for (Path p : saved) {
      assertEquals(whole, lbfgs(p, null), p.toString());
    }
  }

  @Test
  void anotherModelIsLeftAlone() throws IOException {
    try (Scope scope = Scope.open(Device.CPU);
        Module model = model(5);
        Module wide = model(6)) {
      Checkpoint c = Checkpoint.of(model, 2, 3, 4, Map.of());
      assertEquals(List.of(2, 3, 4L), List.of(c.epoch(), c.batch(), c.step()));
      String before = WeightsHash.sha256(wide);
      assertThrows(IllegalArgumentException.class, () -> c.load(wide));
      assertEquals(before, WeightsHash.sha256(wide));
      assertThrows(IllegalArgumentException.class, () -> Checkpoint.of(model, -1, 0, 0, Map.of()));
    }
  }
}
