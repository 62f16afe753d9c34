package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class OneDnnTest {
  private static final ConvShape CONV = ConvShape.of(4, 14, 14, 16, 32, 3, 1, 1);

  /** A product, a convolution and its three gradients, joined. */
  private static float[] work(Memory memory, long x, long w, long dy) {
    int y = CONV.n() * CONV.oh() * CONV.ow() * CONV.o();
    int xs = CONV.n() * CONV.h() * CONV.w() * CONV.c();
    int ws = CONV.o() * 9 * CONV.c();
    long[] out = {
      memory.floats(y),
      memory.floats(xs),
      memory.floats(ws),
      memory.floats(CONV.o()),
      memory.floats(64 * 64)
    };
    int[] sizes = {y, xs, ws, CONV.o(), 64 * 64};
    assertTrue(OneDnn.conv(out[0], x, w, 0, CONV));
    assertTrue(OneDnn.convGradInput(out[1], dy, w, CONV));
    assertTrue(OneDnn.convGradWeight(out[2], out[3], x, dy, CONV));
    assertTrue(OneDnn.matmul(out[4], x, dy, w, MatmulShape.dense(64, 64, 64, false, true)));
    float[] all = new float[0];
    for (int i = 0; i < out.length; i++) {
      float[] part = Memory.read(out[i], sizes[i]);
      int at = all.length;
      all = java.util.Arrays.copyOf(all, at + part.length);
      System.arraycopy(part, 0, all, at, part.length);
    }
    return all;
  }

  @Test
  void sameBitsRunAfterRunAndFromSeveralThreadsAtOnce() throws Exception {
    try (Memory memory = new Memory(1)) {
      long x = memory.floats(memory.random(4 * 14 * 14 * 16));
      long w = memory.floats(memory.random(32 * 9 * 16));
      long dy = memory.floats(memory.random(4 * 14 * 14 * 32));
      float[] want = work(memory, x, w, dy);
      for (int i = 0; i < 5; i++) {
        assertArrayEquals(want, work(memory, x, w, dy));
      }
      OneDnn.clear();
      assertEquals(0, OneDnn.cached());
      assertEquals(0, OneDnn.scratchBytes());
      assertArrayEquals(want, work(memory, x, w, dy));

      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
          tasks.add(
              () -> {
                try (Memory own = new Memory(2)) {
                  for (int i = 0; i < 20; i++) {
                    assertArrayEquals(want, work(own, x, w, dy));
                  }
                }
                return 1;
              });
        }
        for (Future<Integer> f : threads.invokeAll(tasks)) {
          assertEquals(1, f.get());
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void clearingWhileOthersRunIsSafe() throws Exception {
    try (Memory memory = new Memory(1)) {
      long x = memory.floats(memory.random(4 * 14 * 14 * 16));
      long w = memory.floats(memory.random(32 * 9 * 16));
      long dy = memory.floats(memory.random(4 * 14 * 14 * 32));
      float[] want = work(memory, x, w, dy);
      ExecutorService thread = Executors.newSingleThreadExecutor();
      try {
        Future<?> clearing =
            thread.submit(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    OneDnn.clear();
                  }
                });
        for (int i = 0; i < 30; i++) {
          try (Memory own = new Memory(2)) {
            assertArrayEquals(want, work(own, x, w, dy));
          }
        }
        clearing.cancel(true);
      } finally {
        thread.shutdownNow();
      }
    }
  }

  @Test
  void resultsAreCloseOnAnyNumberOfThreads() {
    int before = 0;
    try (Memory memory = new Memory(1)) {
      before = Native.threads();
      long x = memory.floats(memory.random(4 * 14 * 14 * 16));
      long w = memory.floats(memory.random(32 * 9 * 16));
      long dy = memory.floats(memory.random(4 * 14 * 14 * 32));
      float[] want = work(memory, x, w, dy);
      for (int n : new int[] {1, 2, 3, 5}) {
        Native.setThreads(n);
        assertArrayEquals(want, work(memory, x, w, dy), 1e-3f);
      }
    } finally {
      if (before > 0) {
        Native.setThreads(before);
      }
    }
  }

  /** Resident bytes of this process. */
  private static long resident() throws IOException {
    String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
    return Long.parseLong(pages[1]) * 4096;
  }

  @Test
  void manyShapesDoNotGrowWithoutBound() throws Exception {
    try (Memory memory = new Memory(1)) {
      Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/statm")), "no /proc here");
      long a = memory.floats(memory.random(4096));
      long c = memory.floats(4096);
      long halfWay = 0;
      for (int i = 0; i < 4000; i++) {
        if (i == 2000) {
          halfWay = resident();
        }
        int m = 1 + i % 60;
        int n = 1 + i / 60;
        MatmulShape s = new MatmulShape(1, 1, m, 3, n, 0, 0, 3, 1, 0, 0, n, 1, 0, 0, n, 1);
        if (m * n <= 4096) {
          assertTrue(OneDnn.matmul(c, a, a, 0, s));
        }
        assertTrue(OneDnn.cached() <= OneDnn.CAPACITY);
      }
      assertEquals(OneDnn.CAPACITY, OneDnn.cached());
      // The first two thousand filled the cache; as many more replaced what was there.
      long grown = resident() - halfWay;
      assertTrue(grown < 64 << 20, "2,000 more shapes took " + grown + " bytes");
      OneDnn.clear();
    }
  }

  @Test
  void failuresNameTheCallTheStatusAndTheShapes() {
    OneDnnException e =
        new OneDnnException("dnnl_primitive_create", 1, MatmulShape.dense(2, 3, 4, false, false));
    assertTrue(
        e.getMessage()
            .startsWith("oneDNN: dnnl_primitive_create failed with out_of_memory for MatmulShape["),
        e.getMessage());
    assertEquals(1, e.status());
  }
}
