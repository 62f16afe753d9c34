package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Layout;
import org.jacana.backend.Reduction;
import org.jacana.backend.View;
import org.jacana.op.Unary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mistakes that are planted are found: memory of others, memory given back, memory lost. */
class GuardTest {
  private CudaBackend gpu;

  @BeforeEach
  void everyBufferIsItsOwnAllocation() {
    System.setProperty("jacana.cuda.pool", "false");
    gpu = CudaDevice.backend();
    Assumptions.assumeTrue(CudaDevice.simulated(), "needs guarded memory");
    CudaSim.reset();
    CudaSim.alignment(16);
  }

  @AfterEach
  void mend() {
    CudaSim.reset();
  }

  private static View view(CudaBuffer b, int n) {
    return new View(b, DType.F32, Layout.contiguous(Shape.of(n)));
  }

  /** Runs kernels on a buffer of 64 floats, which the device refuses. */
  private String found(Consumer<CudaBuffer> kernels) {
    CudaBuffer b = gpu.gpu().memory().allocate(4 * 64);
    try {
      CudaException e =
          assertThrows(
              CudaException.class,
              () -> {
                kernels.accept(b);
                gpu.synchronize();
              });
      String words = CudaSim.lastError();
      assertTrue(e.getMessage().contains(words), e.getMessage());
      return words;
    } finally {
      CudaSim.reset();
      if (b.isOpen()) {
        b.release();
      }
    }
  }

  private static void says(String words, String... parts) {
    for (String part : parts) {
      assertTrue(words.contains(part), words);
    }
  }

  @Test
  void writingBehindABuffer() {
    says(found(b -> gpu.fill(view(b, 70), 1)), "fill", "wrote", "block", "thread");
  }

  @Test
  void readingBehindABuffer() {
    CudaBuffer out = gpu.gpu().memory().allocate(4 * 200);
    String words = found(b -> gpu.unary(Unary.NEG, 0, 0, view(out, 200), view(b, 200)));
    says(words, "read", "block", "thread");
    words =
        found(
            b ->
                gpu.reduce(
                    Reduction.SUM,
                    new View(out, DType.F32, Layout.contiguous(Shape.of(1))),
                    view(b, 3000)));
    says(words, "read");
    out.release();
  }

  @Test
  void memoryThatWasGivenBack() {
    String words =
        found(
            b -> {
              View late = view(b, 64);
              b.release();
              gpu.fill(late, 1);
            });
    says(words, "freed");
  }

  @Test
  void memoryThatIsLost() {
    long live = gpu.liveBytes();
    long blocks = CudaSim.liveAllocations();
    CudaBuffer lost = gpu.gpu().memory().allocate(1000);
    CudaBuffer closed = gpu.gpu().memory().allocate(500);
    closed.release();
    assertEquals(live + 1000, gpu.liveBytes());
    assertEquals(blocks + 1, CudaSim.liveAllocations());
    lost.release();
    assertEquals(live, gpu.liveBytes());
    assertEquals(blocks, CudaSim.liveAllocations());
  }
}
