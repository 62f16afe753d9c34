package org.jacana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.Test;

class ScopeTest {
  @Test
  void closesWhatWasMadeInside() {
    Tensor inside;
    try (Scope s = Scope.open()) {
      inside = Tensor.ones(2);
      assertTrue(inside.isOpen());
      assertSame(s, Scope.current());
    }
    assertFalse(inside.isOpen());
    assertNull(Scope.current());
  }

  @Test
  void keepMovesATensorOneScopeOut() {
    Tensor kept;
    try (Scope outer = Scope.open()) {
      try (Scope inner = Scope.open()) {
        kept = inner.keep(Tensor.ones(2));
      }
      assertTrue(kept.isOpen());
    }
    assertFalse(kept.isOpen());
  }

  @Test
  void keepOutOfTheLastScopeLeavesTheTensorToTheCaller() {
    Tensor kept;
    try (Scope s = Scope.open()) {
      kept = s.keep(Tensor.ones(2));
    }
    assertTrue(kept.isOpen());
    kept.close();
  }

  @Test
  void keepMovesTheGraphToo() {
    try (Scope outer = Scope.open()) {
      Tensor x = Tensor.of(new double[] {0.5, 2}).requiresGrad(true);
      Tensor y;
      try (Scope inner = Scope.open()) {
        y = inner.keep(x.exp().mul(x).sum());
      }
      assertArrayEquals(
          new double[] {Math.exp(0.5) * 1.5, Math.exp(2) * 3},
          Autograd.grad(y, x).doubles(),
          1e-12);
    }
  }

