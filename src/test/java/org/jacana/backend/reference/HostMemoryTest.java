package org.jacana.backend.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HostMemoryTest {
  @Test
  void everyBlockIsUsedAgain() {
    HostMemory m = new HostMemory();
    for (int bytes : new int[] {1, 64, 65, 320, 1280, 5000, 70000}) {
      m.trim();
      for (int round = 0; round < 200; round++) {
        m.allocate(bytes).release();
      }
      assertEquals(HostMemory.sizeClass(bytes), m.cachedBytes(), bytes + " bytes");
    }
    assertEquals(0, m.liveBytes());
    m.trim();
    assertEquals(0, m.cachedBytes());
  }

  @Test
  void classesWasteAtMostAQuarter() {
    for (int n = 65; n < 100000; n += 7) {
      int c = HostMemory.sizeClass(n);
      assertTrue(c >= n && c % 64 == 0 && c <= Math.max(n + 63, n * 1.25 + 63), n + " gives " + c);
    }
  }

  @Test
  void blocksAreAligned() {
    HostMemory m = new HostMemory();
    for (int i = 1; i < 50; i++) {
      HostBuffer b = m.allocate(i * 13);
      assertEquals(0, b.bytesView().alignmentOffset(0, 64));
      assertTrue(b.bytesView().capacity() >= b.bytes());
      b.release();
    }
  }

  @Test
  void aClosedBufferIsRefused() {
    HostBuffer b = new HostMemory().allocate(8);
    b.release();
    assertEquals(
        "buffer: its memory was already given back",
        assertThrows(IllegalStateException.class, b::bytesView).getMessage());
    assertThrows(IllegalStateException.class, b::retain);
    assertThrows(IllegalStateException.class, b::release);
  }

  @Test
  void moreThanTwoGibibytesAreRefused() {
    assertEquals(
        "allocate: a tensor in host memory holds at most 2 GiB, asked for 4294967296 bytes; split"
            + " it along its first axis",
        assertThrows(IllegalArgumentException.class, () -> new HostMemory().allocate(1L << 32))
            .getMessage());
  }
}
