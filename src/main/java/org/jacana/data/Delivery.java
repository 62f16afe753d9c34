package org.jacana.data;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** The running part of a loader: where it stands, its threads, and how long it was waited for. */
final class Delivery implements AutoCloseable {
  private enum Mode {
    IDLE,
    WHOLE,
    PLANNED
  }

  private final Assembly assembly;
  private final Work work;
  private final int count;
  private final int prefetch;
  private final String name;
  private Batch[] ring;
  private Batch planned;
  private Workers threads;
  private Mode mode = Mode.IDLE;
  private boolean started;
  private int position;
  private long waited;

  Delivery(Assembly assembly, Work work, int count, int prefetch, String name) {
    this.assembly = assembly;
    this.work = work;
    this.count = count;
    this.prefetch = prefetch;
    this.name = name;
  }

  int batches() {
    return work.batches();
  }

  long waitNanos() {
    return waited;
  }

  void start(int to, int batch) {
    if (to < 0 || batch < 0 || (work.batches() >= 0 && batch > work.batches())) {
      throw new IllegalArgumentException(
          "loader: epoch "
              + to
              + " and batch "
              + batch
              + " must be at least 0"
              + (work.batches() < 0 ? "" : ", and there are " + work.batches() + " batches")
              + " of "
              + name);
    }
    if (threads != null) {
      uninterrupted(threads::halt);
    }
    started = false;
    mode = Mode.IDLE;
    work.start(to, batch);
    position = batch;
    started = true;
  }

  private void enter(Mode wanted) {
    if (!started) {
      start(0, 0);
    }
    if (mode == wanted) {
      return;
    }
    if (mode != Mode.IDLE) {
      throw new IllegalStateException(
          "loader: an epoch is read by next() or by plan(), not by both; start() it anew");
    }
    mode = wanted;
    if (wanted == Mode.PLANNED) {
      planned = planned == null ? new Batch(assembly, false) : planned;
      return;
    }
    if (ring == null) {
      ring = new Batch[count == 0 ? 1 : Math.max(prefetch, count) + 1];
      for (int i = 0; i < ring.length; i++) {
        ring[i] = new Batch(assembly, true);
      }
    }
    if (count > 0) {
      if (threads == null) {
        threads = new Workers(work, ring, count, name);
      }
      threads.start(position, work.batches() < 0 ? Integer.MAX_VALUE : work.batches());
    }
  }

  Batch plan() {
    if (work.batches() < 0) {
      throw new IllegalStateException(
          "loader: " + name + " is a stream, which cannot be planned; read it by next()");
    }
    enter(Mode.PLANNED);
    if (!work.take(planned, position)) {
      return null;
    }
    assembly.draw(planned);
    position++;
    return planned;
  }

  Batch next() {
    enter(Mode.WHOLE);
    long before = System.nanoTime();
    Batch b = threads == null ? made() : taken();
    waited += System.nanoTime() - before;
    if (b == null) {
      return null;
    }
    position++;
    if (b.failure instanceof Error e) {
      throw e;
    }
    if (b.failure instanceof RuntimeException e) {
      throw e;
    }
    return b;
  }

  private Batch made() {
    Batch b = ring[0];
    b.failure = null;
    try {
      if (!work.take(b, position)) {
        return null;
      }
      work.fill(b, () -> false);
    } catch (RuntimeException | Error e) {
      b.failure = e;
    }
    return b;
  }

  private Batch taken() {
    Batch[] b = {null};
    uninterrupted(() -> b[0] = threads.take(position));
    return b[0] != null && b[0].n == 0 && b[0].failure == null ? null : b[0];
  }

  private interface Waiting {
    void run() throws InterruptedException;
  }

  private static void uninterrupted(Waiting w) {
    try {
      w.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("loader: interrupted while waiting for a batch", e);
    }
  }

  Iterator<Batch> iterator() {
    return new Iterator<>() {
      private boolean asked;
      private Batch ahead;

      @Override
      public boolean hasNext() {
        if (!asked) {
          ahead = Delivery.this.next();
          asked = true;
        }
        return ahead != null;
      }

      @Override
      public Batch next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        asked = false;
        return ahead;
      }
    };
  }

  @Override
  public void close() {
    if (threads != null) {
      threads.close();
    }
    work.close();
  }
}