  @Test
  void aGraphThatIsNotKeptIsFreed() {
    try (Scope outer = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1, 2}).requiresGrad(true);
      Tensor y;
      try (Scope inner = Scope.open()) {
        y = Scope.release(x.exp().sum());
      }
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> Autograd.grad(y, x));
      assertTrue(e.getMessage().contains("was already freed"), e.getMessage());
      y.close();
    }
  }

  @Test
  void keepOnAClosedScopeIsRefused() {
    Scope s = Scope.open();
    s.close();
    s.close();
    try (Tensor t = Tensor.ones(1)) {
      assertEquals(
          "keep: the scope is already closed",
          assertThrows(IllegalStateException.class, () -> s.keep(t)).getMessage());
    }
  }

  @Test
  void scopesCloseInReverseOrder() {
    Scope outer = Scope.open();
    Scope inner = Scope.open();
    IllegalStateException e = assertThrows(IllegalStateException.class, outer::close);
    assertEquals(
        "scope: a scope opened inside this one is still open; close scopes in reverse order, as"
            + " try-with-resources does",
        e.getMessage());
    inner.close();
    outer.close();
    assertNull(Scope.current());
  }

  @Test
  void anotherThreadMayNotClose() throws InterruptedException {
    try (Scope s = Scope.open()) {
      AtomicReference<Throwable> seen = new AtomicReference<>();
      Thread t =
          new Thread(
              () -> {
                assertNull(Scope.current());
                try {
                  s.close();
                } catch (IllegalStateException e) {
                  seen.set(e);
                }
              });
      t.start();
      t.join();
      assertTrue(
          seen.get().getMessage().startsWith("scope: must be closed by the thread that opened it"),
          String.valueOf(seen.get()));
    }
  }

  @Test
  void anExceptionClosesEverythingAndArrives() {
    long before = LeakExtension.liveBytes();
    Tensor x = Tensor.ones(4).requiresGrad(true);
    RuntimeException thrown =
        assertThrows(
            ArithmeticException.class,
            () -> {
              try (Scope s = Scope.open()) {
                x.exp().mul(Tensor.ones(4)).sum();
                throw new ArithmeticException("planted");
              }
            });
    assertEquals("planted", thrown.getMessage());
    x.close();
    assertEquals(before, LeakExtension.liveBytes());
  }

  @Test
  void aFailingCloseStillClosesTheRestAndReportsTheFirst() {
    long before = LeakExtension.liveBytes();
    Tensor a;
    Tensor b;
    Scope s = Scope.open();
    a = Tensor.ones(2);
    b = Tensor.ones(3);
    Tensor c = Tensor.ones(4);
    // Taken away behind the handles' backs, so that closing these two fails.
    a.view().buffer().release();
    c.view().buffer().release();
    IllegalStateException e = assertThrows(IllegalStateException.class, s::close);
    assertEquals("buffer: released more often than retained", e.getMessage());
    assertEquals(1, e.getSuppressed().length);
    assertFalse(b.isOpen());
    assertNull(Scope.current());
    assertEquals(before, LeakExtension.liveBytes());
  }

  @Test
  void theDeviceIsInherited() {
    try (Scope s = Scope.open(Device.REFERENCE)) {
      try (Scope inner = Scope.open()) {
        assertEquals(Device.REFERENCE, Tensor.ones(1).device());
      }
      try (Scope other = Scope.open(Device.CPU)) {
        assertEquals(Device.CPU, Tensor.ones(1).device());
      }
      assertEquals(Device.REFERENCE, Tensor.ones(1).device());
    }
  }

  @Test
  void earlyClosedHandlesDoNotPileUp() {
    try (Scope s = Scope.open()) {
      long peak = Backends.standard().peakBytes();
      for (int i = 0; i < 5000; i++) {
        Tensor.ones(1).close();
      }
      assertTrue(Backends.standard().peakBytes() <= peak + 4, "memory grew");
    }
  }

  private static Tensor layers(Tensor x, Tensor w, boolean scopes) {
    for (int i = 0; i < 12; i++) {
      Tensor in = x;
      x = scopes ? Scope.tidy(() -> layer(in, w)) : layer(in, w);
    }
    return x.sum();
  }

  /** Makes temporaries that the graph does not need. */
  private static Tensor layer(Tensor x, Tensor w) {
    Tensor shift = x.detach().mean(new int[] {1}, true).mul(0.5).add(0.25).mul(2);
    return x.matmul(w).add(shift).tanh();
  }

  private static long peak(boolean scopes) {
    Backend b = Backends.of(Device.REFERENCE);
    long start = b.liveBytes();
    long high = start;
    try (Scope s = Scope.open(Device.REFERENCE)) {
      Tensor x = Tensor.full(DType.F64, 0.1, 16, 16).requiresGrad(true);
      Tensor w = Tensor.full(DType.F64, 0.05, 16, 16).requiresGrad(true);
      Tensor y = layers(x, w, scopes);
      high = b.liveBytes();
      List<Tensor> g = Autograd.grad(y, List.of(x, w));
      assertEquals(256, g.get(1).size());
    }
    assertEquals(start, b.liveBytes(), "bytes left alive");
    return high - start;
  }

  @Test
  void aChainOfTwelveLayersLeavesNothingAndScopesLowerWhatIsHeld() {
    long without = peak(false);
    long with = peak(true);
    assertTrue(with < 0.8 * without, with + " bytes with scopes, " + without + " without");
  }

  @Test
  void memoryStaysFlatOverSteps() {
    Backend b = Backends.of(Device.REFERENCE);
    long before = b.liveBytes();
    try (Scope run = Scope.open(Device.REFERENCE)) {
      Tensor w = Tensor.full(DType.F64, 0.05, 8, 8).requiresGrad(true);
      long held = b.liveBytes();
      for (int i = 0; i < 50; i++) {
        try (Scope step = Scope.open()) {
          Tensor x = Tensor.full(DType.F64, 0.1, 4, 8);
          x.matmul(w).tanh().sum().backward();
          w.assign(w.detach().sub(w.grad().mul(0.1)));
          w.zeroGrad();
        }
        assertEquals(held, b.liveBytes(), "step " + i);
      }
    }
    assertEquals(before, b.liveBytes());
  }
}
