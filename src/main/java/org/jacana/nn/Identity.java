package org.jacana.nn;

import org.jacana.Tensor;

/** Passes its input on. */
public final class Identity extends Module {
  @Override
  protected Tensor forward(Tensor x) {
    return x;
  }
}
