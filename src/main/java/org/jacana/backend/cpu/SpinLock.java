package org.jacana.backend.cpu;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * For sections of a fraction of a microsecond that several threads enter thousands of times a step.
 * A monitor that two threads want at once puts one to sleep, and waking it takes 50 microseconds.
 * Not reentrant.
 */
final class SpinLock {
  /** Looks before the processor is offered to others: the holder may have lost its own. */
  private static final int LOOKS = 1000;

  private final AtomicBoolean held = new AtomicBoolean();

  void lock() {
    int looks = 0;
    while (held.get() || !held.compareAndSet(false, true)) {
      if (++looks < LOOKS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  void unlock() {
    held.set(false);
  }
}
