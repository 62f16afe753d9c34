package org.jacana.cli.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jacana.Device;
import org.jacana.Precision;
import org.jacana.backend.cuda.CudaDevice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is measured on a GPU; nothing of it runs here. */
class SuiteTest {
  private static final Device GPU = Device.cuda(0);
  private static final long PLENTY = 80L << 30;

  @BeforeEach
  void start() {
    CudaDevice.backend();
  }

  private static Set<String> names(Suite s) {
    List<String> all = s.works().stream().map(Work::name).toList();
    Set<String> names = new HashSet<>(all);
    assertEquals(all.size(), names.size(), "a name is there twice");
    return names;
  }

  @Test
  void everyPrecisionIsSweptAndEveryWayOfCopyingIsTaken() {
    Suite s = new Suite(GPU, false, PLENTY);
    assertEquals(List.of(), s.leftOut());
    assertArrayEquals(new int[] {256, 512, 1024, 2048, 4096, 8192}, s.products());
    assertArrayEquals(new int[] {4096, 8192}, s.largestProducts());
    assertArrayEquals(new int[] {24}, new Suite(GPU, true, PLENTY).largestProducts());
    Set<String> names = names(s);
    for (Precision p : Precision.values()) {
      for (int n : s.products()) {
        assertTrue(names.contains("matmul " + n + " " + p), p::toString);
      }
      for (String pass : new String[] {"conv ", "conv dx ", "conv dw "}) {
        assertTrue(names.contains(pass + "3x3 n256 32x32 c64->64 " + p), p::toString);
      }
    }
    for (String memory : new String[] {"pinned", "pageable"}) {
      for (String size : new String[] {"4 KiB", "64 KiB", "1 MiB", "16 MiB", "128 MiB"}) {
        assertTrue(names.contains("host to device, " + memory + ", " + size), size);
        assertTrue(names.contains("device to host, " + memory + ", " + size), size);
      }
    }
    assertTrue(names.contains("kernel launch, and wait"));
    assertTrue(names.contains("replay of a recorded step of 1, and wait"));
  }

  @Test
  void whatDoesNotFitIsLeftOutAndSaid() {
    Suite s = new Suite(GPU, false, 1L << 30);
    assertArrayEquals(new int[] {256, 512, 1024, 2048, 4096}, s.products());
    assertTrue(
        s.leftOut()
            .contains(
                "left out: matmul 8192 needs about 1536 MiB, more than half of the 1024 MiB that"
                    + " are free"),
        s.leftOut()::toString);
    assertTrue(names(s).stream().noneMatch(n -> n.startsWith("matmul 8192")));
    assertEquals(16 << 20, s.large());
    assertEquals(64 << 20, new Suite(GPU, false, PLENTY).large());
    Suite host = new Suite(Device.CPU, false, 0);
    assertEquals(List.of(), host.leftOut());
  }
}
