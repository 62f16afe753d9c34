package org.jacana.nn;

import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Divides a weight by its largest singular value (Miyato et al. 2018): applied to a weight it gives
 * w / sigma, with sigma = u^T W v, W being the weight as [out, all others], and u and v constants
 * that each application in training mode improves by power iteration: v = W^T u / max(|W^T u|,
 * 1e-12), u = W v / max(|W v|, 1e-12). They are buffers, saved with the module. As a projection
 * instead, {@link #project} limits sigma in place after a step.
 */
public final class SpectralNorm extends Module {
  private static final double EPSILON = 1e-12;
  private static final int WARM_UP = 15;

  private final Shape shape;
  private final int iterations;
  private final Tensor u;
  private final Tensor v;

  /** One iteration each time, from the default generator. */
  public SpectralNorm(Tensor weight) {
    this(weight, 1, Generator.standard());
  }

  /**
   * Starts with 15 iterations from random vectors; the weight itself is not kept.
   *
   * @param weight float, two axes or more
   * @param iterations of each application, at least 1
   */
  public SpectralNorm(Tensor weight, int iterations, Generator generator) {
    this.iterations = Check.positive("spectralNorm", "iterations", iterations);
    Check.generator("spectralNorm", generator);
    if (!weight.dtype().isFloat() || weight.size() == 0) {
      throw new IllegalArgumentException(
          "spectralNorm: needs a non-empty float weight, got "
              + weight.dtype()
              + " "
              + weight.shape());
    }
    shape = weight.shape();
    try (Scope scope = Scope.open(weight.device());
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor w = Units.matrix("spectralNorm", weight.detach());
      DType type = weight.dtype();
      u = buffer("u", generator.normal(type, w.shape().dim(0)));
      v = buffer("v", generator.normal(type, w.shape().dim(1)));
      iterate(w, WARM_UP);
    }
  }

  private static Tensor unit(Tensor t) {
    return t.div(t.square().sum().sqrt().maximum(EPSILON));
  }

  private void iterate(Tensor w, int count) {
    Tensor t = w.transpose(0, 1);
    for (int i = 0; i < count; i++) {
      v.assign(unit(t.matmul(u)));
      u.assign(unit(w.matmul(v)));
    }
  }

  private Tensor sigma(Tensor matrix) {
    // Copies, since the next application changes the vectors in place.
    Tensor left = Autograd.noGrad(u::copy);
    Tensor right = Autograd.noGrad(v::copy);
    return matrix.matmul(right).mul(left).sum();
  }

  private Tensor matrix(Tensor w) {
    if (!w.shape().equals(shape) || w.dtype() != u.dtype()) {
      throw new IllegalArgumentException(
          "spectralNorm: made for a weight "
              + u.dtype()
              + " "
              + shape
              + ", got "
              + w.dtype()
              + " "
              + w.shape());
    }
    return Units.matrix("spectralNorm", w);
  }

  @Override
  protected Tensor forward(Tensor w) {
    Tensor m = matrix(w);
    if (isTraining()) {
      try (Autograd.Mode off = Autograd.noGrad()) {
        iterate(m.detach(), iterations);
      }
    }
    return w.div(sigma(m));
  }

  /** The estimate of the largest singular value, after another power iteration in training mode. */
  public double estimate(Tensor weight) {
    try (Scope scope = Scope.open(weight.device());
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor m = matrix(weight.detach());
      if (isTraining()) {
        iterate(m, iterations);
      }
      return sigma(m).item();
    }
  }

  /**
   * Scales a weight in place so that the estimate of its largest singular value is at most this.
   */
  public void project(Tensor weight, double most) {
    Check.notNegative("spectralNorm", "the largest singular value", most);
    double sigma = estimate(weight);
    if (sigma > most) {
      Constraint shrink = w -> w.mul(most / sigma);
      shrink.apply(List.of(weight));
    }
  }
}
