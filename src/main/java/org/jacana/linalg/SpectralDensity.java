package org.jacana.linalg;

import java.util.function.DoubleUnaryOperator;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.autograd.Autograd;

/**
 * How the eigenvalues of a symmetric operator are distributed, by stochastic Lanczos quadrature
 * (Ghorbani, Krishnan and Xiao 2019): for each probe, nodes with weights that add up to 1.
 *
 * @param nodes Ritz values, [probes][steps or fewer]
 * @param weights their parts of all eigenvalues
 * @param size the number of eigenvalues
 */
public record SpectralDensity(double[][] nodes, double[][] weights, int size) {
  /**
   * @param probes random starts, whose densities are averaged
   * @param steps products with the operator for each
   */
  public static SpectralDensity of(LinearOperator a, int probes, int steps, Generator generator) {
    Check.positive("spectralDensity", "probes", probes);
    double[][] nodes = new double[probes][];
    double[][] weights = new double[probes][];
    for (int i = 0; i < probes; i++) {
      try (Scope s = a.scope();
          Autograd.Mode off = Autograd.noGrad()) {
        Lanczos l = Lanczos.of(a, steps, generator);
        nodes[i] = l.values();
        weights[i] = l.weights();
      }
    }
    return new SpectralDensity(nodes, weights, a.size());
  }

  private interface Function {
    double at(double node);
  }

  private double mean(Function f) {
    double sum = 0;
    for (int i = 0; i < nodes.length; i++) {
      for (int k = 0; k < nodes[i].length; k++) {
        sum += weights[i][k] * f.at(nodes[i][k]);
      }
    }
    return sum / nodes.length;
  }

  /** The density at x, nodes blurred by a normal distribution of standard deviation sigma. */
  public double density(double x, double sigma) {
    if (!(sigma > 0)) {
      throw new IllegalArgumentException("spectralDensity: sigma must be positive, got " + sigma);
    }
    return mean(
        node -> {
          double z = (x - node) / sigma;
          return Math.exp(-z * z / 2) / (sigma * Math.sqrt(2 * Math.PI));
        });
  }

  /** The part of eigenvalues that are at most x. */
  public double cumulative(double x) {
    return mean(node -> node <= x ? 1 : 0);
  }

  /** An estimate of the sum of f over all eigenvalues: f(x) = x gives the trace. */
  public double sum(DoubleUnaryOperator f) {
    return size * mean(f::applyAsDouble);
  }

  /** The smallest and the largest node, near the outermost eigenvalues. */
  public double[] range() {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double[] row : nodes) {
      low = Math.min(low, row[0]);
      high = Math.max(high, row[row.length - 1]);
    }
    return new double[] {low, high};
  }
}
