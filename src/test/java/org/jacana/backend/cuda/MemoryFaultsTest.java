package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.backend.OutOfDeviceMemoryException;
import org.jacana.data.Digits;
import org.jacana.data.ImageSplit;
import org.jacana.data.Normalization;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sgd;
import org.jacana.train.History;
import org.jacana.train.Trainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pool, page-locked memory and training on a device whose memory runs out. */
class MemoryFaultsTest {
  private static final int OUT_OF_MEMORY = 2;
  private CudaBackend gpu;

  @BeforeAll
  static void pooled() {
    System.setProperty("jacana.cuda.pool", "true");
  }

  @BeforeEach
  void onTheStandIn() {
    gpu = CudaDevice.backend();
    Assumptions.assumeTrue(CudaDevice.simulated(), "needs calls that fail when asked to");
    gpu.synchronize();
    CudaSim.reset();
  }

  @AfterEach
  void mend() {
    gpu.synchronize();
    CudaSim.reset();
  }

  @Test
  void unusedSlabsAreGivenBackBeforeTheSecondAttempt() {
    Memory memory = gpu.gpu().memory();
    gpu.allocate(40 << 20).release();
    long kept = memory.reservedBytes();
    long retries = memory.retries();
    CudaSim.failCall("cuMemAlloc", 1, false, OUT_OF_MEMORY);
    CudaBuffer b = memory.allocate(60 << 20);
    assertEquals(retries + 1, memory.retries());
    assertTrue(memory.reservedBytes() <= kept + (20 << 20), "40 MiB were given back");
    b.release();
  }

  @Test
  void aFreeThatFailsIsToldAndTheOtherSlabsGoBack() {
    Memory memory = gpu.gpu().memory();
    memory.trim();
    CudaBuffer[] three = {
      memory.allocate(40 << 20), memory.allocate(50 << 20), memory.allocate(60 << 20)
    };
    for (CudaBuffer b : three) {
      b.release();
    }
    long blocks = CudaSim.liveAllocations();
    CudaSim.failCall("cuMemFree", 1, false, 1);
    assertEquals("cuMemFree", assertThrows(CudaException.class, memory::trim).call());
    assertEquals(blocks - 2, CudaSim.liveAllocations(), "but the one that failed");
  }

  @Test
  void theNthPageLockedAllocationFails() {
    long before = CudaSim.livePinned();
    long from = CudaSim.calls("cuMemHostAlloc");
    OwnBackend.use(new CudaBackend(0));
    long needed = CudaSim.calls("cuMemHostAlloc") - from;
    long kept = CudaSim.livePinned() - before;
    assertTrue(needed >= 6, "launches, transfers, kernels, cuBLAS and cuDNN, got " + needed);
    for (int n = 1; n <= needed; n++) {
      long pinned = CudaSim.livePinned();
      CudaSim.failCall("cuMemHostAlloc", n, false, OUT_OF_MEMORY);
      CudaBackend own = null;
      CudaException e = null;
      try {
        own = new CudaBackend(0);
        OwnBackend.use(own);
      } catch (CudaException failure) {
        e = failure;
      }
      assertTrue(e != null && e.call().equals("cuMemHostAlloc"), n + ": " + e);
      assertEquals(OUT_OF_MEMORY, e.status());
      if (own == null) {
        assertEquals(pinned, CudaSim.livePinned(), "left by a backend that did not start");
        own = new CudaBackend(0);
      }
      assertEquals(0, own.liveBytes(), "allocation " + n);
      OwnBackend.use(own);
      assertEquals(pinned + kept, CudaSim.livePinned(), "allocation " + n);
    }
  }

  private static void train(int batch, ImageSplit data, Normalization scale) {
    ImageSplit few = new ImageSplit(data.train().slice(0, 4 * batch), data.test());
    try (Scope scope = Scope.open(Scenario.GPU);
        Module model = Models.byName("lenet", 8, 8, 1, 10, new Generator(1));
        Optimizer optimizer = Sgd.of(model.parameters()).momentum(0.9)) {
      new Trainer(1, batch, 0.05).fit(model, optimizer, few, scale);
    }
  }

  @Test
  void trainingTellsABatchThatFitsAndGoesOnWithIt() {
    ImageSplit data =
        new ImageSplit(Digits.load().train().slice(0, 512), Digits.load().test().slice(0, 20));
    Normalization scale = Normalization.of(data.train());
    train(8, data, scale);
    gpu.gpu().memory().trim();
    long live = gpu.liveBytes();
    CudaSim.memory(CudaSim.liveBytes() + (9 << 20));
    try (Scope scope = Scope.open(Scenario.GPU);
        Module model = Models.byName("lenet", 8, 8, 1, 10, new Generator(1));
        Optimizer optimizer = Sgd.of(model.parameters()).momentum(0.9)) {
      float[] weights = model.parameters().get(0).floats();
      OutOfDeviceMemoryException e =
          assertThrows(
              OutOfDeviceMemoryException.class,
              () -> new Trainer(1, 512, 0.05).fit(model, optimizer, data, scale));
      assertTrue(java.util.Arrays.equals(weights, model.parameters().get(0).floats()));
      Matcher m =
          Pattern.compile("a batch of (\\d+) instead of 512 fits \\(tried\\)")
              .matcher(e.getMessage());
      assertTrue(m.find(), e.getMessage());
      int fits = Integer.parseInt(m.group(1));
      assertTrue(fits >= 8 && fits <= 256, e.getMessage());
      ImageSplit few = new ImageSplit(data.train().slice(0, 2 * fits), data.test());
      History h = new Trainer(1, fits, 0.05).fit(model, optimizer, few, scale);
      assertTrue(Double.isFinite(h.epochs().get(0).trainLoss()));
    }
    assertEquals(live, gpu.liveBytes());
  }
}
