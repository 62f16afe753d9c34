package org.jacana.nn;

import org.jacana.Generator;

/**
 * A step of long short-term memory (Hochreiter and Schmidhuber 1997): i, f, g, o = W x + b_ih + U h
 * + b_hh; c' = sigmoid(f) c + sigmoid(i) tanh(g); h' = sigmoid(o) tanh(c').
 *
 * <p>[N, in] to [N, hidden]. Parameters, from U(-1/sqrt(hidden), 1/sqrt(hidden)): weight_ih,
 * weight_hh, bias_ih and bias_hh, as in PyTorch.
 */
public final class LstmCell extends RecurrentCell {
  /** With biases, from the default generator. */
  public LstmCell(int in, int hidden) {
    this(in, hidden, true, Generator.standard());
  }

  /**
   * A cell whose weights come from a generator.
   *
   * @throws IllegalArgumentException if a size is not positive
   */
  public LstmCell(int in, int hidden, boolean bias, Generator generator) {
    super(RecurrentKind.LSTM, in, hidden, bias, generator);
  }
}
