package org.jacana.backend.cuda;

import org.jacana.backend.View;

/** Gather and scatter-add: cuda/indexing.cu. */
final class Indexing {
  private final Gpu gpu;

  Indexing(Gpu gpu) {
    this.gpu = gpu;
  }

  void gather(View out, View x, View index, int axis) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel gather");
  }

  void scatterAdd(View out, View index, View x, int axis) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel scatterAdd");
  }
}
