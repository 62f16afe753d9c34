package org.jacana.train.metrics;

import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.nn.Losses;

/**
 * The metrics by name. Classifiers give scores [..., K], of which the largest is the prediction
 * (the first of several), for labels [...], integers in 0..K-1; a binary classifier gives scores
 * [...] or [..., 1] for labels 0 and 1. Regressions give and are given floats of one shape.
 */
public final class Metrics {
  private Metrics() {}

  // ---- classes ----

  /** The part of the examples whose largest score is that of their label. */
  public static Metric accuracy() {
    return labelled(
        "accuracy", true, (name, r) -> r.output().argmax(1).eq(r.labels()).to(DType.F64));
  }

  /**
   * The part of the examples that a binary classifier gets right.
   *
   * @param threshold scores above it mean 1: 0 for logits, 0.5 for probabilities
   */
  public static Metric binaryAccuracy(double threshold) {
    return new Mean(
        "accuracy",
        true,
        (name, output, target, weights) -> {
          Rows r = Rows.binary(name, output, target, weights);
          Tensor hits = r.output().gt(threshold).to(DType.I32).eq(r.labels());
          return new Mean.Terms(r.weighted(hits), r.weights(), r.wrong());
        },
        DoubleUnaryOperator.identity());
  }

  /**
   * The part of the examples whose label is among the k with the largest scores; of equal scores
   * the earlier class comes first.
   *
   * @throws IllegalArgumentException if k is below 1; in update, if there are fewer classes
   */
  public static Metric topAccuracy(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("topAccuracy: k must be at least 1, got " + k);
    }
    return labelled(
        "top" + k + "Accuracy",
        true,
        (name, r) -> {
          if (k > r.output().shape().dim(1)) {
            throw new IllegalArgumentException(
                name + ": needs at least " + k + " classes, got output " + r.output().shape());
          }
          return r.output().topK(k).indices().eq(r.labels().unsqueeze(1)).any(1);
        });
  }

  /** The mean of -log softmax(output)[label]. */
  public static Metric crossEntropy() {
    return labelled(
        "crossEntropy",
        false,
        (name, r) -> Losses.crossEntropy(wide(r.output()), r.labels(), Losses.Reduction.NONE));
  }

  /** TP / (TP + FP): of the predictions of a class, the part that is right; 0 if there is none. */
  public static ClassMetric precision(int classes, Average average) {
    return new ClassMetric("precision", ClassCounts::precision, classes, average, null);
  }

  /** TP / (TP + FN): of the examples of a class, the part that is found; 0 if there is none. */
  public static ClassMetric recall(int classes, Average average) {
    return new ClassMetric("recall", ClassCounts::recall, classes, average, null);
  }

  /** 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall; 0 for 0 / 0. */
  public static ClassMetric f1(int classes, Average average) {
    return new ClassMetric("f1", ClassCounts::f1, classes, average, null);
  }

  /** {@link #precision} of class 1 for scores above a threshold. */
  public static ClassMetric binaryPrecision(double threshold) {
    return new ClassMetric("precision", ClassCounts::precision, 2, null, threshold);
  }

  /** {@link #recall} of class 1 for scores above a threshold. */
  public static ClassMetric binaryRecall(double threshold) {
    return new ClassMetric("recall", ClassCounts::recall, 2, null, threshold);
  }

  /** {@link #f1} of class 1 for scores above a threshold. */
  public static ClassMetric binaryF1(double threshold) {
    return new ClassMetric("f1", ClassCounts::f1, 2, null, threshold);
  }

  /**
   * A metric for which examples of a label do not count, such as -100 for padding; it may be
   * outside the classes.
   *
   * @param metric closed with the result
   */
  public static Metric ignoring(int label, Metric metric) {
    return new Ignoring(label, metric);
  }

  // ---- numbers ----

  /** The mean of (output - target)^2 over all elements. */
  public static Metric mse() {
    return regression("mse", (y, t) -> y.sub(t).square(), DoubleUnaryOperator.identity());
  }

  /** The root of {@link #mse}. */
  public static Metric rmse() {
    return regression("rmse", (y, t) -> y.sub(t).square(), Math::sqrt);
  }

  /** The mean of |output - target| over all elements. */
  public static Metric mae() {
    return regression("mae", (y, t) -> y.sub(t).abs(), DoubleUnaryOperator.identity());
  }

  /**
   * The mean of any loss.
   *
   * @param loss of output and target, not reduced: its shape begins with that of the weights, when
   *     there are some, and is [examples, ...]
   */
  public static Metric mean(
      String name, boolean largerIsBetter, BiFunction<Tensor, Tensor, Tensor> loss) {
    return new Mean(
        name,
        largerIsBetter,
        (metric, output, target, weights) -> terms(metric, loss.apply(output, target), weights),
        DoubleUnaryOperator.identity());
  }

  private interface OfRows {
    Tensor apply(String metric, Rows rows);
  }

  private static Metric labelled(String name, boolean largerIsBetter, OfRows value) {
    return new Mean(
        name,
        largerIsBetter,
        (metric, output, target, weights) -> {
          Rows r = Rows.classes(metric, output, target, weights, 0);
          return new Mean.Terms(r.weighted(value.apply(metric, r)), r.weights(), r.wrong());
        },
        DoubleUnaryOperator.identity());
  }

  private static Metric regression(
      String name, BiFunction<Tensor, Tensor, Tensor> error, DoubleUnaryOperator last) {
    return new Mean(
        name,
        false,
        (metric, output, target, weights) -> {
          requireAlike(metric, output, target);
          return terms(
              metric,
              error.apply(output.detach().to(DType.F64), target.detach().to(DType.F64)),
              weights);
        },
        last);
  }

  static void requireAlike(String metric, Tensor output, Tensor target) {
    if (!output.shape().equals(target.shape())
        || !output.dtype().isFloat()
        || !target.dtype().isFloat()) {
      throw new IllegalArgumentException(
          metric
              + ": output and target must be floats of one shape, got "
              + output.dtype()
              + " "
              + output.shape()
              + " and "
              + target.dtype()
              + " "
              + target.shape()
              + "; reshape or cast one of them");
    }
    Rows.requireSameDevice(metric, output, target);
  }

  /** A weight counts for all elements of its example. */
  private static Mean.Terms terms(String metric, Tensor values, Tensor weights) {
    Shape all = values.shape();
    Shape examples = weights == null ? all : weights.shape();
    boolean fits = examples.rank() <= all.rank();
    for (int a = 0; fits && a < examples.rank(); a++) {
      fits = examples.dim(a) == all.dim(a);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          metric + ": weights " + examples + " are not the first axes of the values " + all);
    }
    Tensor w = Rows.weights(metric, weights, examples, values);
    int n = Math.toIntExact(examples.size());
    int each = n == 0 ? 1 : Math.toIntExact(all.size() / n);
    Tensor wide = w.reshape(n, 1).expand(n, each).contiguous();
    return new Mean.Terms(Rows.weighted(values.reshape(n, each), wide), wide, null);
  }

  /** Half types as F32, so that what is summed up has its precision. */
  static Tensor wide(Tensor x) {
    return x.dtype() == DType.F64 ? x : x.to(DType.F32);
  }
}
