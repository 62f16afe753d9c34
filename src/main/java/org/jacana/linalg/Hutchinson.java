package org.jacana.linalg;

import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** Traces and diagonals of operators from products with random signs (Hutchinson 1989). */
public final class Hutchinson {
  private Hutchinson() {}

  /** The trace: the mean of z^T A z over {@code probes} random sign vectors z. */
  public static Estimate trace(LinearOperator a, int probes, Generator generator) {
    Check.positive("hutchinson.trace", "probes", probes);
    double[] samples = new double[probes];
    for (int i = 0; i < probes; i++) {
      try (Scope s = a.scope();
          Autograd.Mode off = Autograd.noGrad()) {
        Tensor z = Vectors.rademacher(generator, a.dtype(), a.size());
        samples[i] = a.apply(z).dot(z).item();
        Vectors.requireFinite("hutchinson.trace", samples[i]);
      }
    }
    return Estimate.of(samples);
  }

  /** The diagonal [n]: the mean of z times A z, element by element (Bekas et al. 2007). */
  public static Tensor diagonal(LinearOperator a, int probes, Generator generator) {
    Check.positive("hutchinson.diagonal", "probes", probes);
    try (Scope scope = a.scope();
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor sum = Tensor.zeros(a.dtype(), a.size());
      for (int i = 0; i < probes; i++) {
        try (Scope s = Scope.open()) {
          Tensor z = Vectors.rademacher(generator, a.dtype(), a.size());
          sum.assign(sum.add(a.apply(z).mul(z)));
        }
      }
      return scope.keep(sum.mul(1.0 / probes));
    }
  }
}
