package org.jacana.op;

import org.jacana.Shape;
import org.jacana.Tensor;

/** Rows of a table by index. */
public final class Embeddings {
  private Embeddings() {}

  /**
   * Rows of a table [V, D] for an I32 index of any shape: [...] gives [..., D].
   *
   * @param padding the row whose gradient stays 0, or -1 for none
   * @throws IllegalArgumentException if shapes do not fit or an index is out of range
   */
  public static Tensor embedding(Tensor table, Tensor index, int padding) {
    if (table.rank() != 2 || padding < -1 || padding >= table.shape().dim(0)) {
      throw new IllegalArgumentException(
          "embedding: needs a table [V, D] and a padding row in it or -1, got "
              + table.shape()
              + " and "
              + padding);
    }
    Shape out = index.shape().insert(index.rank(), table.shape().dim(1));
    Shape flat = Shape.of(Math.toIntExact(index.size()));
    return Composite.on(
        table,
        () -> {
          Tensor rows = table.indexSelect(0, index.reshape(flat)).reshape(out);
          return padding < 0
              ? rows
              : Tensor.where(index.eq(padding).unsqueeze(-1), rows.detach(), rows);
        });
  }
}
