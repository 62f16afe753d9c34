package org.jacana.backend.cuda;

import org.jacana.backend.View;

/** Positions of extrema, the largest k, and running sums: cuda/ranking.cu. */
final class Ranking {
  private final Gpu gpu;

  Ranking(Gpu gpu) {
    this.gpu = gpu;
  }

  void argReduce(boolean largest, View out, View x, int axis) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel argReduce");
  }

  void topK(boolean largest, View indices, View x) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel topK");
  }

  void cumSum(View out, View x, int axis, boolean reverse) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel cumSum");
  }
}
