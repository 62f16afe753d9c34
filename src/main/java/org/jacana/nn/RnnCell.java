package org.jacana.nn;

import org.jacana.Generator;

/**
 * A step of a plain recurrent layer (Elman 1990): h' = tanh(W x + b_ih + U h + b_hh), or with a
 * rectifier in place of tanh.
 *
 * <p>[N, in] to [N, hidden]. Parameters, from U(-1/sqrt(hidden), 1/sqrt(hidden)): weight_ih,
 * weight_hh, bias_ih and bias_hh, as in PyTorch.
 */
public final class RnnCell extends RecurrentCell {
  /** With biases, from the default generator. */
  public RnnCell(int in, int hidden) {
    this(in, hidden, true, false, Generator.standard());
  }

  /**
   * A cell whose weights come from a generator.
   *
   * @param relu whether the rectifier takes the place of tanh
   * @throws IllegalArgumentException if a size is not positive
   */
  public RnnCell(int in, int hidden, boolean bias, boolean relu, Generator generator) {
    super(relu ? RecurrentKind.RELU : RecurrentKind.TANH, in, hidden, bias, generator);
  }

  /** Whether the rectifier takes the place of tanh. */
  public boolean relu() {
    return kind() == RecurrentKind.RELU;
  }
}
