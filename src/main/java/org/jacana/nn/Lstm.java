package org.jacana.nn;

import org.jacana.Generator;

/**
 * Layers of long short-term memory (Hochreiter and Schmidhuber 1997): i, f, g, o = W x + b_ih + U h
 * + b_hh; c' = sigmoid(f) c + sigmoid(i) tanh(g); h' = sigmoid(o) tanh(c').
 *
 * <p>Batch first: [N, T, in] to [N, T, directions x hidden]. Parameters per layer l and direction,
 * named as PyTorch's and from U(-1/sqrt(hidden), 1/sqrt(hidden)): weight_ih_l0, weight_hh_l0,
 * bias_ih_l0, bias_hh_l0, and the same with _reverse after it for the second direction.
 */
public final class Lstm extends RecurrentLayers {
  /** One layer forward in time. */
  public Lstm(int in, int hidden) {
    this(in, hidden, 1, false);
  }

  /** Layers with biases, from the default generator. */
  public Lstm(int in, int hidden, int layers, boolean bidirectional) {
    this(in, hidden, layers, bidirectional, true, 0, Generator.standard());
  }

  /**
   * Layers whose weights and dropped values come from a generator.
   *
   * @param dropout of every layer's outputs but the last's, in training only
   * @throws IllegalArgumentException if a number is out of range
   */
  public Lstm(
      int in,
      int hidden,
      int layers,
      boolean bidirectional,
      boolean bias,
      double dropout,
      Generator generator) {
    super(RecurrentKind.LSTM, in, hidden, layers, bidirectional, bias, dropout, generator);
  }
}
