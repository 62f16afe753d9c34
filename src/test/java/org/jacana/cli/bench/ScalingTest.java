package org.jacana.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.LeakExtension;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakExtension.class)
class ScalingTest {
  private static final long PLENTY = 1L << 40;

  private static Result result(String name, double micros, String wrong) {
    return new Result(name, micros, micros, micros, 9, 0, 0, 0, wrong);
  }

  /** Times of a device that takes 50 us for a call and grows by a power of the size from there. */
  private static List<Result> results(ScalingSuite suite) {
    List<Result> all = new ArrayList<>();
    for (ScalingSuite.Case c : suite.cases()) {
      boolean batches = c.over() == Scaling.Over.BATCH;
      double micros =
          batches
              ? 50 * Math.pow(c.model().batch(), c.training() ? 1 : 0.5)
              : 7.0 * c.model().size() * c.model().size() * c.model().size();
      all.add(result(c.name(), micros, null));
    }
    return all;
  }

  @Test
  void exponentsAreThoseOfThePowersOfTheSize() {
    ScalingSuite suite = ScalingSuite.of(false, PLENTY);
    assertEquals(List.of(), suite.leftOut());
    Scaling s = Scaling.of(suite, results(suite));
    assertEquals(2 * 7 + 2 * 6, s.points().size());
    int first = 0;
    for (Scaling.Point p : s.points()) {
      assertEquals(p.micros() / p.batch(), p.microsPerImage());
      assertEquals(p.exponent() == null, suite.begins(s.points().indexOf(p)), p::toString);
      if (p.exponent() == null) {
        first++;
        assertTrue(p.batch() == 1 || p.size() == 8, p::toString);
      } else {
        // The side's third power is the power 1.5 of the pixels.
        double wanted = p.over() == Scaling.Over.PIXELS ? 1.5 : p.pass().equals("step") ? 1 : 0.5;
        assertEquals(wanted, p.exponent(), 1e-12);
      }
    }
    assertEquals(4, first);
    String table = s.toString();
    assertTrue(table.contains("step, batch 4096"), table);
    assertTrue(table.contains("204,800.0"), table);
    assertTrue(table.contains("forward, 224x224"), table);
    assertTrue(s.picture("a test").height() > 1000);
  }

  @Test
  void aWrongResultIsNoPointOfACurve() {
    ScalingSuite suite = ScalingSuite.of(true, PLENTY);
    List<Result> results = new ArrayList<>(results(suite));
    assertEquals("forward lenet 28x28 batch 2", results.get(1).name());
    results.set(1, result(results.get(1).name(), 1, "logit 0 is 1 but should be 2"));
    Scaling s = Scaling.of(suite, results);
    assertEquals(11, s.points().size());
    assertEquals(4, s.points().get(1).batch());
    assertEquals(0.5, s.points().get(1).exponent(), 1e-12);
    s.picture("a test");
    Scaling none = Scaling.of(suite, List.of());
    assertEquals(List.of(), none.points());
    assertThrows(IllegalStateException.class, () -> none.picture("a test"));
  }

  @Test
  void whatNeedsMoreThanHalfOfTheMemoryIsLeftOut() {
    ScalingSuite suite = ScalingSuite.of(false, 1L << 30);
    assertTrue(suite.leftOut().size() > 1, suite.leftOut()::toString);
    for (String line : suite.leftOut()) {
      assertTrue(line.matches(".* (batch (4096|1024)|resnet8 224x224 batch 8) needs .*"), line);
      assertTrue(line.contains("more than half of the 1024 MiB"), line);
    }
    assertEquals(26, suite.cases().size() + suite.leftOut().size());
    for (ScalingSuite.Case c : suite.cases()) {
      assertTrue(ModelWork.bytes(c.model(), c.training()) <= 1 << 29, c::name);
    }
    assertNull(Scaling.of(suite, results(suite)).points().get(0).exponent());
    assertEquals(0, ScalingSuite.of(false, 0).cases().size());
  }

  /** What a forward pass keeps for its gradients is less than the guess, and not far below it. */
  @Test
  void theGuessOfMemoryHolds() {
    Backend cpu = Backends.of(Device.CPU);
    for (ModelWork.Case c :
        List.of(new ModelWork.Case("lenet", 28, 1, 32), new ModelWork.Case("resnet8", 32, 3, 4))) {
      long before = cpu.liveBytes();
      try (Scope scope = Scope.open(Device.CPU);
          Autograd.Mode on = Autograd.enableGrad();
          Module net =
              Models.byName(c.name(), c.size(), c.size(), c.channels(), 10, new Generator(1))) {
        Tensor x = new Generator(3).normal(DType.F32, c.batch(), c.size(), c.size(), c.channels());
        net.apply(x);
        double kept = cpu.liveBytes() - before;
        double guess = ModelWork.bytes(c, true);
        assertTrue(kept < guess && guess < 10 * kept, c + " keeps " + kept + ", guess " + guess);
      }
    }
  }
}
