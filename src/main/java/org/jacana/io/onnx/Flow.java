package org.jacana.io.onnx;

import org.jacana.DType;
import org.jacana.Shape;

/**
 * A value of a graph that is being written.
 *
 * @param name in the graph
 * @param shape in our order of axes, for one example (batch axis 1)
 * @param channelsFirst whether the graph holds it with the last axis moved to place 1
 */
record Flow(String name, Shape shape, DType type, boolean channelsFirst) {
  Flow with(String newName) {
    return new Flow(newName, shape, type, channelsFirst);
  }

  int rank() {
    return shape.rank();
  }

  int channels() {
    return shape.dim(-1);
  }

  /** Where the graph has the last axis of ours. */
  int lastAxis() {
    return channelsFirst ? 1 : rank() - 1;
  }

  /** The axes' extents as the graph has them. */
  int[] dims() {
    return channelsFirst ? moved(shape.dims()) : shape.dims();
  }

  static int[] moved(int[] ours) {
    int[] d = ours.clone();
    int n = d.length;
    d[1] = ours[n - 1];
    System.arraycopy(ours, 1, d, 2, n - 2);
    return d;
  }
}
