package org.jacana.train;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.backend.OutOfDeviceMemoryException;

/**
 * One training step: forward, loss and backward of one batch or several, update. It runs eagerly,
 * or, once the first two steps have run (which load kernels and make the optimizer's state), from a
 * recording; batches that are not full always run eagerly.
 */
final class TrainStep implements AutoCloseable {
  private static final int WARM_UP = 2;

  private final StepWork work;
  private final Feed feed;
  private final int full;
  private final int group;
  private final Execution how;
  private final Device device;
  private final Consumer<String> note;
  private boolean record;
  private int done;
  private RecordedStep recorded;
  private long waited;

  /**
   * What a step leaves on the device.
   *
   * @param loss mean over its examples, before the update
   * @param correct how many examples were classified correctly, I32
   * @param examples how many there were
   * @param batches that were taken
   */
  record Result(Tensor loss, Tensor correct, int examples, int batches) implements AutoCloseable {
    @Override
    public void close() {
      loss.close();
      correct.close();
    }
  }

  /**
   * A step on a device.
   *
   * @param feed makes the feed, which is closed with this
   * @param full examples of a full batch
   * @param group batches of a step
   * @param note hears why a step is not recorded
   */
  TrainStep(
      StepWork work,
      Supplier<Feed> feed,
      int full,
      int group,
      Execution how,
      Device device,
      Consumer<String> note) {
    this.work = work;
    this.full = full;
    this.group = group;
    this.how = how;
    this.device = device;
    this.note = note;
    boolean wanted =
        switch (how.recording()) {
          case ON -> true;
          case OFF -> false;
          case AUTO -> Backends.of(device).asynchronous();
        };
    String reason = work.unrecordable();
    if (wanted && reason != null) {
      refuse(reason);
      wanted = false;
    }
    record = wanted;
    // Last, so that nothing is left open where the step is refused.
    this.feed = feed.get();
  }

  private void refuse(String reason) {
    String text = "the step cannot be recorded: " + reason;
    if (how.recording() == Execution.Recording.ON) {
      throw new IllegalStateException(text + "; train without recording it (auto or off)");
    }
    note.accept(text);
  }

  /** Nanoseconds for which steps waited for data, in all. */
  long waited() {
    return waited;
  }

  private int next() {
    long before = System.nanoTime();
    int n = feed.next();
    waited += System.nanoTime() - before;
    return n;
  }

  /**
   * Trains on the feed's next batches.
   *
   * @param batches how many at most
   * @return null if there was none
   * @throws OutOfDeviceMemoryException with a batch size that fits, found by trying; neither
   *     parameters nor the optimizer's state have changed then
   */
  Result run(double rate, int batches) {
    int n = next();
    if (n == 0) {
      return null;
    }
    try {
      return how.precision().run(device, () -> step(n, rate, batches));
    } catch (OutOfDeviceMemoryException e) {
      forget();
      work.model().zeroGrad();
      throw e.with(FittingBatch.advice(n, this::tryBatch));
    }
  }

  /**
   * Forward and backward on fewer examples, for the memory that they and the optimizer take; leaves
   * the model as it was.
   */
  private void tryBatch(int n) {
    try (Buffers kept = new Buffers(work.model())) {
      trace(n);
    }
  }

  /** Forward and backward on the first n examples of the present batch, without an update. */
  private void trace(int n) {
    how.precision()
        .run(
            device,
            () -> {
              try (Scope scope = Scope.open(device)) {
                work.gradients(feed.batch(n));
                work.optimizer().prepare();
                return null;
              } finally {
                work.model().zeroGrad();
              }
            });
  }

  /** Forward and backward on the next batches, eagerly and without an update. */
  void trace(int batches, int examples) {
    for (int left = examples; batches > 0 && left > 0; batches--) {
      int n = next();
      trace(n);
      left -= n;
    }
  }

  private Result step(int n, double rate, int batches) {
    work.optimizer().learningRate(rate);
    if (record && n == full && batches == group) {
      if (done == WARM_UP) {
        record(n);
      }
      done = Math.min(done + 1, WARM_UP + 1);
    }
    if (recorded == null || n != full || batches != group) {
      return eager(n, batches);
    }
    recorded.fill(0);
    for (int i = 1; i < batches; i++) {
      int m = next();
      if (m != full) {
        return partly(i, m);
      }
      recorded.fill(i);
    }
    return recorded.replay();
  }

  private Result eager(int n, int batches) {
    try (StepWork.Pass pass = work.pass(device)) {
      int m = n;
      for (int i = 0; i < batches && m > 0; i++) {
        int size = m;
        pass.add(() -> feed.batch(size), size);
        m = i + 1 < batches ? next() : 0;
      }
      return finish(pass);
    }
  }

  /** The batches that are in slots already and a last smaller one, of m examples or none. */
  private Result partly(int filled, int m) {
    try (StepWork.Pass pass = work.pass(device)) {
      for (int i = 0; i < filled; i++) {
        pass.add(recorded.batch(i), full);
      }
      if (m > 0) {
        pass.add(() -> feed.batch(m), m);
      }
      return finish(pass);
    }
  }

  private Result finish(StepWork.Pass pass) {
    Result r = pass.finish();
    work.stepped();
    return r;
  }

  private void record(int n) {
    try {
      recorded = RecordedStep.record(work, feed, n, group, device);
    } catch (IllegalStateException e) {
      record = false;
      work.model().zeroGrad();
      refuse(e.getMessage());
    } catch (OutOfDeviceMemoryException e) {
      if (how.recording() == Execution.Recording.ON) {
        throw e;
      }
      // A recording has memory of its own; a step that is run anew each time may still fit.
      record = false;
      work.model().zeroGrad();
      refuse(e.getMessage());
    }
  }

  private void forget() {
    if (recorded != null) {
      recorded.close();
      recorded = null;
    }
  }

  @Override
  public void close() {
    forget();
    feed.close();
  }
}
