package org.jacana.train.metrics;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * A checked batch of examples with labels. Made inside a scope, which owns the tensors.
 *
 * @param output scores [n, classes], or [n] of two classes
 * @param labels I32 [n], 0 where they are outside the classes
 * @param weights F64 [n], 0 where the label is outside
 * @param wrong F64 scalar: examples of a weight other than 0 whose label is outside
 */
record Rows(Tensor output, Tensor labels, Tensor weights, Tensor wrong) {

  /** Scores [..., K] and labels [...]. */
  static Rows classes(String metric, Tensor output, Tensor target, Tensor weights, int classes) {
    int last = output.rank() == 0 ? 0 : output.shape().dim(-1);
    if (output.rank() == 0
        || last == 0
        || !target.shape().equals(output.shape().without(-1))
        || (classes > 0 && last != classes)) {
      throw new IllegalArgumentException(
          metric
              + ": output must be [..., "
              + (classes > 0 ? classes : "classes")
              + "] and target [...], got "
              + output.shape()
              + " and "
              + target.shape());
    }
    return of(
        metric, output, Shape.of(Math.toIntExact(target.size()), last), target, weights, last);
  }

  /** Scores [...] of the second of two classes, and labels 0 and 1. */
  static Rows binary(String metric, Tensor output, Tensor target, Tensor weights) {
    Tensor scores = output;
    if (output.rank() == target.rank() + 1 && output.shape().dim(-1) == 1) {
      scores = output.reshape(output.shape().without(-1));
    }
    if (!scores.shape().equals(target.shape())) {
      throw new IllegalArgumentException(
          metric
              + ": output must be [...] or [..., 1] and target [...], got "
              + output.shape()
              + " and "
              + target.shape());
    }
    return of(metric, scores, Shape.of(Math.toIntExact(target.size())), target, weights, 2);
  }

  private static Rows of(
      String metric, Tensor output, Shape rows, Tensor target, Tensor weights, int classes) {
    if (!output.dtype().isFloat() || target.dtype().isFloat()) {
      throw new IllegalArgumentException(
          metric
              + ": output must be float and target integer labels, got "
              + output.dtype()
              + " and "
              + target.dtype()
              + "; cast with to(...)");
    }
    requireSameDevice(metric, output, target);
    Shape n = Shape.of(Math.toIntExact(target.size()));
    Tensor y = target.detach().reshape(n).to(DType.I32);
    Tensor inside = y.ge(0).logicalAnd(y.lt(classes));
    Tensor known = Tensor.where(inside, y, 0);
    Tensor scores = output.detach().reshape(rows);
    if (weights == null) {
      Tensor w = inside.to(DType.F64);
      return new Rows(scores, known, w, w.sum().rsub(w.size()));
    }
    Tensor w = weights(metric, weights, target.shape(), output);
    Tensor wrong = inside.logicalNot().logicalAnd(w.ne(0)).to(DType.F64).sum();
    return new Rows(scores, known, Tensor.where(inside, w, 0), wrong);
  }

  /** F64 [n] of weights that have a shape's elements, ones where null. */
  static Tensor weights(String metric, Tensor weights, Shape shape, Tensor output) {
    int n = Math.toIntExact(shape.size());
    if (weights == null) {
      return Tensor.ones(DType.F64, n);
    }
    if (!weights.shape().equals(shape)) {
      throw new IllegalArgumentException(
          metric + ": weights must be " + shape + ", one an example, got " + weights.shape());
    }
    requireSameDevice(metric, output, weights);
    return weights.detach().reshape(n).to(DType.F64);
  }

  static void requireSameDevice(String metric, Tensor a, Tensor b) {
    if (!a.device().equals(b.device())) {
      throw new IllegalArgumentException(
          metric
              + ": output is on "
              + a.device()
              + " but target or weights are on "
              + b.device()
              + "; move one with to(...)");
    }
  }

  /** Values [n] by the weights, in F64; those of weight 0 do not count even if they are NaN. */
  Tensor weighted(Tensor values) {
    return weighted(values, weights);
  }

  static Tensor weighted(Tensor values, Tensor weights) {
    Tensor products = values.to(DType.F64).mul(weights);
    return Tensor.where(weights.ne(0), products, 0);
  }

  /** The message when labels were outside. */
  static void requireNone(String metric, double wrong, String classes) {
    if (wrong > 0) {
      throw new IllegalArgumentException(
          metric
              + ": "
              + (long) wrong
              + (wrong == 1 ? " label was" : " labels were")
              + " outside the "
              + classes
              + "; labels count from 0");
    }
  }
}
