package org.jacana.io.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.io.StoredTensor;

/** Integers that a graph computes shapes and positions with; they stay on the host. */
record Whole(long[] values, Shape shape) {
  static Whole of(FileTensor t) {
    return new Whole(t.integers(), t.shape());
  }

  static Whole vector(long... values) {
    return new Whole(values, Shape.of(values.length));
  }

  /**
   * The values as a tensor has them.
   *
   * @throws IllegalArgumentException if one does not fit 32 bits
   */
  StoredTensor stored() {
    ByteBuffer b = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long v : values) {
      b.putInt(narrow(v));
    }
    return new StoredTensor(DType.I32, shape, b.flip());
  }

  static int narrow(long v) {
    if (v != (int) v) {
      throw new IllegalArgumentException(
          "integers must be in -2^31 to 2^31 - 1, got " + v + "; tensors hold I32");
    }
    return (int) v;
  }
}
