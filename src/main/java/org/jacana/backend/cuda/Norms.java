package org.jacana.backend.cuda;

import org.jacana.backend.View;

/** Batch norm: cuda/norm.cu. */
final class Norms {
  private final Gpu gpu;

  Norms(Gpu gpu) {
    this.gpu = gpu;
  }

  boolean batchNorm(
      View y, View mean, View variance, View x, View gamma, View beta, double epsilon) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel batchNorm");
  }

  boolean batchNormGrad(
      View dx,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View mean,
      View variance,
      View gamma,
      double epsilon) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel batchNormGrad");
  }
}
