package org.jacana.nn;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * A change of rank r to a frozen weight [out, ...]: scale B A, with B [out, r] and A [r, all
 * others] (Hu et al. 2021).
 */
final class LowRank {
  private final String layer;
  private final Tensor weight;
  private final Tensor a;
  private final Tensor b;
  private final double scale;
  private boolean merged;

  LowRank(String layer, Tensor weight, Tensor a, Tensor b, double scale) {
    this.layer = layer;
    this.weight = weight;
    this.a = a;
    this.b = b;
    this.scale = scale;
  }

  /** The first A: uniform within 1/sqrt(fan in), as a layer's own weights. */
  static Tensor initialA(Tensor weight, int rank, Generator generator) {
    int in = Math.toIntExact(weight.size() / weight.shape().dim(0));
    double bound = 1 / Math.sqrt(in);
    return Init.uniform(-bound, bound).make(DType.F32, Shape.of(rank, in), generator);
  }

  static void check(String layer, Tensor weight, int rank, double alpha) {
    int most = (int) Math.min(weight.shape().dim(0), weight.size() / weight.shape().dim(0));
    if (rank < 1 || rank > most) {
      throw new IllegalArgumentException(
          layer
              + ": the rank must be in 1 to "
              + most
              + " for the weight "
              + weight.shape()
              + ", got "
              + rank);
    }
    Check.finite(layer, "alpha", alpha);
    if (weight.dtype() != DType.F32) {
      throw new IllegalArgumentException(
          layer + ": the base's weight must be F32, got " + weight.dtype() + "; change it after");
    }
  }

  /** scale B A in the weight's shape. */
  Tensor change() {
    return b.matmul(a).mul(scale).reshape(weight.shape());
  }

  boolean merged() {
    return merged;
  }

  void merge() {
    if (merged) {
      throw new IllegalStateException(layer + ": is merged already; call unmerge() first");
    }
    add(1);
    merged = true;
  }

  void unmerge() {
    if (!merged) {
      throw new IllegalStateException(layer + ": is not merged; call merge() first");
    }
    add(-1);
    merged = false;
  }

  private void add(double sign) {
    try (Scope scope = Scope.open(weight.device());
        Autograd.Mode off = Autograd.noGrad()) {
      weight.assign(weight.add(change().mul(sign)));
    }
  }
}
