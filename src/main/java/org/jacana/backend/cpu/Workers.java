package org.jacana.backend.cpu;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jacana.backend.reference.Loops;

/**
 * Shares numbered pieces of work among the calling thread and daemon helpers. Which thread runs a
 * piece is left to chance; what a piece does is not.
 */
final class Workers implements Loops {
  private volatile int threads;
  private final ThreadPoolExecutor helpers;

  Workers(int threads) {
    this.threads = threads;
    AtomicInteger count = new AtomicInteger();
    helpers =
        new ThreadPoolExecutor(
            0,
            1024,
            5,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            job -> {
              Thread t = new Thread(job, "jacana-cpu-" + count.incrementAndGet());
              t.setDaemon(true);
              return t;
            });
  }

  int threads() {
    return threads;
  }

  void threads(int n) {
    threads = n;
  }

  @Override
  public void run(int n, IntConsumer body) {
    int helping = Math.min(threads, n) - 1;
    if (helping <= 0) {
      Loops.SERIAL.run(n, body);
      return;
    }
    Job job = new Job(n, body, helping);
    for (int i = 0; i < helping; i++) {
      helpers.execute(job);
    }
    job.finish();
  }

  /** The pieces of one call; every participant takes the next piece until none is left. */
  private static final class Job implements Runnable {
    private final int n;
    private final IntConsumer body;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch helping;
    private volatile Throwable failure;

    Job(int n, IntConsumer body, int helpers) {
      this.n = n;
      this.body = body;
      this.helping = new CountDownLatch(helpers);
    }

    private void work() {
      try {
        for (int i = next.getAndIncrement(); i < n && failure == null; i = next.getAndIncrement()) {
          body.accept(i);
        }
      } catch (Throwable t) {
        failure = t;
      }
    }

    @Override
    public void run() {
      try {
        work();
      } finally {
        helping.countDown();
      }
    }

    void finish() {
      work();
      boolean interrupted = false;
      while (true) {
        try {
          helping.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      Throwable t = failure;
      if (t instanceof RuntimeException e) {
        throw e;
      }
      if (t instanceof Error e) {
        throw e;
      }
    }
  }
}
