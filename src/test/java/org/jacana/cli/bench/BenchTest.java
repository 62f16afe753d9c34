package org.jacana.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacana.Device;
import org.jacana.LeakExtension;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.backend.DeviceProbe;
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
    assertEquals(3, c.floor(new Work("copied", 3e10, 9e9, null).fromHost()));
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

  @Test
  void linuxKnowsWhatIsFreeUnlessAContainerIsSmaller() {
    String info = "MemTotal:  1000 kB\nMemFree:  100 kB\nMemAvailable:  600 kB\nBuffers: 1 kB\n";
    assertEquals(600 * 1024, FreeMemory.host(info, 1000 * 1024, 100 * 1024));
    assertEquals(70 * 1024, FreeMemory.host(info, 500 * 1024, 70 * 1024));
    assertEquals(70 * 1024, FreeMemory.host("", 500 * 1024, 70 * 1024));
    long here = FreeMemory.of(Device.CPU);
    assertTrue(here > 1 << 20, here + " bytes");
  }

  @Test
  void clocksAreThoseOfTheProcessors() {
    DeviceProbe probe = new Clocked(2e9, 1e9, 1.5e9);
    Clock c = Clock.read("now", probe, 5);
    assertEquals(new Clock("now", 3, 1500, 1000, 2000, 2100), c);
    assertTrue(c.toString().contains("now: 1500 MHz, the median of 3"), c.toString());
    assertThrows(IllegalStateException.class, () -> Clock.read("now", new Clocked(1e9, 0), 5));
    assertThrows(IllegalStateException.class, () -> Clock.read("now", new Clocked(), 5));
  }

  /** A device that has clocks alone. */
  private record Clocked(double... hertz) implements DeviceProbe {
    @Override
    public double[] clocks(long nanoseconds) {
      return hertz.clone();
    }

    @Override
    public double ratedClock() {
      return 2.1e9;
    }

    @Override
    public long freeBytes() {
      throw new UnsupportedOperationException();
    }

    @Override
    public HostBlock host(int bytes, boolean pinned) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aWorkIsPreparedAndRunInItsPrecision() {
    List<Precision> seen = new ArrayList<>();
    Work w =
        new Work(
                "w",
                0,
                0,
                () -> {
                  seen.add(Precision.current());
                  return new Work.Call(() -> seen.add(Precision.current()), () -> "as planned");
                })
            .at(Precision.BF16);
    Stopwatch watch = new Stopwatch(Backends.of(Device.CPU), 0, 0, 1e-9);
    Result r = Bench.measure(Device.CPU, watch, new Ceilings(1, Map.of()), w);
    assertEquals("as planned", r.wrong());
    assertEquals(Set.of(Precision.BF16), Set.copyOf(seen));
    assertTrue(seen.size() > 5, seen::toString);
    assertEquals(Precision.FP32, Precision.current());
  }
}
