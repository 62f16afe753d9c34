package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.LeakExtension;
import org.jacana.Profiler;
import org.jacana.Scope;
import org.jacana.data.Digits;
import org.jacana.data.ImageSplit;
import org.jacana.data.Normalization;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakExtension.class)
class ProfileStepsTest {
  private static List<Profiler> measure(long skip, long steps) {
    List<Profiler> seen = new ArrayList<>();
    ImageSplit digits = Digits.load();
    try (Scope scope = Scope.open(Device.CPU);
        Module net = Models.byName("mlp", 8, 8, 1, 10, new Generator(1));
        Sgd sgd = Sgd.of(net.parameters()).learningRate(0.01)) {
      new Trainer(1)
          .batch(256)
          .batchesPerEpoch(4)
          .callback(new ProfileSteps(skip, steps, seen::add))
          .fit(net, sgd, digits, Normalization.of(digits.train()));
    }
    assertFalse(Profiler.on());
    return seen;
  }

  @Test
  void measuresJustTheStepsAskedFor() {
    List<Profiler> seen = measure(1, 2);
    assertEquals(1, seen.size());
    // Three linear layers in each of two steps.
    Profiler.Row linear =
        seen.get(0).rows().stream().filter(r -> r.name().equals("linear")).findFirst().get();
    assertEquals(6, linear.count());
  }

  @Test
  void aRunThatEndsEarlyGivesWhatItHas() {
    assertEquals(1, measure(2, 100).size());
    assertTrue(measure(50, 1).isEmpty());
    assertThrows(IllegalArgumentException.class, () -> new ProfileSteps(0, 1, p -> {}));
  }
}
