package org.jacana.backend.cpu;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that helps with one job after the other. Between two kernels of a training step lie some
 * ten microseconds, and waking a sleeping thread takes more: so it looks for the next job for a
 * while before it sleeps, and ends when none comes for seconds.
 */
final class Helper extends Thread {
  private static final long PATIENCE = 5_000_000_000L;

  /** In the place of a job: one is being worked on. */
  private static final SharedJob BUSY = new SharedJob(0, 1, i -> {});

  /** In the place of a job: the thread has ended. */
  private static final SharedJob GONE = new SharedJob(0, 1, i -> {});

  private final int number;
  private final AtomicReference<SharedJob> slot;
  private volatile boolean asleep;

  /**
   * @param number from 1 on: which part of a job is this thread's, the same in each
   */
  Helper(String name, int number, SharedJob first) {
    super(name);
    this.number = number;
    slot = new AtomicReference<>(first);
    setDaemon(true);
  }

  int number() {
    return number;
  }

  boolean gone() {
    return slot.get() == GONE;
  }

  /** Takes a job if it has none, or one that was done before this thread woke up. */
  boolean give(SharedJob job) {
    SharedJob old = slot.get();
    boolean free = old == null || (old != BUSY && old != GONE && old.closed());
    if (!free || !slot.compareAndSet(old, job)) {
      return false;
    }
    if (asleep) {
      LockSupport.unpark(this);
    }
    return true;
  }

  @Override
  public void run() {
    for (SharedJob job = next(); job != GONE; job = next()) {
      // Free before the caller learns that it is done, whose next job then finds this thread.
      job.help(number, () -> slot.set(null));
    }
  }

  private SharedJob next() {
    long start = System.nanoTime();
    while (true) {
      SharedJob job = slot.get();
      if (job != null) {
        if (slot.compareAndSet(job, BUSY)) {
          return job;
        }
        continue;
      }
      long waited = System.nanoTime() - start;
      if (waited < SharedJob.SPIN) {
        Thread.onSpinWait();
      } else if (waited < PATIENCE) {
        asleep = true;
        if (slot.get() == null) {
          LockSupport.parkNanos(this, PATIENCE - waited);
        }
        asleep = false;
      } else if (slot.compareAndSet(null, GONE)) {
        return GONE;
      }
    }
  }
}
