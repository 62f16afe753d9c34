package org.jacana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StagingTest {
  static Stream<Device> devices() {
    return Devices.all().stream();
  }

  /** 18 MB are more than two pieces and some. */
  @ParameterizedTest
  @MethodSource("devices")
  void longArraysGoInPieces(Device device) {
    float[] values = new float[4_500_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    try (Scope scope = Scope.open(device)) {
      Tensor t = Tensor.of(values, 3, 1_500_000);
      Tensor w = Tensor.zeros(values.length + 1).slice(0, 1, values.length + 1);
      w.write(values);
      for (Tensor x : new Tensor[] {t.reshape(values.length), w}) {
        for (int i : new int[] {0, 2_097_151, 2_097_152, 4_194_303, 4_194_304, 4_499_999}) {
          assertEquals(i, x.at(i).item());
        }
        assertEquals(0, x.sub(Tensor.of(values)).abs().max().item());
      }
      ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = beans.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 5; i++) {
        w.write(values);
      }
      long bytes = beans.getCurrentThreadAllocatedBytes() - before;
      assertTrue(bytes < 100_000, bytes + " bytes in 5 writes");
    }
  }
}
