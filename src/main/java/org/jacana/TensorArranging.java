package org.jacana;

import java.util.Arrays;
import org.jacana.op.Arranging;
import org.jacana.op.Diagonals;
import org.jacana.op.Padding;

/** Methods of {@link Tensor} that repeat, roll, mirror and cut; PyTorch's definitions. */
public sealed interface TensorArranging permits Tensor {
  /** The tensor these methods belong to. */
  Tensor self();

  /** Elements moved on by {@code shift} along an axis; those that fall off come in again. */
  default Tensor roll(int shift, int axis) {
    return Arranging.roll(self(), shift, axis);
  }

  /** The whole again and again along each axis; more numbers than axes add axes in front. */
  default Tensor repeat(int... times) {
    return Arranging.repeat(self(), times);
  }

  /** {@link #repeat}, where missing numbers are 1 for the first axes. */
  default Tensor tile(int... times) {
    int lead = Math.max(0, self().rank() - times.length);
    int[] all = new int[lead + times.length];
    Arrays.fill(all, 1);
    System.arraycopy(times, 0, all, lead, times.length);
    return Arranging.repeat(self(), all);
  }

  /** Each element of an axis {@code times} times in a row. */
  default Tensor repeatInterleave(int times, int axis) {
    return Arranging.repeatInterleave(self(), times, axis);
  }

  /** An axis at another place, the others in their order. */
  default Tensor moveAxis(int from, int to) {
    return Arranging.moveAxis(self(), from, to);
  }

  /** {@code length} elements of an axis from {@code start}, which may be negative. */
  default Tensor narrow(int axis, int start, int length) {
    int n = self().shape().dim(self().shape().axis("narrow", axis));
    int from = start < 0 ? start + n : start;
    if (from < 0 || length < 0 || length > n - from) {
      throw new IllegalArgumentException(
          "narrow: "
              + length
              + " elements from "
              + start
              + " are out of range for axis "
              + axis
              + " of "
              + self().shape());
    }
    return self().slice(axis, from, from + length);
  }

  /**
   * At most {@code parts} parts of equal extent along an axis, the last perhaps smaller: each has
   * extent / parts rounded up, so there may be fewer.
   */
  default Tensor[] chunk(int parts, int axis) {
    Shape s = self().shape();
    int a = s.axis("chunk", axis);
    if (parts < 1) {
      throw new IllegalArgumentException("chunk: needs at least one part, got " + parts);
    }
    int n = s.dim(a);
    int each = Math.max(1, (n + parts - 1) / parts);
    int[] extents = new int[Math.max(1, (n + each - 1) / each)];
    Arrays.fill(extents, each);
    extents[extents.length - 1] = n - each * (extents.length - 1);
    return self().split(a, extents);
  }

  /** A border of the tensor's own elements, {@code border[2a]} before and [2a+1] after axis a. */
  default Tensor pad(Padding mode, int... border) {
    return mode.pad(self(), border);
  }

  /** The main diagonal of a matrix. */
  default Tensor diagonal() {
    return Diagonals.diagonal(self(), 0, 0, 1);
  }

  /** The elements whose coordinates on two axes differ by an offset, as a new last axis. */
  default Tensor diagonal(int offset, int axis1, int axis2) {
    return Diagonals.diagonal(self(), offset, axis1, axis2);
  }

  /**
   * Square matrices with the last axis on a diagonal and zeros elsewhere: [..., n] to [.., n,n].
   */
  default Tensor diagEmbed(int offset) {
    return Diagonals.embed(self(), offset);
  }

  /** The sum of a matrix's main diagonal. */
  default Tensor trace() {
    if (self().rank() != 2) {
      throw new IllegalArgumentException("trace: needs a matrix, got " + self().shape());
    }
    return Scope.tidy(() -> diagonal().sum());
  }

  /** The lower triangle of matrices [..., n, m] up to diagonal k, zeros above. */
  default Tensor tril(int k) {
    return Diagonals.triangle(self(), true, k);
  }

  /** The upper triangle of matrices [..., n, m] from diagonal k on, zeros below. */
  default Tensor triu(int k) {
    return Diagonals.triangle(self(), false, k);
  }

  /** Channels to pixels: [N,H,W,C r r] to [N,H r,W r,C]. */
  default Tensor pixelShuffle(int r) {
    return Arranging.pixelShuffle(self(), r);
  }

  /** Pixels to channels, the inverse of {@link #pixelShuffle}. */
  default Tensor pixelUnshuffle(int r) {
    return Arranging.pixelUnshuffle(self(), r);
  }
}
