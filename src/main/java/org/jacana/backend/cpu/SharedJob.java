package org.jacana.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jacana.backend.reference.Tiles;

/**
 * The pieces of one call, a run of neighbours for each participant, who takes them in order and
 * then those that others have left. So a thread sees the same part of an array again and again,
 * which its core's caches may still hold. The caller waits for helpers that have begun, not for
 * those that wake up too late.
 */
final class SharedJob {
  /** How long somebody who waits looks again and again before sleeping, in nanoseconds. */
  static final long SPIN = Runtime.getRuntime().availableProcessors() > 1 ? 100_000 : 0;

  private static final int CLOSED = 1 << 30;

  /** Longs from one participant's run to the next, so that each has a cache line of its own. */
  private static final int APART = 8;

  private final int participants;
  private final IntConsumer body;
  private final Thread caller = Thread.currentThread();

  /** What is left of each run: its first piece in the upper half, its end in the lower. */
  private final AtomicLongArray runs;

  /** Helpers at work, and {@link #CLOSED} when no more may begin. */
  private final AtomicInteger helpers = new AtomicInteger();

  private volatile Throwable failure;

  SharedJob(int n, int participants, IntConsumer body) {
    this.participants = participants;
    this.body = body;
    runs = new AtomicLongArray(participants * APART);
    for (int k = 0; k < participants; k++) {
      long first = (long) n * k / participants;
      long end = (long) n * (k + 1) / participants;
      runs.set(k * APART, first << 32 | end);
    }
  }

  /** Of one's own run the first piece, of another's the last; -1 where none is left. */
  private int take(int run, boolean own) {
    while (true) {
      long left = runs.get(run * APART);
      int first = (int) (left >>> 32);
      int end = (int) left;
      if (first == end) {
        return -1;
      }
      long rest = own ? left + (1L << 32) : left - 1;
      if (runs.compareAndSet(run * APART, left, rest)) {
        return own ? first : end - 1;
      }
    }
  }

  private void work(int number) {
    try {
      for (int k = 0; k < participants; k++) {
        int run = (number + k) % participants;
        for (int i = take(run, k == 0); i >= 0 && failure == null; i = take(run, k == 0)) {
          Tiles.run(body, i);
        }
      }
    } catch (Throwable t) {
      failure = t;
    }
  }

  /** Whether helpers may no longer begin. */
  boolean closed() {
    return helpers.get() >= CLOSED;
  }

  /**
   * The part of the helper of that number; {@code free} runs when it is done and before the caller
   * learns of it.
   */
  void help(int number, Runnable free) {
    if (helpers.getAndIncrement() < CLOSED) {
      work(number);
    }
    free.run();
    if (helpers.decrementAndGet() == CLOSED) {
      LockSupport.unpark(caller);
    }
  }

  /** The caller's part; returns when all pieces are done, or throws what one of them threw. */
  void finish() {
    work(0);
    if (helpers.addAndGet(CLOSED) != CLOSED) {
      await();
    }
    Throwable t = failure;
    if (t instanceof RuntimeException e) {
      throw e;
    }
    if (t instanceof Error e) {
      throw e;
    }
  }

  private void await() {
    long start = System.nanoTime();
    boolean interrupted = false;
    while (helpers.get() != CLOSED) {
      if (System.nanoTime() - start < SPIN) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      caller.interrupt();
    }
  }
}
