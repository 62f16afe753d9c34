package org.jacana.nn;

import org.jacana.Generator;

/**
 * A step of gated recurrent units (Cho et al. 2014, PyTorch's form): r = sigmoid(W_r x + b_ir + U_r
 * h + b_hr), z likewise; n = tanh(W_n x + b_in + r (U_n h + b_hn)); h' = (1 - z) n + z h.
 *
 * <p>[N, in] to [N, hidden]. Parameters, from U(-1/sqrt(hidden), 1/sqrt(hidden)): weight_ih,
 * weight_hh, bias_ih and bias_hh, as in PyTorch.
 */
public final class GruCell extends RecurrentCell {
  /** With biases, from the default generator. */
  public GruCell(int in, int hidden) {
    this(in, hidden, true, Generator.standard());
  }

  /**
   * A cell whose weights come from a generator.
   *
   * @throws IllegalArgumentException if a size is not positive
   */
  public GruCell(int in, int hidden, boolean bias, Generator generator) {
    super(RecurrentKind.GRU, in, hidden, bias, generator);
  }
}
