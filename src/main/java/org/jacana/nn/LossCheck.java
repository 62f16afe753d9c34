package org.jacana.nn;

import java.util.function.Supplier;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.op.Batching;

/** Checks of losses' inputs, with one wording. */
final class LossCheck {
  private LossCheck() {}

  /** Runs f with new tensors on x's device; of what it makes, only its result is left. */
  static Tensor on(Tensor x, Supplier<Tensor> f) {
    try (Scope s = Scope.open(x.device())) {
      return s.keep(f.get());
    }
  }

  /** Two float tensors of one shape and type. */
  static void alike(String loss, String nameA, Tensor a, String nameB, Tensor b) {
    if (!a.shape().equals(b.shape())) {
      throw new IllegalArgumentException(
          loss
              + ": "
              + nameA
              + " and "
              + nameB
              + " must have one shape, got "
              + a.shape()
              + " and "
              + b.shape()
              + "; reshape one of them");
    }
    oneFloatType(loss, nameA, a, nameB, b);
  }

  static void oneFloatType(String loss, String nameA, Tensor a, String nameB, Tensor b) {
    if (!a.dtype().isFloat() || a.dtype() != b.dtype()) {
      throw new IllegalArgumentException(
          loss
              + ": "
              + nameA
              + " and "
              + nameB
              + " must have one float type, got "
              + a.dtype()
              + " and "
              + b.dtype()
              + "; cast with to(...)");
    }
  }

  /** A weight, or null, that broadcasts to x and has its type. */
  static void broadcasts(String loss, String name, Tensor weight, Tensor x) {
    if (weight == null) {
      return;
    }
    oneFloatType(loss, name, weight, "the input", x);
    int lead = x.rank() - weight.rank();
    boolean fits = lead >= 0;
    for (int a = 0; fits && a < weight.rank(); a++) {
      int d = weight.shape().dim(a);
      fits = d == 1 || d == x.shape().dim(lead + a);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          loss + ": " + name + " " + weight.shape() + " does not broadcast to " + x.shape());
    }
  }

  /** Scores [..., K], float, and a label for each row, I32 [...]. */
  static void labels(String loss, String name, Tensor scores, Tensor labels) {
    if (scores.rank() == 0 || !labels.shape().equals(scores.shape().without(scores.rank() - 1))) {
      throw new IllegalArgumentException(
          loss
              + ": "
              + name
              + " must be [..., K] and labels [...], got "
              + scores.shape()
              + " and "
              + labels.shape());
    }
    labelTypes(loss, name, scores, labels);
  }

  static void labelTypes(String loss, String name, Tensor scores, Tensor labels) {
    if (!scores.dtype().isFloat() || labels.dtype() != DType.I32) {
      throw new IllegalArgumentException(
          loss
              + ": "
              + name
              + " must be float and labels I32, got "
              + scores.dtype()
              + " and "
              + labels.dtype()
              + "; cast with to(...)");
    }
  }

  /** Labels in 0..K-1; not looked at where they would have to be waited for, or are recorded. */
  static void range(String loss, Tensor labels, int k) {
    if (labels.size() == 0 || labels.backend().asynchronous() || labels.backend().capturing()) {
      return;
    }
    int[] range = Batching.all(labels).range();
    if (range[0] < 0 || range[1] >= k) {
      throw new IllegalArgumentException(
          loss
              + ": label "
              + (range[0] < 0 ? range[0] : range[1])
              + " is out of range for "
              + k
              + " classes; labels count from 0");
    }
  }

  /** A weight for each class, or null. */
  static void classWeights(String loss, Tensor weights, Tensor scores) {
    int k = scores.shape().dim(scores.rank() - 1);
    if (weights != null
        && (weights.dtype() != scores.dtype() || !weights.shape().equals(Shape.of(k)))) {
      throw new IllegalArgumentException(
          loss
              + ": class weights must be "
              + scores.dtype()
              + " "
              + Shape.of(k)
              + ", one for each class, got "
              + weights.dtype()
              + " "
              + weights.shape());
    }
  }

  static double positive(String loss, String what, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          loss + ": " + what + " must be finite and positive, got " + value);
    }
    return value;
  }
}
