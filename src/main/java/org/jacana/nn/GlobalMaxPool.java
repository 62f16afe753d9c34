package org.jacana.nn;

import org.jacana.Tensor;
import org.jacana.op.AdaptivePool;

/** The largest element over height and width: [N, H, W, C] to [N, C]; of ties the first counts. */
public final class GlobalMaxPool extends Module {
  @Override
  protected Tensor forward(Tensor x) {
    return AdaptivePool.max(x, 1, 1).squeeze(1).squeeze(1);
  }
}
