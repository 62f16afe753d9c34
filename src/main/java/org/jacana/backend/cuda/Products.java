package org.jacana.backend.cuda;

import org.jacana.backend.View;

/** Matrix products by cuBLAS. */
final class Products {
  private final Gpu gpu;

  Products(Gpu gpu) {
    this.gpu = gpu;
  }

  void matmul(View c, View a, View b) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel matmul");
  }

  boolean linear(View y, View x, View w, View b, boolean relu) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel linear");
  }
}
