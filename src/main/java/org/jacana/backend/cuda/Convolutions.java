package org.jacana.backend.cuda;

import org.jacana.backend.ConvSpec;
import org.jacana.backend.View;

/** Convolutions and their gradients by cuDNN. */
final class Convolutions {
  private final Gpu gpu;

  Convolutions(Gpu gpu) {
    this.gpu = gpu;
  }

  void conv(ConvSpec s, View y, View x, View w) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel conv");
  }

  void convGradInput(ConvSpec s, View dx, View dy, View w) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel convGradInput");
  }

  void convGradWeight(ConvSpec s, View dw, View x, View dy) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel convGradWeight");
  }

  boolean convBias(ConvSpec s, View y, View x, View w, View b, boolean relu) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel convBias");
  }

  boolean convGradWeightBias(ConvSpec s, View dw, View db, View x, View dy) {
    throw new UnsupportedOperationException(
        gpu.context().name() + ": no kernel convGradWeightBias");
  }
}
