package org.jacana.train;

import org.jacana.DType;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Losses;
import org.jacana.nn.Module;

/**
 * What a model is trained for.
 *
 * @param loss of output and target
 * @param classifier whether outputs are logits [n, classes], of which the largest is the answer
 * @param classes how many there must be; 0 where that is not known
 */
record Objective(Loss loss, boolean classifier, int classes) {
  static final Objective CLASSES = new Objective(Losses::crossEntropy, true, 0);

  Objective of(int classCount) {
    return new Objective(loss, classifier, classifier ? classCount : 0);
  }

  /** The model's output, of the shape that is asked for. */
  Tensor output(Module model, Tensor x) {
    if (classifier && classes > 0) {
      return Images.logits(model, x, classes);
    }
    Tensor y = model.apply(x);
    if (classifier && (y.rank() != 2 || y.shape().dim(0) != x.shape().dim(0))) {
      throw new IllegalArgumentException(
          "train: a classifier must give [n, classes], but "
              + model
              + " gives "
              + y.shape()
              + " for input "
              + x.shape()
              + "; give the trainer the loss of another task with loss(...)");
    }
    return y;
  }

  /** The loss, a scalar. */
  Tensor loss(Tensor output, Tensor target) {
    Tensor l = loss.of(output, target);
    if (l.size() != 1) {
      throw new IllegalArgumentException(
          "train: the loss must be one number, got "
              + l.shape()
              + " for output "
              + output.shape()
              + " and target "
              + target.shape()
              + "; reduce it with mean()");
    }
    return l.rank() == 0 ? l : l.reshape();
  }

  /** How many are classified correctly, I32; 0 for another task. */
  Tensor correct(Tensor output, Tensor target) {
    if (!classifier) {
      return Tensor.zeros(DType.I32);
    }
    return Autograd.noGrad(
        () -> {
          Tensor wanted = target.dtype().isFloat() ? target.argmax(1) : target;
          return output.detach().argmax(1).eq(wanted).to(DType.I32).sum();
        });
  }
}
