package org.jacana.backend.cuda;

import org.jacana.backend.View;

/** Softmax and cross-entropy over rows: cuda/rows.cu. */
final class Rows {
  private final Gpu gpu;

  Rows(Gpu gpu) {
    this.gpu = gpu;
  }

  boolean softmax(boolean log, View y, View x) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel softmax");
  }

  boolean softmaxGrad(boolean log, View dx, View dy, View y) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel softmaxGrad");
  }

  boolean crossEntropy(View loss, View z, View labels) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel crossEntropy");
  }

  boolean crossEntropyGrad(View dz, View dloss, View z, View labels) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel crossEntropyGrad");
  }
}
