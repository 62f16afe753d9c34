package org.jacana.backend.cuda;

import java.util.List;
import org.jacana.DType;
import org.jacana.backend.View;

/**
 * One launch that takes an optimizer's step for all parameters of a model: cuda/flat_update.cu. In
 * the same pass gradients may be set to 0 and weights written as BF16. The number of steps taken so
 * far, I32, and the learning rate, F32, lie in device memory, and the launch counts its step
 * itself, so that a recorded launch may be replayed.
 */
final class FlatUpdates {
  private static final int THREADS = 256;

  private final Gpu gpu;
  private final Transfers transfers;

  FlatUpdates(Gpu gpu, Transfers transfers) {
    this.gpu = gpu;
    this.transfers = transfers;
  }

  /** Uploads a table of parameters; not while a step is recorded. */
  UpdateTable table(List<UpdateTable.Segment> segments) {
    gpu.requireNotCapturing("flat update", "make the table of parameters before");
    return new UpdateTable(gpu, transfers, segments);
  }

  /**
   * SGD as {@code Backend.sgd} defines it; velocities start with the gradient when no step was
   * taken. With momentum 0 moments are left alone.
   *
   * @param scale a one-element F32 view by which gradients are multiplied, or null
   * @param clear whether gradients become 0
   */
  void sgd(
      UpdateTable t,
      View lr,
      View scale,
      View steps,
      double momentum,
      double dampening,
      boolean nesterov,
      boolean clear) {
    if (momentum != 0 && !t.first()) {
      throw new IllegalArgumentException(
          "flat update: sgd with momentum needs a velocity for every parameter");
    }
    requireScalars(lr, scale, steps);
    long[] struct = t.struct(lr, scale, steps, clear);
    gpu.launch("flat_update", "flat_sgd")
        .longs(struct)
        .f64(momentum)
        .f64(1 - dampening)
        .i32(momentum != 0 ? 1 : 0)
        .i32(nesterov ? 1 : 0)
        .run(blocks(t), THREADS);
  }

  /**
   * Adam as {@code Backend.adam} defines it, or AdamW when {@code decoupled}; the corrections of
   * the moments are computed on the device.
   *
   * @param scale a one-element F32 view by which gradients are multiplied, or null
   * @param clear whether gradients become 0
   */
  void adam(
      UpdateTable t,
      View lr,
      View scale,
      View steps,
      double beta1,
      double beta2,
      double epsilon,
      boolean decoupled,
      boolean clear) {
    if (!t.first() || !t.second()) {
      throw new IllegalArgumentException("flat update: adam needs two moments for every parameter");
    }
    requireScalars(lr, scale, steps);
    long[] struct = t.struct(lr, scale, steps, clear);
    gpu.launch("flat_update", "flat_adam")
        .longs(struct)
        .f64(beta1)
        .f64(beta2)
        .f64(epsilon)
        .i32(decoupled ? 1 : 0)
        .run(blocks(t), THREADS);
  }

  private static void requireScalars(View lr, View scale, View steps) {
    if (lr.dtype() != DType.F32 || scale != null && scale.dtype() != DType.F32) {
      throw new IllegalArgumentException("flat update: rate and scale must be F32");
    }
    if (steps.dtype() != DType.I32) {
      throw new IllegalArgumentException(
          "flat update: the number of steps must be I32, got " + steps.dtype());
    }
  }

  private int blocks(UpdateTable t) {
    return Math.max(1, Math.min(t.chunks(), 8 * gpu.context().processors()));
  }
}
