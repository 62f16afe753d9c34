package org.jacana.backend.cuda;

import org.jacana.backend.Distribution;
import org.jacana.backend.View;

/** Philox numbers: cuda/random.cu. */
final class Random {
  private final Gpu gpu;

  Random(Gpu gpu) {
    this.gpu = gpu;
  }

  void random(Distribution d, View out, long seed, long offset) {
    throw new UnsupportedOperationException(gpu.context().name() + ": no kernel random");
  }
}
