package org.jacana.backend.cuda;

import org.jacana.backend.View;

/** One pass of an optimizer over a parameter: cuda/update.cu. */
final class Updates {
  private final Gpu gpu;

  Updates(Gpu gpu) {
    this.gpu = gpu;
  }

  boolean sgd(
      View w,
      View g,
      View m,
      View lr,
      double momentum,
      double dampening,
      double decay,
      boolean nesterov,
      boolean first) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel sgd");
  }

  boolean adam(
      View w,
      View g,
      View m,
      View v,
      View lr,
      View corrections,
      double beta1,
      double beta2,
      double epsilon,
      double decay,
      boolean decoupled) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel adam");
  }
}
