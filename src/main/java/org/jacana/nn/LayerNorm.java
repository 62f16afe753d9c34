package org.jacana.nn;

import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.op.Norms;

/**
 * Normalisation of each example over its last axes (Ba et al. 2016, PyTorch's form). Parameters:
 * weight of ones and bias of zeros, of the normalised shape.
 */
public final class LayerNorm extends Module {
  private final Shape shape;
  private final double epsilon;
  private final Tensor weight;
  private final Tensor bias;

  /** Epsilon 1e-5. */
  public LayerNorm(int... shape) {
    this(Shape.of(shape), 1e-5);
  }

  /**
   * A layer over the axes of {@code shape}.
   *
   * @throws IllegalArgumentException if there is no axis, an extent is not positive, or epsilon is
   *     negative
   */
  public LayerNorm(Shape shape, double epsilon) {
    Check.positive("layerNorm", "the number of axes", shape.rank());
    for (int d : shape.dims()) {
      Check.positive("layerNorm", "an extent", d);
    }
    this.shape = shape;
    this.epsilon = Check.notNegative("layerNorm", "epsilon", epsilon);
    weight = parameter("weight", Tensor.ones(shape.dims()));
    bias = parameter("bias", Tensor.zeros(shape.dims()));
  }

  /** Of the normalised shape. */
  public Tensor weight() {
    return weight;
  }

  /** Of the normalised shape. */
  public Tensor bias() {
    return bias;
  }

  public double epsilon() {
    return epsilon;
  }

  @Override
  protected Tensor forward(Tensor x) {
    return Norms.layerNorm(x, shape.rank(), weight, bias, epsilon);
  }

  @Override
  public String toString() {
    return "LayerNorm(" + shape + ")";
  }
}
