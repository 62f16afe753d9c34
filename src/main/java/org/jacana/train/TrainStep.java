package org.jacana.train;

import java.util.Arrays;
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
import org.jacana.data.ImageData;
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
  private final ImageData images;
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
  private record Recorded(CapturedStep step, Tensor x, Tensor y, Tensor loss, Tensor correct)
      implements AutoCloseable {
    @Override
    public void close() {
      step.close();
      x.close();
      y.close();
      loss.close();
      correct.close();
    }
  }

  /** A step on the device of new tensors; {@code note} hears why a step is not recorded. */
  TrainStep(
      Module model,
      Optimizer optimizer,
      ImageData images,
      Execution how,
      Device device,
      Consumer<String> note) {
    this.model = model;
    this.optimizer = optimizer;
    this.images = images;
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
   * Trains on the first n images of a batch.
   *
   * @throws OutOfDeviceMemoryException with a batch size that fits, found by trying; neither
   *     parameters nor the optimizer's state have changed then
   */
  Result run(float[] pixels, int[] labels, int n, double rate) {
    try {
      return how.precision().run(device, () -> step(pixels, labels, n, rate));
    } catch (OutOfDeviceMemoryException e) {
      close();
      model.zeroGrad();
      throw e.with(FittingBatch.advice(n, b -> tryBatch(pixels, labels, b)));
    }
  }

  /** Forward and backward on fewer images, for the memory they take; leaves the model as it was. */
  private void tryBatch(float[] pixels, int[] labels, int n) {
    how.precision()
        .run(
            device,
            () -> {
              try (Scope scope = Scope.open(device);
                  Buffers kept = new Buffers(model)) {
                Tensor logits =
                    Images.logits(model, Images.tensor(images, pixels, n), images.classes());
                Losses.crossEntropy(logits, Tensor.of(Arrays.copyOf(labels, n), n)).backward();
                return null;
              } finally {
                model.zeroGrad();
              }
            });
  }

  private Result step(float[] pixels, int[] labels, int n, double rate) {
    optimizer.learningRate(rate);
    if (record && done == WARM_UP) {
      record(n);
    }
    done = Math.min(done + 1, WARM_UP + 1);
    if (recorded != null) {
      recorded.x().write(pixels);
      recorded.y().write(labels);
      optimizer.beforeReplay();
      recorded.step().replay();
      return new Result(copy(recorded.loss()), copy(recorded.correct()));
    }
    try (Scope scope = Scope.open(device)) {
      return train(Images.tensor(images, pixels, n), Tensor.of(labels, n));
    }
  }

  private static Tensor copy(Tensor t) {
    try (Scope scope = Scope.open(t.device())) {
      Tensor copy = Tensor.zeros(t.dtype(), t.shape().dims());
      copy.assign(t);
      return Scope.release(copy);
    }
  }

  private Result train(Tensor x, Tensor y) {
    Tensor logits = Images.logits(model, x, images.classes());
    Tensor loss = Losses.crossEntropy(logits, y);
    Tensor hits = Autograd.noGrad(() -> logits.detach().argmax(1).eq(y).to(DType.I32).sum());
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
      Tensor x = Tensor.zeros(n, images.height(), images.width(), images.channels());
      Tensor y = Tensor.zeros(DType.I32, n);
      Tensor loss = Tensor.zeros();
      Tensor correct = Tensor.zeros(DType.I32);
      CapturedStep step =
          CapturedStep.record(
              device,
              () -> {
                try (Result r = train(x, y)) {
                  loss.assign(r.loss());
                  correct.assign(r.correct());
                }
              });
      recorded =
          new Recorded(
              step,
              Scope.release(x),
              Scope.release(y),
              Scope.release(loss),
              Scope.release(correct));
    } catch (IllegalStateException e) {
      record = false;
      model.zeroGrad();
      refuse(e.getMessage());
    }
  }

  /** Whether steps come from a recording now. */
  boolean replays() {
    return recorded != null;
  }

  @Override
  public void close() {
    if (recorded != null) {
      recorded.close();
      recorded = null;
    }
  }
}
