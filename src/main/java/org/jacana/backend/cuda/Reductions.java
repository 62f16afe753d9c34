package org.jacana.backend.cuda;

import org.jacana.backend.Reduction;
import org.jacana.backend.View;

/** Sums, products and extrema over axes: cuda/reduce.cu. */
final class Reductions {
  private final Gpu gpu;

  Reductions(Gpu gpu) {
    this.gpu = gpu;
  }

  void reduce(Reduction f, View out, View x) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel reduce");
  }
}
