package org.jacana.op;

import java.util.Arrays;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * The inputs of an operation that is run for a whole batch at once. Some of them have the batch as
 * a further first axis, the others are the same for all parts.
 */
public final class Batch {
  final int n;
  final int level;
  private final Tensor[] parts;
  private final Tensor[] wholes;

  /**
   * Inputs.
   *
   * @param parts what the operation was called with, of the shapes that one part has
   * @param wholes the batches, null where all parts are the same
   */
  Batch(int level, Tensor[] parts, Tensor[] wholes) {
    this.level = level;
    this.parts = parts;
    this.wholes = wholes;
    int extent = -1;
    for (Tensor w : wholes) {
      extent = w == null ? extent : w.shape().dim(0);
    }
    n = extent;
  }

  public int size() {
    return parts.length;
  }

  /** Whether input i differs from part to part. */
  boolean has(int i) {
    return wholes[i] != null;
  }

  /** The shape that input i has in each part. */
  Shape shape(int i) {
    return parts[i].shape();
  }

  /** The batch, or the one tensor that all parts share. */
  Tensor get(int i) {
    return has(i) ? wholes[i] : parts[i];
  }

  /** The batch, or the one tensor repeated without a copy. */
  public Tensor full(int i) {
    return has(i) ? wholes[i] : parts[i].unsqueeze(0).expand(shape(i).insert(0, n));
  }

  /** In a form in which parts of this rank broadcast with each other. */
  Tensor aligned(int i, int rank) {
    if (!has(i) || shape(i).rank() == rank) {
      return get(i);
    }
    int[] d = new int[rank + 1];
    Arrays.fill(d, 1);
    d[0] = n;
    int[] own = shape(i).dims();
    System.arraycopy(own, 0, d, d.length - own.length, own.length);
    return wholes[i].reshape(Shape.of(d));
  }

  /** The batch joined with the parts' first axis. */
  Tensor folded(int i) {
    Shape s = shape(i);
    return full(i).reshape(s.with(0, Math.multiplyExact(n, s.dim(0))));
  }

  /** The opposite: the first axis cut into the batch and the parts' first axis. */
  Tensor unfolded(Tensor y) {
    return y.reshape(y.shape().with(0, y.shape().dim(0) / n).insert(0, n));
  }
}
