package org.jacana.backend.cuda;

import org.jacana.backend.BinaryKernel;
import org.jacana.backend.UnaryKernel;
import org.jacana.backend.View;

/** Pointwise functions of one, two and three arguments: cuda/pointwise.cu. */
final class Pointwise {
  private final Gpu gpu;

  Pointwise(Gpu gpu) {
    this.gpu = gpu;
  }

  void unary(UnaryKernel f, double p, double q, View out, View x) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel unary");
  }

  void binary(BinaryKernel f, View out, View a, View b) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel binary");
  }

  void where(View out, View mask, View a, View b) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel where");
  }
}
