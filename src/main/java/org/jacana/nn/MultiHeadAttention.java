package org.jacana.nn;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.op.Attention;
import org.jacana.op.MatMul;

/**
 * Attention in several heads (Vaswani et al. 2017), batch first: [N, L, embed] to the same shape.
 *
 * <p>Parameters are named and packed as PyTorch's: in_proj_weight [3 embed, embed] for queries,
 * keys and values, Glorot uniform; in_proj_bias [3 embed], zero; out_proj.weight [embed, embed]
 * from U(-1/sqrt(embed), 1/sqrt(embed)); out_proj.bias, zero. Masks are those of {@link
 * Attention#attention}: unlike in PyTorch's module, true means that a query may attend.
 */
public final class MultiHeadAttention extends Module {
  private final int embed;
  private final int heads;
  private final double dropout;
  private final Generator generator;
  private final Tensor inWeight;
  private final Tensor inBias;
  private final Linear out;

  /** With biases, without dropout. */
  public MultiHeadAttention(int embed, int heads) {
    this(embed, heads, true, 0, Generator.standard());
  }

  /**
   * A layer whose weights and dropped positions come from a generator.
   *
   * @param dropout of attention weights, in training only
   * @throws IllegalArgumentException if heads do not divide embed, or a number is out of range
   */
  public MultiHeadAttention(
      int embed, int heads, boolean bias, double dropout, Generator generator) {
    this.embed = Check.positive("multiHeadAttention", "embed", embed);
    this.heads = Check.positive("multiHeadAttention", "heads", heads);
    this.dropout = Check.probability("multiHeadAttention", "dropout", dropout);
    this.generator = generator("generator", Check.generator("multiHeadAttention", generator));
    if (embed % heads != 0) {
      throw new IllegalArgumentException(
          "multiHeadAttention: embed must divide into heads, got "
              + embed
              + " for "
              + heads
              + " heads");
    }
    inWeight =
        parameter(
            "in_proj_weight",
            Init.xavierUniform(1).make(DType.F32, Shape.of(3 * embed, embed), generator));
    inBias = bias ? parameter("in_proj_bias", Tensor.zeros(3 * embed)) : null;
    out = child("out_proj", new Linear(embed, embed, bias, generator));
    if (bias) {
      Init.zeros().fill(out.bias(), generator);
    }
  }

  public int heads() {
    return heads;
  }

  /** [3 embed, embed]. */
  public Tensor inWeight() {
    return inWeight;
  }

  /** [3 embed], or null. */
  public Tensor inBias() {
    return inBias;
  }

  public Linear out() {
    return out;
  }

  /** Self-attention without a mask. */
  @Override
  protected Tensor forward(Tensor x) {
    return attention(x, x, x, null, false);
  }

  /** Self-attention [N, L, embed]; see {@link #attend(Tensor, Tensor, Tensor, Tensor, boolean)}. */
  public Tensor attend(Tensor x, Tensor mask, boolean causal) {
    return attend(x, x, x, mask, causal);
  }

  /**
   * Attention of queries [N, L, embed] to keys and values [N, S, embed]: [N, L, embed].
   *
   * @param mask null, or BOOL (true: may attend) or float (added), [L, S] or broadcasting to [N,
   *     heads, L, S] with four axes
   * @throws IllegalArgumentException if shapes or types do not fit
   */
  public Tensor attend(Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal) {
    return call(q, () -> new Tensor[] {attention(q, k, v, mask, causal)})[0];
  }

  private Tensor attention(Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal) {
    requireFit(q, k, v, mask);
    Tensor[] parts = q == k && k == v ? together(q) : apart(q, k, v);
    double scale = 1 / Math.sqrt(embed / heads);
    Tensor y =
        Attention.attention(
            parts[0],
            parts[1],
            parts[2],
            mask,
            causal,
            scale,
            isTraining() ? dropout : 0,
            generator);
    return out.apply(y.transpose(1, 2).reshape(q.shape().dim(0), q.shape().dim(1), embed));
  }

  private Tensor[] together(Tensor x) {
    Tensor[] parts = MatMul.linear(x, inWeight, inBias).split(-1, embed, embed, embed);
    for (int i = 0; i < 3; i++) {
      parts[i] = heads(parts[i]);
    }
    return parts;
  }

  private Tensor[] apart(Tensor... xs) {
    Tensor[] parts = new Tensor[3];
    for (int i = 0; i < 3; i++) {
      Tensor w = inWeight.slice(0, i * embed, (i + 1) * embed);
      Tensor b = inBias == null ? null : inBias.slice(0, i * embed, (i + 1) * embed);
      parts[i] = heads(MatMul.linear(xs[i], w, b));
    }
    return parts;
  }

  /** [N, L, embed] to [N, heads, L, embed / heads]. */
  private Tensor heads(Tensor x) {
    return x.reshape(x.shape().dim(0), x.shape().dim(1), heads, embed / heads).transpose(1, 2);
  }

  private void requireFit(Tensor q, Tensor k, Tensor v, Tensor mask) {
    for (Tensor x : new Tensor[] {q, k, v}) {
      if (x.rank() != 3 || x.shape().dim(2) != embed) {
        throw new IllegalArgumentException(
            this + ": inputs must be [N, L, " + embed + "], got " + x.shape());
      }
    }
    if (!k.shape().equals(v.shape()) || k.shape().dim(0) != q.shape().dim(0)) {
      throw new IllegalArgumentException(
          this
              + ": keys and values must have one shape and the queries' batch size, got queries "
              + q.shape()
              + ", keys "
              + k.shape()
              + " and values "
              + v.shape());
    }
    if (mask != null && mask.rank() != 2 && mask.rank() != 4) {
      throw new IllegalArgumentException(
          this
              + ": the mask must be [L, S] or [N, heads, L, S], got "
              + mask.shape()
              + "; a mask [N, L, S] needs unsqueeze(1)");
    }
  }

  @Override
  public long multiplyAdds(Shape input, Shape output) {
    long rows = (long) input.dim(0) * input.dim(1);
    return rows * embed * (3L * embed + 2L * input.dim(1));
  }

  @Override
  public String toString() {
    return "MultiHeadAttention(" + embed + ", " + heads + (inBias == null ? ", no bias)" : ")");
  }
}
