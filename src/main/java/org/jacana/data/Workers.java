package org.jacana.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Threads that make the next few batches of an epoch while the present one is used. Batches are
 * handed out in order, whichever thread made them.
 */
final class Workers implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 1000;

  private final Work work;
  private final Batch[] ring;
  private final List<Thread> threads = new ArrayList<>();

  /** Held by the thread that takes what its batch is made from. */
  private final Object turn = new Object();

  // Guarded by this.
  private int next;
  private int end;
  private int current;
  private int busy;
  private volatile boolean stop = true;
  private boolean closed;

  Workers(Work work, Batch[] ring, int count, String name) {
    this.work = work;
    this.ring = ring;
    for (int i = 0; i < count; i++) {
      Thread t = new Thread(this::run, "jacana-loader-" + i + " " + name);
      t.setDaemon(true);
      threads.add(t);
    }
    threads.forEach(Thread::start);
  }

  private void run() {
    while (true) {
      Batch b;
      synchronized (turn) {
        int number = await();
        if (number < 0) {
          return;
        }
        b = ring[number % ring.length];
        boolean taken = false;
        try {
          b.failure = null;
          b.number = number;
          taken = work.take(b, number);
        } catch (Throwable e) {
          b.failure = e;
        }
        if (!taken) {
          b.n = b.failure == null ? 0 : b.n;
          done(b, number);
          continue;
        }
      }
      try {
        work.fill(b, () -> stop);
      } catch (Throwable e) {
        b.failure = e;
      }
      done(b, -1);
    }
  }

  /** Waits for room for another batch; its number, or -1 when all is over. */
  private synchronized int await() {
    while (!closed && (stop || next >= end || next - current >= ring.length)) {
      try {
        wait();
      } catch (InterruptedException e) {
        return -1;
      }
    }
    if (closed) {
      return -1;
    }
    busy++;
    return next++;
  }

  private synchronized void done(Batch b, int last) {
    b.ready = true;
    busy--;
    if (last >= 0) {
      end = Math.min(end, last);
    }
    notifyAll();
  }

  /** Starts, after {@link #halt}, on the batches from {@code first} up to {@code last}. */
  synchronized void start(int first, int last) {
    for (Batch b : ring) {
      b.ready = false;
      b.failure = null;
    }
    next = first;
    current = first;
    end = last;
    stop = false;
    notifyAll();
  }

  /** Lets the work in hand end early and waits for that. */
  synchronized void halt() throws InterruptedException {
    stop = true;
    while (busy > 0) {
      wait();
    }
  }

  /** The batch of that number once it is made; null after the end. Those before are given up. */
  synchronized Batch take(int number) throws InterruptedException {
    if (number > current) {
      ring[current % ring.length].ready = false;
      current = number;
      notifyAll();
    }
    Batch b = ring[number % ring.length];
    while (!b.ready) {
      if (number >= end) {
        return null;
      }
      wait();
    }
    return b;
  }

  /** Ends the threads; one that does not end by itself within a second is interrupted. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      stop = true;
      notifyAll();
    }
    boolean interrupted = false;
    long until = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    for (Thread t : threads) {
      while (t.isAlive()) {
        try {
          long left = (until - System.nanoTime()) / 1_000_000;
          if (left > 0) {
            t.join(left);
          } else {
            // Not at once: an interrupt closes a file channel that other readers may share.
            t.interrupt();
            t.join();
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
