package org.jacana;

import org.jacana.op.Batching;
import org.jacana.op.Indexing;
import org.jacana.op.ScatterReduce;
import org.jacana.op.Scattering;

/** Methods of {@link Tensor} that pick elements by index tensors. */
public sealed interface TensorIndexing permits Tensor {
  /** The tensor these methods belong to. */
  Tensor self();

  /** Values and their I32 positions. */
  record TopK(Tensor values, Tensor indices) {}

  /** out[.., i, ..] = this[.., index[.., i, ..], ..]; the result has the index's shape. */
  default Tensor gather(int axis, Tensor index) {
    return Indexing.gather(self(), axis, index);
  }

  /** A copy of this with source[.., i, ..] added at index[.., i, ..] of the axis. */
  default Tensor scatterAdd(int axis, Tensor index, Tensor source) {
    return Scope.tidy(() -> self().add(Indexing.scatterAdd(self().shape(), axis, index, source)));
  }

  /** The slices of an axis that a one-dimensional index names. */
  default Tensor indexSelect(int axis, Tensor index) {
    return Indexing.select(self(), axis, index);
  }

  /** The k largest along the last axis, largest first; ties by position. */
  default TopK topK(int k) {
    return topK(k, true);
  }

  /** The k largest or smallest along the last axis, best first; NaN ranks above every number. */
  default TopK topK(int k, boolean largest) {
    Tensor indices = Indexing.topK(largest, self(), k);
    return new TopK(gather(-1, indices), indices);
  }

  /**
   * F32 rows that are 1 at the label and 0 elsewhere: [...] gives [..., classes].
   *
   * @throws IllegalArgumentException if a label is out of range
   */
  default Tensor oneHot(int classes) {
    Tensor labels = self();
    if (labels.dtype().isFloat() || labels.dtype() == DType.BOOL) {
      throw new IllegalArgumentException("oneHot: labels must be integers, got " + labels.dtype());
    }
    if (labels.size() > 0) {
      int[] range = Batching.all(labels).range();
      if (range[0] < 0 || range[1] >= classes) {
        throw new IllegalArgumentException(
            "oneHot: label "
                + (range[0] < 0 ? range[0] : range[1])
                + " is out of range for "
                + classes
                + " classes");
      }
    }
    return Scope.tidy(
        () -> {
          Tensor column = labels.unsqueeze(-1);
          Tensor ids = Tensor.arange(classes);
          return column
              .eq(ids.device().equals(column.device()) ? ids : ids.to(column.device()))
              .to(DType.F32);
        });
  }

  /**
   * A copy of this with source[.., i, ..] at index[.., i, ..] of the axis. Of several sources for
   * one element the last counts (PyTorch: any). Reads the index on the host.
   */
  default Tensor scatter(int axis, Tensor index, Tensor source) {
    return Scattering.scatter(self(), axis, index, source);
  }

  /** A copy of this with a value at index[.., i, ..] of the axis. */
  default Tensor scatter(int axis, Tensor index, double value) {
    return Scattering.scatter(self(), axis, index, value);
  }

  /** A copy of this with the slices of source added at those that a one-dimensional index names. */
  default Tensor indexAdd(int axis, Tensor index, Tensor source) {
    return Scattering.indexAdd(self(), axis, index, source);
  }

  /** A copy of this whose slices that a one-dimensional index names are those of source. */
  default Tensor indexCopy(int axis, Tensor index, Tensor source) {
    return Scattering.indexCopy(self(), axis, index, source);
  }

  /** A copy of this with a value in the slices that a one-dimensional index names. */
  default Tensor indexFill(int axis, Tensor index, double value) {
    return Scattering.indexFill(self(), axis, index, value);
  }

  /**
   * A copy of this where elements that the index names are joined with their sources: summed,
   * multiplied, averaged, or the extreme of them. Reads the index on the host.
   *
   * @param includeSelf whether the element itself is one of those joined
   */
  default Tensor scatterReduce(
      int axis, Tensor index, Tensor source, ScatterReduce how, boolean includeSelf) {
    return how.apply(self(), axis, index, source, includeSelf);
  }

  /** The elements at positions of the flattened tensor, in the index's shape. */
  default Tensor take(Tensor index) {
    return Scattering.take(self(), index);
  }

  /** The value where a BOOL mask is true, else this. */
  default Tensor maskedFill(Tensor mask, double value) {
    try (Tensor keep = Scope.release(mask.logicalNot())) {
      return Tensor.where(keep, self(), value);
    }
  }

  /** The elements where a BOOL mask is true, in order, [n]. Reads the mask on the host. */
  default Tensor maskedSelect(Tensor mask) {
    return Scattering.maskedSelect(self(), mask);
  }

  /** The I32 coordinates [n, rank] of elements that are not 0. Reads the tensor on the host. */
  default Tensor nonZero() {
    return Scattering.nonZero(self());
  }
}
