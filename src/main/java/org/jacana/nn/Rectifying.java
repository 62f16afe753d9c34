package org.jacana.nn;

import org.jacana.Tensor;

/** A layer that can rectify its output in the same pass over memory. */
interface Rectifying {
  /** relu(forward(x)), run as the module's {@code apply} runs its forward. */
  Tensor applyRelu(Tensor x);
}
