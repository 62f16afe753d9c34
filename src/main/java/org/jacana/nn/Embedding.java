package org.jacana.nn;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.op.Embeddings;

/**
 * A table of vectors looked up by number: I32 [...] to [..., dim]. Parameter: weight [count, dim],
 * standard normal. The row of a padding index starts at zero and gets no gradient, as in PyTorch.
 */
public final class Embedding extends Module {
  private static final int NONE = -1;

  private final int count;
  private final int dim;
  private final int padding;
  private final Tensor weight;

  /** Without a padding index. */
  public Embedding(int count, int dim) {
    this(count, dim, Generator.standard());
  }

  public Embedding(int count, int dim, Generator generator) {
    this(count, dim, generator, NONE);
  }

  /** With a padding index. */
  public Embedding(int count, int dim, int paddingIndex) {
    this(count, dim, paddingIndex, Generator.standard());
  }

  /**
   * A table with a padding index, from a generator.
   *
   * @throws IllegalArgumentException if a size is not positive, or the index is not in the table
   */
  public Embedding(int count, int dim, int paddingIndex, Generator generator) {
    this(count, dim, generator, requirePadding(count, paddingIndex));
  }

  private Embedding(int count, int dim, Generator generator, int padding) {
    this.count = Check.positive("embedding", "count", count);
    this.dim = Check.positive("embedding", "dim", dim);
    Check.generator("embedding", generator);
    this.padding = padding;
    weight =
        parameter("weight", Init.normal(0, 1).make(DType.F32, Shape.of(count, dim), generator));
    if (padding != NONE) {
      try (Tensor all = weight.detach();
          Tensor row = all.select(0, padding);
          Tensor zeros = Tensor.zeros(dim)) {
        row.assign(zeros);
      }
    }
  }

  private static int requirePadding(int count, int index) {
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException(
          "embedding: the padding index must be in 0 to " + (count - 1) + ", got " + index);
    }
    return index;
  }

  /** [count, dim]. */
  public Tensor weight() {
    return weight;
  }

  @Override
  protected Tensor forward(Tensor index) {
    if (index.dtype() != DType.I32) {
      throw new IllegalArgumentException(
          this + ": indices must be I32, got " + index.dtype() + "; cast with to(DType.I32)");
    }
    try {
      return Embeddings.embedding(weight, index, padding);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          this + ": indices must be in 0 to " + (count - 1) + "; " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "Embedding("
        + count
        + ", "
        + dim
        + (padding == NONE ? ")" : ", padding " + padding + ")");
  }
}
