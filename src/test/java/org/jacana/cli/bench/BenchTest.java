package org.jacana.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.jacana.Device;
import org.jacana.LeakExtension;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakExtension.class)
class BenchTest {
  private static Result result(String name, double low, double median, double high) {
    return new Result(name, median, low, high, 9, 0, 0, 0, null);
  }

  @Test
  void quantilesAreThoseOfTheSamples() {
    Stats s = Stats.of(new double[] {5, 1, 4, 2, 3}, 10);
    assertEquals(3, s.median());
    assertEquals(2, s.q1());
    assertEquals(4, s.q3());
    assertEquals(1, s.least());
    assertEquals(1.0 / 3, s.spread(), 1e-12);
    assertEquals(0.3, s.per(10).median(), 1e-12);
    assertEquals(2.5, Stats.of(new double[] {1, 2, 3, 4}, 1).median());
  }

  @Test
  void theCeilingIsTheSlowerBound() {
    Ceilings c = new Ceilings(1e9, Map.of(Precision.FP32, 1e10));
    assertEquals(2, c.floor(new Work("bytes", 1e10, 2e9, null)));
    assertEquals(3, c.floor(new Work("operations", 3e10, 2e9, null)));
    assertEquals(2, c.floor(new Work("other", 3e10, 2e9, null).at(Precision.BF16)));
  }

  @Test
  void onlyRatiosBeyondTheSpreadCount() {
    Comparison c =
        Comparison.of(
            List.of(result("a", 9, 10, 11), result("b", 9, 10, 11), result("gone", 1, 1, 1)),
            List.of(result("a", 10.5, 12, 13), result("b", 19, 20, 21), result("new", 1, 1, 1)));
    assertEquals(List.of("gone"), c.missing());
    assertFalse(c.rows().get(0).clear());
    assertTrue(c.rows().get(1).clear());
    assertEquals(2, c.worst());
  }

  @Test
  void aWrongResultIsNoticed() {
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor right = Tensor.arange(100);
      assertNull(Check.elements(right, i -> i, i -> 1, 1e-6));
      assertNotNull(Check.elements(right, i -> i == 99 ? 98 : i, i -> 1, 1e-6));
      assertNotNull(Check.elements(right.mul(Double.NaN), i -> i, i -> 1, 1e-6));
      assertNull(Check.equal("x", 1, 1 + 1e-9, 1, 1e-6));
      assertNotNull(Check.equal("x", Double.NaN, 1, 1, 1e-6));
      assertNotNull(Check.equal("x", 1, 1.1, 1, 1e-6));
    }
  }

  @Test
  void aSampleIsLongEnoughToBeTimed() {
    Stopwatch watch = new Stopwatch(Backends.of(Device.CPU), 0, 0.01, 0.001);
    int[] calls = {0};
    Stats s = watch.measure(() -> calls[0]++);
    assertTrue(s.calls() > 100, s.toString());
    assertTrue(s.samples() >= 5);
    assertTrue(calls[0] >= s.calls() * s.samples());
  }
}
