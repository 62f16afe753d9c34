package org.jacana.nn;

import org.jacana.Tensor;

/**
 * What recurrent layers remember, [layers x directions, N, hidden] in PyTorch's order (layer 0,
 * layer 0 reversed, layer 1, ...), or of a single cell [N, hidden]. Owned like any tensors by the
 * scope that they were made in.
 *
 * @param h the last outputs
 * @param c the cell's memory, for LSTMs; null for others
 */
public record RecurrentState(Tensor h, Tensor c) {
  /** A state without a cell memory. */
  public RecurrentState(Tensor h) {
    this(h, null);
  }
}
