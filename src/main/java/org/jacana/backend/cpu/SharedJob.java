package org.jacana.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jacana.backend.reference.Tiles;

/**
 * The pieces of one call; every participant takes pieces until none is left. The caller waits for
 * helpers that have begun, not for those that wake up too late.
 */
final class SharedJob {
  /** How long somebody who waits looks again and again before sleeping, in nanoseconds. */
  static final long SPIN = Runtime.getRuntime().availableProcessors() > 1 ? 100_000 : 0;

  private static final int CLOSED = 1 << 30;

  private final PieceRanges pieces;
  private final IntConsumer body;
  private final Thread caller = Thread.currentThread();

  /** Helpers at work, and {@link #CLOSED} when no more may begin. */
  private final AtomicInteger helpers = new AtomicInteger();

  private volatile Throwable failure;

  /**
   * @param n pieces
   * @param threads those expected to take part
   */
  SharedJob(int n, int threads, IntConsumer body) {
    pieces = new PieceRanges(n, threads);
    this.body = body;
  }

  private void work(int part) {
    try {
      for (int i = pieces.take(part); i >= 0 && failure == null; i = pieces.take(part)) {
        Tiles.run(body, i);
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
   * A helper's part.
   *
   * @param part its number; the caller's is 0
   * @param free runs when it is done and before the caller learns of it
   */
  void help(int part, Runnable free) {
    if (helpers.getAndIncrement() < CLOSED) {
      work(part);
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
