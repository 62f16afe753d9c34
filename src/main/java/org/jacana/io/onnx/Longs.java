package org.jacana.io.onnx;

import java.util.Arrays;

/** A growing list of integers. */
final class Longs {
  private long[] values = new long[4];
  private int size;

  void add(long v) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = v;
  }

  int size() {
    return size;
  }

  long[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
