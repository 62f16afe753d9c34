package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jacana.Scope;
import org.jacana.backend.OutOfDeviceMemoryException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The n-th allocation fails, for every n, once and for ever: what fails says so in numbers, changes
 * nothing, leaves nothing behind, and works the next time.
 */
class AllocationFaultsTest {
  private static final int OUT_OF_MEMORY = 2;
  private static CudaBackend gpu;

  @BeforeAll
  static void everyBufferIsItsOwnAllocation() {
    System.setProperty("jacana.cuda.pool", "false");
    gpu = CudaDevice.backend();
    Assumptions.assumeTrue(CudaDevice.simulated(), "needs calls that fail when asked to");
    gpu.deterministic(true);
  }

  @AfterEach
  void mend() {
    disarm("cuMemAlloc");
    disarm("cuMemHostAlloc");
  }

  /** As if nothing had been asked for; the simulation's reset would drop work that waits. */
  private static void disarm(String call) {
    CudaSim.failCall(call, Integer.MAX_VALUE, false, 0);
  }

  static Stream<String> names() {
    return Scenario.all().keySet().stream();
  }

  private static void same(Map<String, float[]> expected, Map<String, float[]> got, String when) {
    assertEquals(expected.keySet(), got.keySet(), when);
    expected.forEach((k, v) -> assertArrayEquals(v, got.get(k), when + ": " + k));
  }

  @ParameterizedTest
  @MethodSource("names")
  void theNthAllocationFails(String name) {
    Supplier<Scenario> make = Scenario.all().get(name);
    float[] result;
    Map<String, float[]> after;
    long needed;
    try (Scenario s = make.get()) {
      // Handles, kernels and staging memory, which stay.
      s.run();
    }
    try (Scenario s = make.get()) {
      long from = CudaSim.calls("cuMemAlloc");
      result = s.run();
      needed = CudaSim.calls("cuMemAlloc") - from;
      after = s.state();
    }
    gpu.synchronize();
    long live = gpu.liveBytes();
    long blocks = CudaSim.liveAllocations();
    long pinned = CudaSim.livePinned();
    assertTrue(needed > 0, "nothing was allocated");
    for (int n = 1; n <= needed; n++) {
      for (boolean forEver : new boolean[] {false, true}) {
        String when = name + ", allocation " + n + (forEver ? " and all after it" : "");
        try (Scenario s = make.get()) {
          Map<String, float[]> before = s.state();
          CudaSim.failCall("cuMemAlloc", n, forEver, OUT_OF_MEMORY);
          OutOfDeviceMemoryException e = failure(s, forEver ? null : result, when);
          disarm("cuMemAlloc");
          assertNull(Scope.current(), when);
          if (forEver) {
            assertNotNull(e, when);
            assertTrue(e.requested() > 0 && e.live() >= 0 && e.free() > 0, when + ": " + e);
            same(before, s.state(), when);
            s.recover();
            assertArrayEquals(result, s.run(), when);
          }
          same(after, s.state(), when);
        }
        assertEquals(live, gpu.liveBytes(), when);
        assertEquals(blocks, CudaSim.liveAllocations(), when);
        assertEquals(pinned, CudaSim.livePinned(), when);
      }
    }
  }

  /** Runs it, which gives the expected result if there is one and fails otherwise. */
  private static OutOfDeviceMemoryException failure(Scenario s, float[] expected, String when) {
    try {
      float[] got = s.run();
      if (expected != null) {
        assertArrayEquals(expected, got, when);
      }
      return null;
    } catch (OutOfDeviceMemoryException e) {
      if (expected != null) {
        throw new AssertionError(when + ": the second attempt was not made", e);
      }
      return e;
    }
  }
}
