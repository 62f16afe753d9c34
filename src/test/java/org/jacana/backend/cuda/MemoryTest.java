package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import org.jacana.backend.OutOfDeviceMemoryException;
import org.junit.jupiter.api.Test;

/** The pool of device memory. */
class MemoryTest {
  private static final long MIB = 1 << 20;

  private static Memory pool(boolean pooled) {
    return new Memory(CudaDevice.backend().gpu().context(), new ReentrantLock(), pooled);
  }

  @Test
  void memoryIsUsedAgainAndCounted() {
    Memory m = pool(true);
    CudaBuffer a = m.allocate(1000);
    long address = a.address();
    assertEquals(1000, m.liveBytes());
    assertEquals(0, address % Arena.ALIGNMENT);
    a.release();
    assertEquals(0, m.liveBytes());
    assertEquals(1000, m.peakBytes());
    CudaBuffer b = m.allocate(900);
    assertEquals(address, b.address(), "the block just given back fits best");
    b.release();
    assertTrue(m.reservedBytes() > 0);
    m.trim();
    assertEquals(0, m.reservedBytes());
    assertThrows(IllegalStateException.class, b::release);
  }

  @Test
  void blocksNeverOverlapAndJoinAgain() {
    Memory m = pool(true);
    Random random = new Random(1);
    List<CudaBuffer> live = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      if (live.size() > 60 || random.nextInt(3) == 0 && !live.isEmpty()) {
        live.remove(random.nextInt(live.size())).release();
      } else {
        long bytes = 1L << random.nextInt(22);
        CudaBuffer b = m.allocate(bytes + random.nextInt(100));
        for (CudaBuffer o : live) {
          assertTrue(
              b.address() + b.bytes() <= o.address() || o.address() + o.bytes() <= b.address());
        }
        live.add(b);
      }
    }
    live.forEach(CudaBuffer::release);
    assertEquals(0, m.liveBytes());
    m.trim();
    assertEquals(0, m.reservedBytes(), "every slab was whole again");
  }

  @Test
  void withoutThePoolEveryBufferIsItsOwn() {
    Memory m = pool(false);
    CudaBuffer a = m.allocate(10);
    CudaBuffer b = m.allocate(10);
    assertNotEquals(a.address(), b.address());
    a.release();
    b.release();
    assertEquals(0, m.reservedBytes());
  }

  @Test
  void whenTheDeviceIsFullTheMessageSaysWhatHoldsIt() {
    Memory m = pool(true);
    List<CudaBuffer> held = new ArrayList<>();
    OutOfDeviceMemoryException e =
        assertThrows(
            OutOfDeviceMemoryException.class,
            () -> {
              while (held.size() < 100_000) {
                held.add(m.allocate(256 * MIB));
              }
            });
    assertTrue(e.requested() >= 256 * MIB, e.toString());
    assertEquals(held.size() * 256L * MIB, e.live());
    assertTrue(e.getMessage().contains(held.size() + " of " + 256 * MIB + " bytes"), e.toString());
    assertTrue(m.retries() > 0);
    held.remove(0).release();
    m.allocate(200 * MIB).release();
    held.forEach(CudaBuffer::release);
    m.trim();
    assertEquals(0, m.reservedBytes());
  }
}
