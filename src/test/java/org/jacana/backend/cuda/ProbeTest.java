package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import jcuda.driver.CUdevice_attribute;
import org.jacana.backend.DeviceProbe;
import org.jacana.backend.DeviceProbe.HostBlock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeTest {
  private CudaBackend gpu;
  private DeviceProbe probe;

  @BeforeEach
  void start() {
    gpu = CudaDevice.backend();
    probe = gpu.probe();
    reset();
  }

  @AfterEach
  void reset() {
    gpu.synchronize();
    if (CudaDevice.simulated()) {
      CudaSim.reset();
    }
  }

  private static void needsTheStandIn() {
    Assumptions.assumeTrue(CudaDevice.simulated(), "needs a device whose clock is known");
  }

  @Test
  void everyProcessorCountsItsClock() {
    double[] hertz = probe.clocks(1_000_000);
    assertEquals(gpu.gpu().context().processors(), hertz.length);
    for (double h : hertz) {
      assertTrue(h > 5e7 && h < 1e10, "a clock of " + h + " Hz");
    }
    assertEquals(0, gpu.liveBytes());
  }

  @Test
  void theClockIsMeasuredAndNotTheDriversWord() {
    needsTheStandIn();
    // The stand-in runs at nine tenths of what it is rated at; its timer has steps of 1024 ns.
    for (int kilohertz : new int[] {1_980_000, 1_234_000}) {
      CudaSim.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE, kilohertz);
      assertEquals(1e3 * kilohertz, probe.ratedClock());
      for (double h : probe.clocks(500_000)) {
        assertEquals(0.9e3 * kilohertz, h, 1e-3 * h);
      }
    }
    assertThrows(IllegalArgumentException.class, () -> probe.clocks(0));
  }

  private static void fill(ByteBuffer b, int seed) {
    for (int i = 0; i < b.capacity(); i++) {
      b.put(i, (byte) (i * 31 + i / 251 + seed));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bytesGoThereAndBack(boolean pinned) {
    int n = 100_003;
    CudaBuffer there = gpu.gpu().memory().allocate(n);
    try (HostBlock from = probe.host(n, pinned);
        HostBlock to = probe.host(n, pinned)) {
      fill(from.bytes(), 5);
      from.upload(there);
      to.download(there);
      gpu.synchronize();
      assertEquals(-1, from.bytes().mismatch(to.bytes()));
      ByteBuffer plain = ByteBuffer.allocate(n);
      gpu.download(plain, there, 0);
      assertEquals(-1, from.bytes().mismatch(plain.clear()));
      fill(plain, 6);
      gpu.upload(there, 0, plain.clear());
      to.download(there);
      gpu.synchronize();
      assertEquals(-1, plain.clear().mismatch(to.bytes()));
    } finally {
      there.release();
    }
  }

  @Test
  void pinnedMemoryIsPinnedAndGivenBack() {
    needsTheStandIn();
    long before = CudaSim.livePinned();
    CudaBuffer there = gpu.gpu().memory().allocate(100);
    try (HostBlock pinned = probe.host(100, true);
        HostBlock pageable = probe.host(100, false)) {
      assertEquals(before + 1, CudaSim.livePinned());
      long unpinned = CudaSim.calls("unpinned");
      pinned.upload(there);
      assertEquals(unpinned, CudaSim.calls("unpinned"));
      pageable.upload(there);
      assertEquals(unpinned + 1, CudaSim.calls("unpinned"));
      pinned.close();
      assertEquals(before, CudaSim.livePinned());
      String words =
          assertThrows(IllegalStateException.class, () -> pinned.upload(there)).getMessage();
      assertTrue(words.contains("closed"), words);
    } finally {
      there.release();
    }
    assertEquals(before, CudaSim.livePinned());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    CudaBuffer there = gpu.gpu().memory().allocate(10);
    try (HostBlock block = probe.host(11, true)) {
      assertThrows(IndexOutOfBoundsException.class, () -> block.upload(there));
      assertThrows(IndexOutOfBoundsException.class, () -> block.download(there));
      assertThrows(IllegalStateException.class, () -> gpu.capture(() -> block.upload(there)));
    } finally {
      there.release();
    }
    assertThrows(IllegalArgumentException.class, () -> probe.host(0, false));
  }

  @Test
  void aFailedCopyIsTold() {
    needsTheStandIn();
    CudaBuffer there = gpu.gpu().memory().allocate(64);
    try (HostBlock block = probe.host(64, true)) {
      for (String call : new String[] {"cuMemcpyHtoDAsync", "cuMemcpyDtoHAsync"}) {
        CudaSim.failCall(call, 1, false, 999);
        CudaException e =
            assertThrows(
                CudaException.class,
                () -> {
                  block.upload(there);
                  block.download(there);
                });
        assertEquals(call, e.call());
      }
      CudaSim.failCall("cuMemGetInfo", 1, false, 999);
      assertThrows(CudaException.class, probe::freeBytes);
    } finally {
      there.release();
    }
  }

  @Test
  void freeMemoryShrinksByWhatIsTaken() {
    long free = probe.freeBytes();
    int bytes = 48 << 20;
    CudaBuffer taken = gpu.gpu().memory().allocate(bytes);
    assertEquals(free - bytes, probe.freeBytes(), 8 << 20);
    taken.release();
    assertFalse(probe.freeBytes() < free);
  }
}
