package org.jacana.backend.cuda;

import org.jacana.backend.PoolSpec;
import org.jacana.backend.View;

/** Pooling over images [N,H,W,C]: cuda/pool.cu. */
final class Pooling {
  private final Gpu gpu;

  Pooling(Gpu gpu) {
    this.gpu = gpu;
  }

  void maxPool(PoolSpec s, View y, View index, View x) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel maxPool");
  }

  void maxPoolGrad(PoolSpec s, View dx, View dy, View index) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel maxPoolGrad");
  }

  void maxPoolGather(PoolSpec s, View g, View x, View index) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel maxPoolGather");
  }

  void avgPool(PoolSpec s, View y, View x) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel avgPool");
  }

  void avgPoolGrad(PoolSpec s, View dx, View dy) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel avgPoolGrad");
  }
}
