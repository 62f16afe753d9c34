package org.jacana.nn;

import org.jacana.Tensor;

/**
 * Losses to be minimised; each compares what a model says with what is right. Definitions are
 * PyTorch's unless said otherwise, but the axis of classes is the last one, and two inputs must
 * have one shape and one float type: nothing is broadcast or cast silently. Every loss is
 * differentiable in all its float inputs to every order that its formula has. Inputs stay the
 * caller's; only the result is new. Wrong shapes, types or constants throw {@link
 * IllegalArgumentException}.
 */
public final class Losses {
  private Losses() {}

  /** How the losses of single examples are joined. */
  public enum Reduction {
    /** Not at all. */
    NONE,
    /** Their mean; NaN for an empty batch. */
    MEAN,
    SUM,
    /** Their sum divided by the extent of the first axis: a mean over examples. */
    BATCH_MEAN;

    /** Losses joined; the result belongs to the innermost scope. */
    Tensor join(Tensor losses) {
      return switch (this) {
        case NONE -> losses;
        case MEAN -> losses.mean();
        case SUM -> losses.sum();
        case BATCH_MEAN -> {
          if (losses.rank() == 0) {
            throw new IllegalArgumentException(
                "batchMean: a single loss has no axis of examples; use SUM");
          }
          yield losses.sum().mul(1.0 / losses.shape().dim(0));
        }
      };
    }
  }

  // ---- one of K classes ----

  /** {@link #crossEntropy(Tensor, Tensor, Reduction)} with the mean. */
  public static Tensor crossEntropy(Tensor logits, Tensor target) {
    return crossEntropy(logits, target, Reduction.MEAN);
  }

  /**
   * The cross-entropy between softmax(logits) and the target.
   *
   * @param logits [..., K], float
   * @param target I32 labels [...] in 0..K-1: -log softmax(z)[label]; or float probabilities [...,
   *     K]: -sum_k p_k log softmax(z)_k. No label is ignored here, see {@link CrossEntropyOptions}
   * @return [...] for {@code NONE}, else a scalar
   * @throws IllegalArgumentException if shapes or types do not fit, or a label is out of range
   */
  public static Tensor crossEntropy(Tensor logits, Tensor target, Reduction reduction) {
    return target.dtype().isFloat()
        ? ClassLosses.soft(logits, target, CrossEntropyOptions.DEFAULT.reduction(reduction))
        : ClassLosses.plain(logits, target, reduction);
  }

  /**
   * The cross-entropy with class weights w, smoothing s and ignored labels.
   *
   * <p>For a label y: (1 - s) w_y (-log softmax(z)_y) + s/K sum_k w_k (-log softmax(z)_k), and 0 if
   * y is the ignored label; {@code MEAN} divides the sum by that of w_y over the examples that
   * count, NaN if none does. For probabilities p: -sum_k w_k ((1 - s) p_k + s/K) log softmax(z)_k,
   * whose {@code MEAN} is over all examples.
   *
   * @param logits [..., K], float
   * @param target I32 labels [...], or float probabilities [..., K] (with a negative ignoreIndex)
   * @return [...] for {@code NONE}, else a scalar
   * @throws IllegalArgumentException if shapes or types do not fit, or a label is out of range
   */
  public static Tensor crossEntropy(Tensor logits, Tensor target, CrossEntropyOptions options) {
    return target.dtype().isFloat()
        ? ClassLosses.soft(logits, target, options)
        : ClassLosses.hard(logits, target, options);
  }

  /** {@link #nll(Tensor, Tensor, Tensor, int, Reduction)} without weights, -100 ignored, mean. */
  public static Tensor nll(Tensor logProbabilities, Tensor labels) {
    return nll(logProbabilities, labels, null, -100, Reduction.MEAN);
  }

  /**
   * The negative log-likelihood -w_y logProbabilities[y], 0 for the ignored label; {@code MEAN}
   * divides the sum by that of w_y over the examples that count, NaN if none does.
   *
   * @param logProbabilities [..., K], float, as {@link Tensor#logSoftmax} gives
   * @param labels I32 [...] in 0..K-1, or ignoreIndex
   * @param weights [K] of the same type, or null for 1
   * @return [...] for {@code NONE}, else a scalar
   */
  public static Tensor nll(
      Tensor logProbabilities,
      Tensor labels,
      Tensor weights,
      int ignoreIndex,
      Reduction reduction) {
    return ClassLosses.nll(logProbabilities, labels, weights, ignoreIndex, reduction);
  }

