package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import jcuda.driver.CUdevice_attribute;
import org.jacana.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each function that is called fails at its first, a middle and its last call: the exception names
 * function and status, nothing is left behind, and the next attempt works.
 */
class StatusFaultsTest {
  /** Functions without which a convolution is computed in another way. */
  private static final String RANKING = "cudnnGetConvolution\\w+Algorithm_v7";

  /** Functions with which cuDNN says that it has no kernel; others compute it then. */
  private static final String REFUSING =
      RANKING + "|cudnnGetConvolution\\w+WorkspaceSize|cudnnConvolution(Forward|Backward\\w+)";

  private static CudaBackend gpu;
  private static Set<String> functions;

  @BeforeAll
  static void start() throws IOException {
    System.setProperty("jacana.cuda.pool", "false");
    gpu = CudaDevice.backend();
    Assumptions.assumeTrue(CudaDevice.simulated(), "needs calls that fail when asked to");
    gpu.deterministic(true);
    functions = VendorCalls.functions();
  }

  @BeforeEach
  @AfterEach
  void mend() {
    gpu.synchronize();
    CudaSim.reset();
  }

  private static Map<String, Long> calls() {
    Map<String, Long> m = new TreeMap<>();
    functions.forEach(f -> m.put(f, CudaSim.calls(f)));
    return m;
  }

  /** How often each function is called by some work, without those that are not. */
  private static Map<String, Long> callsOf(Runnable work) {
    Map<String, Long> before = calls();
    work.run();
    Map<String, Long> after = calls();
    after.replaceAll((f, n) -> n - before.get(f));
    after.values().removeIf(n -> n == 0);
    return after;
  }

  /** A refusal changes the plan that is kept, so that it is tried on new backends alone. */
  private static int[] statuses(String f, boolean refusals) {
    if (f.startsWith("cudnn")) {
      return refusals ? new int[] {3000, 5000} : new int[] {5000};
    }
    return new int[] {f.startsWith("cublas") ? 14 : 999};
  }

  /** What is asked of each function, at each of three of its calls. */
  private interface Attempt {
    void at(String function, int nth, int status);
  }

  private static void each(Map<String, Long> calls, boolean refusals, Attempt attempt) {
    calls.forEach(
        (f, n) -> {
          for (long nth : Stream.of(1L, (n + 1) / 2, n).distinct().toList()) {
            for (int status : statuses(f, refusals)) {
              attempt.at(f, (int) nth, status);
              CudaSim.failCall(f, Integer.MAX_VALUE, false, 0);
            }
          }
        });
  }

  /** Runs work of which a call fails. */
  private static void told(
      String function, int nth, int status, Supplier<float[]> work, float[] result) {
    String when = function + ", call " + nth + ", status " + status;
    CudaSim.failCall(function, nth, false, status);
    float[] got;
    try {
      got = work.get();
    } catch (CudaException e) {
      assertTrue(e.call().startsWith(function), () -> when + ": " + e);
      assertEquals(status, e.status(), when);
      return;
    }
    if (!function.matches(status == 3000 ? REFUSING : RANKING)) {
      fail(when + ": nobody noticed");
    }
    assertArrayEquals(result, got, 1e-4f, when);
  }

  /** Blocks that a function itself has not freed. */
  private static long lost(String function, String free) {
    return function.equals(free) ? 1 : 0;
  }

  @ParameterizedTest
  @ValueSource(strings = {"recorded", "adam", "convolutions", "matmul", "indexing", "creation"})
  void aStepTellsWhatFailed(String name) {
    Supplier<Scenario> make = Scenario.all().get(name);
    try (Scenario s = make.get()) {
      s.run();
    }
    float[] result;
    Map<String, float[]> after;
    Map<String, Long> calls;
    try (Scenario s = make.get()) {
      float[][] got = new float[1][];
      calls = callsOf(() -> got[0] = s.run());
      result = got[0];
      after = s.state();
    }
    assertTrue(calls.containsKey("cuLaunchKernel"), calls::toString);
    each(
        calls,
        false,
        (function, nth, status) -> {
          String when = name + ", " + function + ", call " + nth;
          long live = gpu.liveBytes();
          long blocks = CudaSim.liveAllocations();
          long pinned = CudaSim.livePinned();
          try (Scenario s = make.get()) {
            told(function, nth, status, s::run, result);
            assertNull(Scope.current(), when);
            s.recover();
            s.run();
          }
          assertEquals(live, gpu.liveBytes(), when);
          assertEquals(blocks + lost(function, "cuMemFree"), CudaSim.liveAllocations(), when);
          assertEquals(pinned + lost(function, "cuMemFreeHost"), CudaSim.livePinned(), when);
          try (Scenario s = make.get()) {
            assertArrayEquals(result, s.run(), 1e-5f, when);
            Map<String, float[]> state = s.state();
            after.forEach((k, v) -> assertArrayEquals(v, state.get(k), 1e-5f, when + ": " + k));
          }
        });
  }

  @Test
  void aBackendThatStartsTellsWhatFailed() {
    // An older device, on which cuBLAS has less memory; each backend keeps some.
    CudaSim.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 8);
    CudaSim.memory(4L << 30);
    // The libraries are looked for once.
    OwnBackend.use(new CudaBackend(0));
    long pinned = CudaSim.livePinned();
    long blocks = CudaSim.liveAllocations();
    float[][] result = new float[1][];
    Map<String, Long> calls = callsOf(() -> result[0] = OwnBackend.use(new CudaBackend(0)));
    long keptPinned = CudaSim.livePinned() - pinned;
    long keptBlocks = CudaSim.liveAllocations() - blocks;
    for (String f :
        new String[] {"cublasCreate", "cudnnCreate", "cuStreamCreate", "cuCtxSetCurrent"}) {
      assertTrue(calls.containsKey(f), f);
    }
    each(
        calls,
        true,
        (function, nth, status) -> {
          String when = function + ", call " + nth + ", status " + status;
          CudaBackend[] own = {null};
          long pinnedNow = CudaSim.livePinned();
          long blocksNow = CudaSim.liveAllocations();
          told(
              function,
              nth,
              status,
              () -> {
                own[0] = new CudaBackend(0);
                return OwnBackend.use(own[0]);
              },
              result[0]);
          long lostPinned = lost(function, "cuMemFreeHost");
          if (own[0] == null) {
            assertEquals(pinnedNow + lostPinned, CudaSim.livePinned(), when);
            own[0] = new CudaBackend(0);
          }
          assertEquals(0, own[0].liveBytes(), when);
          assertArrayEquals(result[0], OwnBackend.use(own[0]), 1e-4f, when);
          assertEquals(pinnedNow + keptPinned + lostPinned, CudaSim.livePinned(), when);
          assertEquals(
              blocksNow + keptBlocks + lost(function, "cuMemFree"),
              CudaSim.liveAllocations(),
              when);
        });
  }
}
