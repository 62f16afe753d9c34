package org.jacana.nn;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Losses of pairs and triples, by distance, angle or rank. */
final class EmbeddingLosses {
  private EmbeddingLosses() {}

  private static final double INF = Double.POSITIVE_INFINITY;

  static Tensor cosineSimilarity(Tensor a, Tensor b, int axis, double epsilon) {
    LossCheck.oneFloatType("cosineSimilarity", "the vectors a", a, "the vectors b", b);
    LossCheck.positive("cosineSimilarity", "epsilon", epsilon);
    Shape shape = Shape.broadcast("cosineSimilarity", a.shape(), b.shape());
    int at = shape.axis("cosineSimilarity", axis);
    return Scope.tidy(
        () -> {
          Tensor x = a.expand(shape);
          Tensor y = b.expand(shape);
          return x.mul(y).sum(at).div(length(x, at, epsilon).mul(length(y, at, epsilon)));
        });
  }

  /** max(|x|, epsilon), differentiable at 0. */
  private static Tensor length(Tensor x, int axis, double epsilon) {
    return x.square().sum(axis).clamp(epsilon * epsilon, INF).sqrt();
  }

  private static void requireRows(String loss, Tensor a, Tensor... others) {
    for (Tensor b : others) {
      LossCheck.alike(loss, "vectors", a, "vectors", b);
    }
    if (a.rank() == 0) {
      throw new IllegalArgumentException(loss + ": vectors must be [..., D], got " + a.shape());
    }
  }

  static Tensor cosineEmbedding(
      Tensor a, Tensor b, Tensor signs, double margin, Losses.Reduction reduction) {
    requireRows("cosineEmbedding", a, b);
    Check.finite("cosineEmbedding", "margin", margin);
    if (!signs.shape().equals(a.shape().without(a.rank() - 1))) {
      throw new IllegalArgumentException(
          "cosineEmbedding: vectors must be [..., D] and the target [...], got "
              + a.shape()
              + " and "
              + signs.shape());
    }
    return Scope.tidy(
        () -> {
          Tensor size = a.square().sum(-1).add(1e-12).sqrt();
          Tensor other = b.square().sum(-1).add(1e-12).sqrt();
          Tensor cos = a.mul(b).sum(-1).div(size.mul(other));
          Tensor near = Tensor.where(signs.eq(1), cos.neg().add(1), 0);
          Tensor far = Tensor.where(signs.eq(-1), cos.sub(margin).clamp(0, INF), 0);
          return reduction.join(near.add(far));
        });
  }

  static Tensor hinge(Tensor x, Tensor signs, double margin, Losses.Reduction reduction) {
    BinaryLosses.requireSigns("hingeEmbedding", x, signs);
    Check.finite("hingeEmbedding", "margin", margin);
    return Scope.tidy(
        () -> {
          Tensor far = Tensor.where(signs.ne(1), x.neg().add(margin).clamp(0, INF), 0);
          return reduction.join(far.add(Tensor.where(signs.ne(-1), x, 0)));
        });
  }

  static Tensor ranking(
      Tensor a, Tensor b, Tensor signs, double margin, Losses.Reduction reduction) {
    LossCheck.alike("marginRanking", "the first scores", a, "the second", b);
    BinaryLosses.requireSigns("marginRanking", a, signs);
    Check.finite("marginRanking", "margin", margin);
    return Scope.tidy(
        () -> reduction.join(b.sub(a).mul(signs.to(a.dtype())).add(margin).clamp(0, INF)));
  }

  static Tensor triplet(
      Tensor anchor,
      Tensor positive,
      Tensor negative,
      double margin,
      double p,
      double epsilon,
      boolean swap,
      Losses.Reduction reduction) {
    requireRows("tripletMargin", anchor, positive, negative);
    LossCheck.positive("tripletMargin", "margin", margin);
    Check.notNegative("tripletMargin", "epsilon", epsilon);
    if (!(p > 0)) {
      throw new IllegalArgumentException("tripletMargin: p must be positive, got " + p);
    }
    return Scope.tidy(
        () -> {
          Tensor near = distance(anchor, positive, p, epsilon);
          Tensor far = distance(anchor, negative, p, epsilon);
          if (swap) {
            far = far.minimum(distance(positive, negative, p, epsilon));
          }
          return reduction.join(near.sub(far).add(margin).clamp(0, INF));
        });
  }

  /** The p-norm of a - b + epsilon along the last axis, with gradient 0 where it is 0. */
  private static Tensor distance(Tensor a, Tensor b, double p, double epsilon) {
    Tensor d = a.sub(b).add(epsilon);
    if (p == 1) {
      return d.abs().sum(-1);
    }
    if (p == INF) {
      return d.abs().max(-1);
    }
    Tensor sum = (p == 2 ? d.square() : d.abs().pow(p)).sum(-1);
    // The root has no derivative at 0: take it of 1 there and drop the result.
    Tensor some = sum.ne(0);
    Tensor safe = Tensor.where(some, sum, 1);
    return Tensor.where(some, p == 2 ? safe.sqrt() : safe.pow(1 / p), 0);
  }
}
