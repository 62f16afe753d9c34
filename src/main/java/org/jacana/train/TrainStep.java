package org.jacana.train;

import java.util.function.Consumer;
import org.jacana.CapturedStep;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backends;
import org.jacana.backend.OutOfDeviceMemoryException;
import org.jacana.nn.Losses;
import org.jacana.nn.Module;
import org.jacana.optim.LossScale;
import org.jacana.optim.Optimizer;

/**
 * One training step of a classifier: forward, loss, backward, update. It runs eagerly, or, once the
 * first two steps have run (which load kernels and make the optimizer's state), from a recording.
 */
final class TrainStep implements AutoCloseable {
  private static final int WARM_UP = 2;

  private final Module model;
  private final Optimizer optimizer;
  private final int classes;
  private final Feed feed;
  private final Execution how;
  private final Device device;
  private final Consumer<String> note;
  private final LossScale scale;
  private boolean record;
  private int done;
  private Recorded recorded;

  /**
   * What a step leaves on the device.
   *
   * @param loss mean over the batch, before the update
   * @param correct how many images were classified correctly, I32
   */
  record Result(Tensor loss, Tensor correct) implements AutoCloseable {
    @Override
    public void close() {
      loss.close();
      correct.close();
    }
  }

  /** A recording with the tensors through which batches go in and results come out. */
  private record Recorded(CapturedStep step, Feed.Slot slot, Tensor loss, Tensor correct)
      implements AutoCloseable {
    @Override
    public void close() {
      step.close();
      slot.close();
      loss.close();
      correct.close();
    }
  }

  /** A step on a device; {@code note} hears why a step is not recorded. Closes the feed. */
  TrainStep(
      Module model,
      Optimizer optimizer,
      Feed feed,
      int classes,
      Execution how,
      Device device,
      Consumer<String> note) {
    this.model = model;
    this.optimizer = optimizer;
    this.feed = feed;
    this.classes = classes;
    this.how = how;
    this.device = device;
    this.note = note;
    scale = how.precision() == Precision.FP16 ? new LossScale() : null;
    boolean wanted =
        switch (how.recording()) {
          case ON -> true;
          case OFF -> false;
          case AUTO -> Backends.of(device).asynchronous();
        };
    if (wanted && scale != null) {
      refuse("FP16 looks at the gradients on the host to find its loss scale");
      wanted = false;
    }
    record = wanted;
  }

  private void refuse(String reason) {
    String text = "the step cannot be recorded: " + reason;
    if (how.recording() == Execution.Recording.ON) {
      throw new IllegalStateException(text + "; train without recording it (auto or off)");
    }
    note.accept(text);
  }

  /**
   * Trains on the feed's next batch.
   *
   * @throws OutOfDeviceMemoryException with a batch size that fits, found by trying; neither
   *     parameters nor the optimizer's state have changed then
   */
  Result run(double rate) {
    int n = feed.next();
    try {
      return how.precision().run(device, () -> step(n, rate));
    } catch (OutOfDeviceMemoryException e) {
      forget();
      model.zeroGrad();
      throw e.with(FittingBatch.advice(n, this::tryBatch));
    }
  }

  /**
   * Forward and backward on fewer images, for the memory that they and the optimizer take; leaves
   * the model as it was.
   */
  private void tryBatch(int n) {
    how.precision()
        .run(
            device,
            () -> {
              try (Scope scope = Scope.open(device);
                  Buffers kept = new Buffers(model)) {
                Feed.Batch b = feed.batch(n);
                Losses.crossEntropy(Images.logits(model, b.x(), classes), b.y()).backward();
                optimizer.prepare();
                return null;
              } finally {
                model.zeroGrad();
              }
            });
  }

  private Result step(int n, double rate) {
    optimizer.learningRate(rate);
    if (record && done == WARM_UP) {
      record(n);
    }
    done = Math.min(done + 1, WARM_UP + 1);
    if (recorded != null) {
      feed.fill(recorded.slot());
      optimizer.beforeReplay();
      recorded.step().replay();
      try (Scope scope = Scope.open(device)) {
        Tensor loss = copy(recorded.loss());
        Tensor correct = copy(recorded.correct());
        return new Result(Scope.release(loss), Scope.release(correct));
      }
    }
    try (Scope scope = Scope.open(device)) {
      return train(feed.batch(n));
    }
  }

  private static Tensor copy(Tensor t) {
    Tensor copy = Tensor.zeros(t.dtype(), t.shape().dims());
    copy.assign(t);
    return copy;
  }

  private Result train(Feed.Batch b) {
    Tensor logits = Images.logits(model, b.x(), classes);
    Tensor loss = Losses.crossEntropy(logits, b.y());
    Tensor hits = Autograd.noGrad(() -> logits.detach().argmax(1).eq(b.y()).to(DType.I32).sum());
    if (scale == null) {
      loss.backward();
      optimizer.step();
    } else {
      scale.step(loss, optimizer);
    }
    model.zeroGrad();
    return new Result(Scope.release(loss.detach()), Scope.release(hits));
  }

  private void record(int n) {
    try (Scope scope = Scope.open(device)) {
      Tensor loss = Tensor.zeros();
      Tensor correct = Tensor.zeros(DType.I32);
      Feed.Slot slot = feed.slot(n);
      Scope.release(loss);
      Scope.release(correct);
      try {
        CapturedStep step =
            CapturedStep.record(
                device,
                () -> {
                  try (Result r = train(feed.batch(slot))) {
                    loss.assign(r.loss());
                    correct.assign(r.correct());
                  }
                });
        recorded = new Recorded(step, slot, loss, correct);
      } catch (RuntimeException | Error e) {
        slot.close();
        loss.close();
        correct.close();
        throw e;
      }
    } catch (IllegalStateException e) {
      record = false;
      model.zeroGrad();
      refuse(e.getMessage());
    } catch (OutOfDeviceMemoryException e) {
      if (how.recording() == Execution.Recording.ON) {
        throw e;
      }
      // A recording has memory of its own; a step that is run anew each time may still fit.
      record = false;
      model.zeroGrad();
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