  /**
   * The focal loss -alpha_y (1 - p_y)^gamma log p_y, p = softmax(logits) (Lin et al. 2017, for many
   * classes); the mean is over all examples.
   *
   * @param logits [..., K], float
   * @param labels I32 [...] in 0..K-1
   * @param alpha [K] of the same type, or null for 1
   * @param gamma at least 0 (the cross-entropy), 2 in the paper
   */
  public static Tensor softmaxFocal(
      Tensor logits, Tensor labels, Tensor alpha, double gamma, Reduction reduction) {
    return ClassLosses.focal(logits, labels, alpha, gamma, reduction);
  }

  /** The multi-class hinge loss with p 1, margin 1, no weights, mean. */
  public static Tensor multiMargin(Tensor scores, Tensor labels) {
    return multiMargin(scores, labels, 1, 1, null, Reduction.MEAN);
  }

  /**
   * The multi-class hinge loss 1/K sum_{j != y} w_y max(0, margin - x_y + x_j)^p; the mean is over
   * all examples.
   *
   * @param scores [..., K], float
   * @param labels I32 [...] in 0..K-1
   * @param p 1 or 2
   * @param weights [K] of the same type, or null for 1
   */
  public static Tensor multiMargin(
      Tensor scores, Tensor labels, int p, double margin, Tensor weights, Reduction reduction) {
    return ClassLosses.multiMargin(scores, labels, p, margin, weights, reduction);
  }

  // ---- yes or no, for each element ----

  /** Without weight, the mean. */
  public static Tensor binaryCrossEntropy(Tensor prediction, Tensor target) {
    return binaryCrossEntropy(prediction, target, null, Reduction.MEAN);
  }

  /**
   * -w (t log p + (1 - t) log(1 - p)), each logarithm at least -100. The gradient of p is w (p - t)
   * / max(p (1 - p), 1e-12). Prefer {@link #binaryCrossEntropyWithLogits}.
   *
   * @param prediction probabilities, float; the loss of one outside [0, 1] is NaN
   * @param target in [0, 1], of the same shape and type
   * @param weight broadcasts to the prediction, or null for 1
   */
  public static Tensor binaryCrossEntropy(
      Tensor prediction, Tensor target, Tensor weight, Reduction reduction) {
    return BinaryLosses.entropy(prediction, target, weight, reduction);
  }

  /** Without weights, the mean. */
  public static Tensor binaryCrossEntropyWithLogits(Tensor logits, Tensor target) {
    return binaryCrossEntropyWithLogits(logits, target, null, null, Reduction.MEAN);
  }

  /**
   * -w (q t log sigmoid(x) + (1 - t) log(1 - sigmoid(x))), without overflow.
   *
   * @param logits float
   * @param target in [0, 1], of the same shape and type
   * @param weight w, broadcasts to the logits, or null for 1
   * @param posWeight q, broadcasts to the logits ([K] for one per class), or null for 1
   */
  public static Tensor binaryCrossEntropyWithLogits(
      Tensor logits, Tensor target, Tensor weight, Tensor posWeight, Reduction reduction) {
    return BinaryLosses.withLogits(logits, target, weight, posWeight, reduction);
  }

  /**
   * The focal loss -a (1 - q)^gamma log q of each element, with q = p t + (1 - p)(1 - t), a = alpha
   * t + (1 - alpha)(1 - t), p = sigmoid(logits) (Lin et al. 2017; torchvision).
   *
   * @param logits float
   * @param target 0 or 1, of the same shape and type
   * @param alpha the weight of 1 against 0, 0.25 in the paper; negative for none
   * @param gamma at least 0, 2 in the paper; below 1 the slope where q is 1 is infinite
   */
  public static Tensor sigmoidFocal(
      Tensor logits, Tensor target, double alpha, double gamma, Reduction reduction) {
    return BinaryLosses.focal(logits, target, alpha, gamma, reduction);
  }

  /**
   * max(0, 1 - y x) of each element (PyTorch has no such loss).
   *
   * @param scores float
   * @param target -1 or 1, of the same shape, any type
   */
  public static Tensor hinge(Tensor scores, Tensor target, Reduction reduction) {
    return BinaryLosses.hinge(scores, target, reduction);
  }

  /**
   * log(1 + exp(-y x)) of each element, without overflow.
   *
   * @param scores float
   * @param target -1 or 1, of the same shape, any type
   */
  public static Tensor softMargin(Tensor scores, Tensor target, Reduction reduction) {
    return BinaryLosses.softMargin(scores, target, reduction);
  }

