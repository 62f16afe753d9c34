package org.jacana.nn;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;

/**
 * Mixup (Zhang et al. 2018): trains on lambda x + (1 - lambda) x[order] with targets mixed alike,
 * lambda ~ Beta(alpha, alpha) once for a batch and order a random permutation of it.
 *
 * @param alpha at least 0; 0 mixes nothing, 1 is uniform, 0.2 the paper's choice for ImageNet
 */
public record Mixup(double alpha) {
  public Mixup {
    Check.notNegative("mixup", "alpha", alpha);
  }

  /**
   * A mixed batch, owned by the innermost scope.
   *
   * @param x of the shape of the input
   * @param y of the shape of the targets
   * @param lambda the part of each sample itself
   */
  public record Mixed(Tensor x, Tensor y, double lambda) {}

  /**
   * Mixes a batch; differentiable in x and y.
   *
   * @param x float, [n, ...]
   * @param y float targets [n, ...] such as one-hot rows
   */
  public Mixed mix(Tensor x, Tensor y, Generator generator) {
    Check.generator("mixup", generator);
    boolean fits = x.rank() > 0 && y.rank() > 0 && x.shape().dim(0) == y.shape().dim(0);
    if (!fits || !x.dtype().isFloat() || !y.dtype().isFloat()) {
      throw new IllegalArgumentException(
          "mixup: needs float inputs and float targets (oneHot) of the same number of samples, got "
              + x.dtype()
              + " "
              + x.shape()
              + " and "
              + y.dtype()
              + " "
              + y.shape());
    }
    double lambda = beta(generator);
    int n = x.shape().dim(0);
    double[] keys = draw(generator, false, n);
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> keys[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    return new Mixed(mix(x, order, lambda), mix(y, order, lambda), lambda);
  }

  private static Tensor mix(Tensor t, int[] order, double lambda) {
    if (order.length == 0) {
      return t.copy();
    }
    try (Scope scope = Scope.open(t.device())) {
      Tensor other = t.indexSelect(0, Tensor.of(order));
      return scope.keep(t.mul(lambda).add(other.mul(1 - lambda)));
    }
  }

  private static double[] draw(Generator g, boolean normal, int n) {
    try (Tensor t = Scope.release(normal ? g.normal(DType.F64, n) : g.uniform(DType.F64, n))) {
      return t.doubles();
    }
  }

  /** A number of Beta(alpha, alpha): X / (X + Y) of two gammas, by their logarithms. */
  double beta(Generator g) {
    if (alpha == 0) {
      return 1;
    }
    return 1 / (1 + Math.exp(logGamma(g) - logGamma(g)));
  }

  /** The logarithm of a number of Gamma(alpha, 1) (Marsaglia and Tsang 2000). */
  private double logGamma(Generator g) {
    // Below 1: Gamma(alpha + 1) U^(1 / alpha), which would underflow without the logarithm.
    double boost = alpha < 1 ? Math.log(1 - draw(g, false, 1)[0]) / alpha : 0;
    double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = draw(g, true, 1)[0];
      double v = Math.pow(1 + c * x, 3);
      double u = 1 - draw(g, false, 1)[0];
      if (v > 0 && Math.log(u) < x * x / 2 + d - d * v + d * Math.log(v)) {
        return Math.log(d * v) + boost;
      }
    }
  }
}
