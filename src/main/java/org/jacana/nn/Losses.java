package org.jacana.nn;

import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.op.CrossEntropy;

/** Losses to be minimised; each compares what a model says with what is right. */
public final class Losses {
  private Losses() {}

  /** How the losses of single examples are joined. */
  public enum Reduction {
    /** Not at all. */
    NONE,
    /** Their mean; NaN for an empty batch. */
    MEAN,
    SUM
  }

  /** {@link #crossEntropy(Tensor, Tensor, Reduction)} with the mean. */
  public static Tensor crossEntropy(Tensor logits, Tensor target) {
    return crossEntropy(logits, target, Reduction.MEAN);
  }

  /**
   * The cross-entropy between softmax(logits) and the target.
   *
   * @param logits [N, K], float
   * @param target I32 labels [N] in 0..K-1: -log softmax(z)[label]; or float probabilities [N, K]:
   *     -sum_k p_k log softmax(z)_k
   * @return [N] for {@code NONE}, else a scalar
   * @throws IllegalArgumentException if shapes or types do not fit, or a label is out of range
   */
  public static Tensor crossEntropy(Tensor logits, Tensor target, Reduction reduction) {
    if (!target.dtype().isFloat()) {
      return Scope.tidy(() -> reduce(CrossEntropy.crossEntropy(logits, target), reduction));
    }
    if (logits.rank() != 2 || !logits.shape().equals(target.shape())) {
      throw new IllegalArgumentException(
          "crossEntropy: logits and probabilities must both be [N, K], got "
              + logits.shape()
              + " and "
              + target.shape()
              + "; labels [N] are I32");
    }
    if (logits.dtype() != target.dtype()) {
      throw new IllegalArgumentException(
          "crossEntropy: logits and probabilities must have one float type, got "
              + logits.dtype()
              + " and "
              + target.dtype()
              + "; cast with to(...)");
    }
    return Scope.tidy(() -> reduce(logits.logSoftmax(1).mul(target).sum(1).neg(), reduction));
  }

  /** {@link #mse(Tensor, Tensor, Reduction)} with the mean. */
  public static Tensor mse(Tensor prediction, Tensor target) {
    return mse(prediction, target, Reduction.MEAN);
  }

  /**
   * The squared error (prediction - target)^2.
   *
   * @return the input's shape for {@code NONE}, else a scalar: the mean or sum over all elements
   * @throws IllegalArgumentException if shapes differ; nothing is broadcast
   */
  public static Tensor mse(Tensor prediction, Tensor target, Reduction reduction) {
    if (!prediction.shape().equals(target.shape())) {
      throw new IllegalArgumentException(
          "mse: prediction and target must have one shape, got "
              + prediction.shape()
              + " and "
              + target.shape()
              + "; reshape one of them");
    }
    return Scope.tidy(() -> reduce(prediction.sub(target).square(), reduction));
  }

  private static Tensor reduce(Tensor losses, Reduction reduction) {
    return switch (reduction) {
      case NONE -> losses;
      case MEAN -> losses.mean();
      case SUM -> losses.sum();
    };
  }
}