  /**
   * The binary cross-entropy with logits, averaged over the last axis.
   *
   * @param logits [..., K], float
   * @param target 0 or 1, of the same shape and type
   * @param weight broadcasts to the logits, or null for 1
   * @return [...] for {@code NONE}, else a scalar
   */
  public static Tensor multiLabelSoftMargin(
      Tensor logits, Tensor target, Tensor weight, Reduction reduction) {
    return BinaryLosses.multiLabelSoftMargin(logits, target, weight, reduction);
  }

  /**
   * 1/K sum max(0, 1 - (x_y - x_j)) over the labels y given and the classes j not given.
   *
   * @param scores [..., K], float
   * @param labels I32 [..., K]: the classes given, then -1; what follows the first negative number
   *     is not read
   * @return [...] for {@code NONE}, else a scalar
   */
  public static Tensor multiLabelMargin(Tensor scores, Tensor labels, Reduction reduction) {
    return ClassLosses.multiLabelMargin(scores, labels, reduction);
  }

  // ---- numbers ----

  /** {@link #mse(Tensor, Tensor, Reduction)} with the mean. */
  public static Tensor mse(Tensor prediction, Tensor target) {
    return mse(prediction, target, Reduction.MEAN);
  }

  /**
   * The squared error (prediction - target)^2.
   *
   * @return the input's shape for {@code NONE}, else a scalar: the mean or sum over all elements
   * @throws IllegalArgumentException if shapes or types differ; nothing is broadcast
   */
  public static Tensor mse(Tensor prediction, Tensor target, Reduction reduction) {
    return RegressionLosses.mse(prediction, target, reduction);
  }

  /** {@link #l1(Tensor, Tensor, Reduction)} with the mean. */
  public static Tensor l1(Tensor prediction, Tensor target) {
    return l1(prediction, target, Reduction.MEAN);
  }

  /** |prediction - target|, with slope 0 at 0. */
  public static Tensor l1(Tensor prediction, Tensor target, Reduction reduction) {
    return RegressionLosses.l1("l1", prediction, target, reduction);
  }

  /**
   * With d = prediction - target: d^2 / 2 up to |d| = delta, then delta (|d| - delta / 2) (Huber
   * 1964).
   *
   * @param delta positive, 1 in PyTorch
   */
  public static Tensor huber(Tensor prediction, Tensor target, double delta, Reduction reduction) {
    LossCheck.positive("huber", "delta", delta);
    return RegressionLosses.huber("huber", prediction, target, delta, 1, reduction);
  }

  /**
   * With d = prediction - target: d^2 / (2 beta) up to |d| = beta, then |d| - beta / 2 (Girshick
   * 2015).
   *
   * @param beta at least 0 ({@link #l1}), 1 in PyTorch
   */
  public static Tensor smoothL1(
      Tensor prediction, Tensor target, double beta, Reduction reduction) {
    Check.notNegative("smoothL1", "beta", beta);
    return beta == 0
        ? RegressionLosses.l1("smoothL1", prediction, target, reduction)
        : RegressionLosses.huber("smoothL1", prediction, target, beta, 1 / beta, reduction);
  }

  /** {@link #poissonNll(Tensor, Tensor, boolean, boolean, double, Reduction)} of a log-rate. */
  public static Tensor poissonNll(Tensor logRate, Tensor target) {
    return poissonNll(logRate, target, true, false, 1e-8, Reduction.MEAN);
  }

  /**
   * The negative log-likelihood of counts t: exp(x) - t x for log-rates x, x - t log(x + epsilon)
   * for rates.
   *
   * @param logInput whether the input holds logarithms
   * @param full whether Stirling's t log t - t + log(2 pi t) / 2 is added where t is above 1
   */
  public static Tensor poissonNll(
      Tensor input,
      Tensor target,
      boolean logInput,
      boolean full,
      double epsilon,
      Reduction reduction) {
    return RegressionLosses.poisson(input, target, logInput, full, epsilon, reduction);
  }

  /** {@link #gaussianNll(Tensor, Tensor, Tensor, boolean, double, Reduction)}, mean. */
  public static Tensor gaussianNll(Tensor mean, Tensor target, Tensor variance) {
    return gaussianNll(mean, target, variance, false, 1e-6, Reduction.MEAN);
  }

  /**
   * (log v + (mean - target)^2 / v) / 2 with v = max(variance, epsilon); the gradient is that at v
   * even where the variance is smaller. Waits for the device to look for negative variances.
   *
   * @param variance of the mean's shape, or that with the last axis of extent 1 or absent
   * @param full whether log(2 pi) / 2 is added
   * @param epsilon positive, 1e-6 in PyTorch
   * @throws IllegalArgumentException if a variance is negative, or shapes or types do not fit
   */
  public static Tensor gaussianNll(
      Tensor mean,
      Tensor target,
      Tensor variance,
      boolean full,
      double epsilon,
      Reduction reduction) {
    return RegressionLosses.gaussian(mean, target, variance, full, epsilon, reduction);
  }

