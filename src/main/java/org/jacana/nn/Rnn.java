package org.jacana.nn;

import org.jacana.Generator;

/**
 * Plain recurrent layers (Elman 1990): h' = tanh(W x + b_ih + U h + b_hh), or with a rectifier in
 * place of tanh.
 *
 * <p>Batch first: [N, T, in] to [N, T, directions x hidden]. Parameters per layer l and direction,
 * named as PyTorch's and from U(-1/sqrt(hidden), 1/sqrt(hidden)): weight_ih_l0, weight_hh_l0,
 * bias_ih_l0, bias_hh_l0, and the same with _reverse after it for the second direction.
 */
public final class Rnn extends RecurrentLayers {
  /** One layer forward in time. */
  public Rnn(int in, int hidden) {
    this(in, hidden, 1, false);
  }

  /** Layers with biases, from the default generator. */
  public Rnn(int in, int hidden, int layers, boolean bidirectional) {
    this(in, hidden, layers, bidirectional, true, 0, false, Generator.standard());
  }

  /**
   * Layers whose weights and dropped values come from a generator.
   *
   * @param dropout of every layer's outputs but the last's, in training only
   * @param relu whether the rectifier takes the place of tanh
   * @throws IllegalArgumentException if a number is out of range
   */
  public Rnn(
      int in,
      int hidden,
      int layers,
      boolean bidirectional,
      boolean bias,
      double dropout,
      boolean relu,
      Generator generator) {
    super(
        relu ? RecurrentKind.RELU : RecurrentKind.TANH,
        in,
        hidden,
        layers,
        bidirectional,
        bias,
        dropout,
        generator);
  }

  /** Whether the rectifier takes the place of tanh. */
  public boolean relu() {
    return kind() == RecurrentKind.RELU;
  }
}
