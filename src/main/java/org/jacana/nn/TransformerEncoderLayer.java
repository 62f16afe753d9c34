package org.jacana.nn;

import org.jacana.Generator;
import org.jacana.Tensor;

/**
 * Self-attention and a two-layer network, each with a shortcut around it and a layer norm (Vaswani
 * et al. 2017): [N, L, embed] to the same shape. Children are named as PyTorch's: self_attn,
 * linear1, linear2, norm1, norm2. Epsilon of the norms is 1e-5.
 *
 * <p>With the norm first, x + attention(norm1(x)) and x + network(norm2(x)) (Xiong et al. 2020);
 * else the norms come after the sums. Dropout acts, in training only, on attention weights, after
 * the activation, and on both branches before their sums.
 */
public final class TransformerEncoderLayer extends Module {
  private final boolean normFirst;
  private final MultiHeadAttention attention;
  private final Linear wide;
  private final Linear narrow;
  private final LayerNorm norm1;
  private final LayerNorm norm2;
  private final Activation activation;
  private final Dropout dropout;

  /** PyTorch's defaults: ReLU, the norms last; dropout 0.1 from the standard generator. */
  public TransformerEncoderLayer(int embed, int heads, int hidden) {
    this(embed, heads, hidden, 0.1, Activation.relu(), false, Generator.standard());
  }

  /**
   * A layer.
   *
   * @param hidden the width between the network's two layers
   * @param activation between them, such as {@link Activation#relu()} or {@link Activation#gelu()}
   * @param normFirst whether the norms come before attention and network, not after the sums
   * @param generator gives weights and dropped positions
   * @throws IllegalArgumentException if heads do not divide embed, or a number is out of range
   */
  public TransformerEncoderLayer(
      int embed,
      int heads,
      int hidden,
      double dropout,
      Activation activation,
      boolean normFirst,
      Generator generator) {
    Check.positive("transformerEncoderLayer", "hidden", hidden);
    if (activation == null) {
      throw new IllegalArgumentException("transformerEncoderLayer: the activation is null");
    }
    this.normFirst = normFirst;
    this.activation = activation;
    this.dropout = new Dropout(dropout, generator);
    attention = child("self_attn", new MultiHeadAttention(embed, heads, true, dropout, generator));
    wide = child("linear1", new Linear(embed, hidden, generator));
    narrow = child("linear2", new Linear(hidden, embed, generator));
    norm1 = child("norm1", new LayerNorm(embed));
    norm2 = child("norm2", new LayerNorm(embed));
    child("activation", activation);
    child("dropout", this.dropout);
  }

  /** Without a mask. */
  @Override
  protected Tensor forward(Tensor x) {
    return encode(x, null, false);
  }

  /**
   * With a mask.
   *
   * @param x [N, L, embed]
   * @param mask null, or as for {@link MultiHeadAttention#attend}: true means that a position may
   *     attend
   * @param causal whether position i may attend to 0 to i only
   */
  public Tensor apply(Tensor x, Tensor mask, boolean causal) {
    return call(x, () -> new Tensor[] {encode(x, mask, causal)})[0];
  }

  private Tensor encode(Tensor x, Tensor mask, boolean causal) {
    if (normFirst) {
      Tensor y = x.add(attend(norm1.apply(x), mask, causal));
      return y.add(network(norm2.apply(y)));
    }
    Tensor y = norm1.apply(x.add(attend(x, mask, causal)));
    return norm2.apply(y.add(network(y)));
  }

  private Tensor attend(Tensor x, Tensor mask, boolean causal) {
    return dropout.apply(attention.attend(x, mask, causal));
  }

  private Tensor network(Tensor x) {
    return dropout.apply(narrow.apply(dropout.apply(activation.apply(wide.apply(x)))));
  }

  public boolean normFirst() {
    return normFirst;
  }

  @Override
  public String toString() {
    return "TransformerEncoderLayer(" + wide + ", " + (normFirst ? "norm first)" : "norm last)");
  }
}
