package org.jacana.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jacana.CapturedStep;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;

/** A recorded training step with the tensors through which batches go in and results come out. */
final class RecordedStep implements AutoCloseable {
  private final StepWork work;
  private final Feed feed;
  private final int full;
  private final Device device;
  private final List<Feed.Slot> slots = new ArrayList<>();
  private final Tensor loss;
  private final Tensor correct;
  private CapturedStep step;

  private RecordedStep(StepWork work, Feed feed, int full, Device device) {
    this.work = work;
    this.feed = feed;
    this.full = full;
    this.device = device;
    try (Scope scope = Scope.open(device)) {
      Tensor zero = Tensor.zeros();
      correct = Scope.release(Tensor.zeros(DType.I32));
      loss = Scope.release(zero);
    }
  }

  /**
   * Records a step of so many batches, all of the same size.
   *
   * @param full examples of each
   * @throws IllegalStateException if it does what cannot be recorded
   */
  static RecordedStep record(StepWork work, Feed feed, int full, int batches, Device device) {
    RecordedStep r = new RecordedStep(work, feed, full, device);
    try (Scope scope = Scope.open(device)) {
      for (int i = 0; i < batches; i++) {
        r.slots.add(feed.slot(full));
      }
      r.step = CapturedStep.record(device, r::all);
      return r;
    } catch (RuntimeException | Error e) {
      r.close();
      throw e;
    }
  }

  private void all() {
    try (StepWork.Pass pass = work.pass(device)) {
      for (int i = 0; i < slots.size(); i++) {
        pass.add(batch(i), full);
      }
      try (TrainStep.Result r = pass.finish()) {
        loss.assign(r.loss());
        correct.assign(r.correct());
      }
    }
  }

  /** Puts the feed's present batch into a slot. */
  void fill(int slot) {
    feed.fill(slots.get(slot));
  }

  /** What is in a slot. */
  Supplier<Feed.Batch> batch(int slot) {
    return () -> feed.batch(slots.get(slot));
  }

  /** Runs the step over what is in the slots. */
  TrainStep.Result replay() {
    work.optimizer().beforeReplay();
    step.replay();
    work.stepped();
    try (Scope scope = Scope.open(device)) {
      Tensor l = copy(loss);
      Tensor c = copy(correct);
      return new TrainStep.Result(
          Scope.release(l), Scope.release(c), slots.size() * full, slots.size());
    }
  }

  private static Tensor copy(Tensor t) {
    Tensor copy = Tensor.zeros(t.dtype(), t.shape().dims());
    copy.assign(t);
    return copy;
  }

  @Override
  public void close() {
    if (step != null) {
      step.close();
    }
    slots.forEach(Feed.Slot::close);
    loss.close();
    correct.close();
  }
}