  // ---- distributions ----

  /**
   * The terms of the Kullback-Leibler divergence from the model to the target: t (log t - x), 0
   * where t is 0; for logarithms t, exp(t) (t - x). {@code BATCH_MEAN} gives the divergence.
   *
   * @param logProbabilities x, float
   * @param target of the same shape and type
   * @param logTarget whether the target holds logarithms
   */
  public static Tensor klDivergence(
      Tensor logProbabilities, Tensor target, boolean logTarget, Reduction reduction) {
    return DivergenceLosses.kl(logProbabilities, target, logTarget, reduction);
  }

  /**
   * T^2 KL(softmax(teacher / T) || softmax(student / T)) of each example (Hinton et al. 2015).
   * Detach the teacher's logits unless it learns too.
   *
   * @param student logits [..., K], float
   * @param teacher logits of the same shape and type
   * @param temperature T, positive
   * @return [...] for {@code NONE}, else a scalar
   */
  public static Tensor distillation(
      Tensor student, Tensor teacher, double temperature, Reduction reduction) {
    return DivergenceLosses.distillation(student, teacher, temperature, reduction);
  }

  // ---- pairs and triples ----

  /** {@link #cosineSimilarity(Tensor, Tensor, int, double)} with epsilon 1e-8. */
  public static Tensor cosineSimilarity(Tensor a, Tensor b, int axis) {
    return cosineSimilarity(a, b, axis, 1e-8);
  }

  /**
   * a . b / (max(|a|, epsilon) max(|b|, epsilon)) along an axis; larger is more alike. Shapes
   * broadcast.
   *
   * @param axis of the common shape; it is missing in the result
   * @param epsilon positive
   */
  public static Tensor cosineSimilarity(Tensor a, Tensor b, int axis, double epsilon) {
    return EmbeddingLosses.cosineSimilarity(a, b, axis, epsilon);
  }

  /**
   * 1 - cos(a, b) for target 1, max(0, cos(a, b) - margin) for target -1; 1e-12 is added to both
   * squared lengths.
   *
   * @param a [..., D], float
   * @param b of the same shape and type
   * @param target -1 or 1, [...], any type
   * @param margin 0 in PyTorch
   * @return [...] for {@code NONE}, else a scalar
   */
  public static Tensor cosineEmbedding(
      Tensor a, Tensor b, Tensor target, double margin, Reduction reduction) {
    return EmbeddingLosses.cosineEmbedding(a, b, target, margin, reduction);
  }

  /**
   * x for target 1, max(0, margin - x) for target -1, of each element.
   *
   * @param distances x, float
   * @param target -1 or 1, of the same shape, any type
   * @param margin 1 in PyTorch
   */
  public static Tensor hingeEmbedding(
      Tensor distances, Tensor target, double margin, Reduction reduction) {
    return EmbeddingLosses.hinge(distances, target, margin, reduction);
  }

  /**
   * max(0, -y (a - b) + margin) of each element: y 1 asks for a above b, -1 for the reverse.
   *
   * @param target y, of the scores' shape, any type
   * @param margin 0 in PyTorch
   */
  public static Tensor marginRanking(
      Tensor a, Tensor b, Tensor target, double margin, Reduction reduction) {
    return EmbeddingLosses.ranking(a, b, target, margin, reduction);
  }

  /** With margin 1, the Euclidean distance, epsilon 1e-6, no swap, mean. */
  public static Tensor tripletMargin(Tensor anchor, Tensor positive, Tensor negative) {
    return tripletMargin(anchor, positive, negative, 1, 2, 1e-6, false, Reduction.MEAN);
  }

  /**
   * max(0, d(anchor, positive) - d(anchor, negative) + margin), d(a, b) the p-norm of a - b +
   * epsilon along the last axis (Balntas et al. 2016).
   *
   * @param anchor [..., D], float; the others of the same shape and type
   * @param margin positive
   * @param p positive, may be infinite
   * @param swap whether d(positive, negative) is used where it is less than d(anchor, negative)
   * @return [...] for {@code NONE}, else a scalar
   */
  public static Tensor tripletMargin(
      Tensor anchor,
      Tensor positive,
      Tensor negative,
      double margin,
      double p,
      double epsilon,
      boolean swap,
      Reduction reduction) {
    return EmbeddingLosses.triplet(anchor, positive, negative, margin, p, epsilon, swap, reduction);
  }
}
