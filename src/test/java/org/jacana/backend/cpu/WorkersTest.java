package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private static void everyPieceOnce(Workers workers, int n) {
    AtomicIntegerArray seen = new AtomicIntegerArray(n);
    workers.run(n, seen::incrementAndGet);
    for (int i = 0; i < n; i++) {
      assertEquals(1, seen.get(i), "piece " + i + " of " + n);
    }
  }

  @Test
  void everyPieceRunsOnceBeforeRunReturns() {
    for (int threads : new int[] {1, 2, 3, 8}) {
      Workers workers = new Workers(threads);
      for (int n : new int[] {0, 1, 2, 3, 7, 100}) {
        for (int i = 0; i < 200; i++) {
          everyPieceOnce(workers, n);
        }
      }
    }
  }

  /** Plain writes of the helpers are seen by the caller, in every one of many short calls. */
  @Test
  void whatThePiecesWroteIsSeen() {
    Workers workers = new Workers(4);
    long[] cells = new long[64];
    for (int round = 1; round <= 20_000; round++) {
      int value = round;
      workers.run(cells.length, i -> cells[i] = value);
      for (long c : cells) {
        assertEquals(round, c);
      }
    }
  }

  @Test
  void sleepingHelpersWakeUp() throws InterruptedException {
    Workers workers = new Workers(3);
    for (int i = 0; i < 20; i++) {
      everyPieceOnce(workers, 5);
      Thread.sleep(2);
    }
  }

  @Test
  void callersDoNotDisturbEachOtherAndPiecesMayCall() throws InterruptedException {
    Workers workers = new Workers(3);
    AtomicLong sum = new AtomicLong();
    List<Thread> callers = new ArrayList<>();
    for (int c = 0; c < 4; c++) {
      Thread t =
          new Thread(
              () -> {
                for (int i = 0; i < 300; i++) {
                  workers.run(4, k -> workers.run(3, j -> sum.addAndGet(10 * k + j)));
                }
              });
      t.start();
      callers.add(t);
    }
    for (Thread t : callers) {
      t.join();
    }
    // Of k = 0..3 and j = 0..2: 3 * 10 * 6 + 4 * 3.
    assertEquals(4L * 300 * (180 + 12), sum.get());
  }

  @Test
  void aPiecesFailureReachesTheCallerAndTheNextCallWorks() {
    Workers workers = new Workers(2);
    for (int bad = 0; bad < 6; bad++) {
      IllegalStateException thrown = new IllegalStateException("piece");
      int at = bad;
      AtomicInteger running = new AtomicInteger();
      IllegalStateException caught =
          assertThrows(
              IllegalStateException.class,
              () ->
                  workers.run(
                      6,
                      i -> {
                        running.incrementAndGet();
                        try {
                          if (i == at) {
                            throw thrown;
                          }
                        } finally {
                          running.decrementAndGet();
                        }
                      }));
      assertSame(thrown, caught);
      assertEquals(0, running.get(), "nobody is at work any more");
      everyPieceOnce(workers, 6);
    }
  }

  @Test
  void anInterruptIsKeptForTheCaller() {
    Workers workers = new Workers(2);
    Thread.currentThread().interrupt();
    for (int i = 0; i < 50; i++) {
      everyPieceOnce(workers, 4);
    }
    assertTrue(Thread.interrupted());
  }
}
