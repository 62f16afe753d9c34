package org.jacana.io.onnx;

import java.util.Arrays;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;

/**
 * A value while a graph runs: a tensor, or integers on the host. A tensor of three axes or more may
 * be held with the graph's axis 1 moved to the end, as our convolutions want it.
 *
 * @param last whether the tensor is held so
 */
record Value(Tensor tensor, boolean last, Whole whole) {
  static Value of(Tensor t) {
    return new Value(t, false, null);
  }

  /** A tensor whose last axis is the graph's axis 1. */
  static Value last(Tensor t) {
    return new Value(t, true, null);
  }

  static Value of(Whole w) {
    return new Value(null, false, w);
  }

  /** The same layout with another tensor. */
  Value with(Tensor t) {
    return new Value(t, last, null);
  }

  boolean isWhole() {
    return whole != null;
  }

  int rank() {
    return isWhole() ? whole.shape().rank() : tensor.rank();
  }

  /** The shape that the graph sees. */
  Shape shape() {
    return isWhole() ? whole.shape() : last ? Shape.of(Flow.moved(dims())) : tensor.shape();
  }

  private int[] dims() {
    return tensor.shape().dims();
  }

  /** The order that moves axis 1 to the end. */
  static int[] toLast(int rank) {
    int[] order = new int[rank];
    Arrays.setAll(order, i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1);
    return order;
  }

  /** The order that moves the last axis to place 1. */
  static int[] toFirst(int rank) {
    int[] order = new int[rank];
    Arrays.setAll(order, i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1);
    return order;
  }

  /** The tensor in the graph's order of axes. */
  Tensor plain() {
    requireTensor();
    return last ? tensor.permute(toFirst(tensor.rank())) : tensor;
  }

  /** The tensor with axis 1 at the end; it needs three axes. */
  Tensor channelsLast() {
    requireTensor();
    if (tensor.rank() < 3) {
      throw new IllegalArgumentException(
          "needs [N, C, ...] with at least three axes, got " + tensor.shape());
    }
    return last ? tensor : tensor.permute(toLast(tensor.rank()));
  }

  private void requireTensor() {
    if (isWhole()) {
      throw new IllegalStateException("integers were not made a tensor");
    }
  }

  /** This as a tensor on a device. */
  Value onDevice(Backend backend) {
    return isWhole() ? of(whole.stored().tensor(backend)) : this;
  }

  /** The integers, read from the device where they are a tensor. */
  long[] integers() {
    if (isWhole()) {
      return whole.values();
    }
    if (tensor.dtype().isFloat()) {
      throw new IllegalArgumentException("needs integers, got " + tensor.dtype());
    }
    return Arrays.stream(plain().ints()).asLongStream().toArray();
  }

  /** The place in the tensor of an axis of the graph. */
  int axis(int graphAxis) {
    int n = rank();
    int a = graphAxis < 0 ? graphAxis + n : graphAxis;
    if (a < 0 || a >= n) {
      throw new IllegalArgumentException(
          "axis " + graphAxis + " is out of range for shape " + shape());
    }
    return !last || a == 0 ? a : a == 1 ? n - 1 : a - 1;
  }
}
