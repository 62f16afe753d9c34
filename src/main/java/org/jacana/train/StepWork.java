package org.jacana.train;

import java.util.List;
import java.util.function.Supplier;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Module;
import org.jacana.optim.Clip;
import org.jacana.optim.LossScale;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sam;
import org.jacana.optim.WeightAverage;

/**
 * What a step computes, wherever its batches come from.
 *
 * @param model is trained
 * @param optimizer of its parameters
 * @param objective what it is trained for
 * @param clipping of the gradients
 * @param scale of the loss in half precision; null for none
 * @param sam steps instead of the optimizer; null for none
 * @param average takes in the weights after each step; null for none
 */
record StepWork(
    Module model,
    Optimizer optimizer,
    Objective objective,
    Clipping clipping,
    LossScale scale,
    Sam sam,
    WeightAverage average) {

  /** Why a step cannot be recorded; null if it can, as far as is known. */
  String unrecordable() {
    if (scale != null) {
      return "FP16 looks at the gradients on the host to find its loss scale";
    }
    return sam == null ? null : "SAM looks at the gradients' norm on the host";
  }

  /** Adds the gradients of a batch's mean loss. */
  void gradients(Feed.Batch b) {
    objective.loss(objective.output(model, b.x()), b.y()).backward();
  }

  /** After a step, however it ran. */
  void stepped() {
    if (average != null) {
      average.update();
    }
  }

  Pass pass(Device device) {
    return new Pass(this, device);
  }

  /** One step over one batch or several; closing it without {@link #finish} changes nothing. */
  static final class Pass implements AutoCloseable {
    private final StepWork work;
    private final Device device;
    private final Scope scope;
    private Tensor loss;
    private Tensor correct;
    private int examples;
    private int batches;

    Pass(StepWork work, Device device) {
      this.work = work;
      this.device = device;
      scope = Scope.open(device);
    }

    /** Forward and backward of a batch of n examples. */
    void add(Supplier<Feed.Batch> batch, int n) {
      Tensor l;
      Tensor c;
      try (Scope one = Scope.open(device)) {
        Feed.Batch b = batch.get();
        Tensor[] hits = new Tensor[1];
        Tensor mean =
            work.sam == null
                ? work.backward(b, hits)
                : Tensor.full(DType.F32, work.disturbed(b, hits));
        l = one.keep(mean);
        c = one.keep(hits[0]);
      }
      // Of a single batch the loss stays as it is.
      loss = batches == 0 ? l : (batches == 1 ? loss.mul(examples) : loss).add(l.mul(n));
      correct = batches == 0 ? c : correct.add(c);
      batches++;
      examples += n;
    }

    /** Updates the parameters. */
    TrainStep.Result finish() {
      List<Tensor> parameters = work.optimizer.parameters();
      if (work.scale != null) {
        work.scale.step(work.optimizer, () -> limit(parameters));
      } else if (work.sam == null) {
        limit(parameters);
        work.optimizer.step();
      }
      work.model.zeroGrad();
      Tensor mean = batches == 1 ? loss : loss.mul(1.0 / examples);
      return new TrainStep.Result(Scope.release(mean), Scope.release(correct), examples, batches);
    }

    private void limit(List<Tensor> parameters) {
      if (batches > 1) {
        for (Tensor g : Clip.gradients(parameters)) {
          try (Scope one = Scope.open(device);
              Autograd.Mode off = Autograd.noGrad()) {
            g.assign(g.div(batches));
          }
        }
      }
      work.clipping.apply(parameters);
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  private Tensor backward(Feed.Batch b, Tensor[] hits) {
    Tensor output = objective.output(model, b.x());
    Tensor loss = objective.loss(output, b.y());
    hits[0] = objective.correct(output, b.y());
    if (scale == null) {
      loss.backward();
    } else {
      scale.backward(loss);
    }
    return loss.detach();
  }

  /** A whole step of SAM; the loss and the hits before it. */
  private double disturbed(Feed.Batch b, Tensor[] hits) {
    hits[0] = Tensor.zeros(DType.I32);
    boolean[] counted = {false};
    return sam.step(
        () -> {
          Tensor output = objective.output(model, b.x());
          if (!counted[0]) {
            hits[0].assign(objective.correct(output, b.y()));
            counted[0] = true;
          }
          return objective.loss(output, b.y());
        });
  }
}
