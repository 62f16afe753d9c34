package org.jacana.io;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jacana.Shape;

/**
 * How a tensor of ours becomes PyTorch's: seen as {@code own} axes, permuted, seen as {@code other}
 * axes.
 *
 * @param own axes of ours, with joined ones taken apart
 * @param order PyTorch's axis i is axis order[i] of {@code own}
 * @param other PyTorch's shape
 */
record Relayout(int[] own, int[] order, Shape other) {

  /** As it is. */
  static Relayout same(Shape shape) {
    int[] order = new int[shape.rank()];
    Arrays.setAll(order, i -> i);
    return new Relayout(shape.dims(), order, shape);
  }

  /** Axes in another order. */
  static Relayout permuted(Shape shape, int... order) {
    int[] dims = shape.dims();
    return new Relayout(dims, order, Shape.of(permuted(dims, order)));
  }

  /**
   * An axis of joined features, whose last part is the channels in ours and whose first is in
   * PyTorch's.
   *
   * @param parts of the axis in ours, such as [height, width, channels]
   */
  Relayout joined(int axis, int... parts) {
    int extra = parts.length - 1;
    int[] wide = new int[own.length + extra];
    for (int a = 0; a < wide.length; a++) {
      wide[a] = a < axis ? own[a] : a <= axis + extra ? parts[a - axis] : own[a - extra];
    }
    int[] to = new int[wide.length];
    int n = 0;
    for (int a : order) {
      if (a == axis) {
        to[n++] = axis + extra;
        for (int i = 0; i < extra; i++) {
          to[n++] = axis + i;
        }
      } else {
        to[n++] = a < axis ? a : a + extra;
      }
    }
    return new Relayout(wide, to, other);
  }

  private static int[] permuted(int[] dims, int[] order) {
    int[] out = new int[order.length];
    Arrays.setAll(out, i -> dims[order[i]]);
    return out;
  }

  /** Ours as PyTorch's. */
  StoredTensor forth(StoredTensor t) {
    return new StoredTensor(t.dtype(), other, permute(t, own, order));
  }

  /** PyTorch's as ours. */
  StoredTensor back(StoredTensor t, Shape shape) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return new StoredTensor(t.dtype(), shape, permute(t, permuted(own, order), inverse));
  }

  private static ByteBuffer permute(StoredTensor t, int[] dims, int[] order) {
    ByteBuffer from = t.bytes();
    int rank = dims.length;
    boolean asIs = true;
    for (int i = 0; i < rank; i++) {
      asIs &= order[i] == i;
    }
    if (asIs) {
      return from;
    }
    int width = t.dtype().bytes();
    int[] strides = new int[rank];
    int step = width;
    for (int a = rank - 1; a >= 0; a--) {
      strides[a] = step;
      step *= dims[a];
    }
    ByteBuffer to = ByteBuffer.allocate(from.remaining());
    int[] place = new int[rank];
    int at = 0;
    while (to.hasRemaining()) {
      for (int b = 0; b < width; b++) {
        to.put(from.get(at + b));
      }
      for (int i = rank - 1; i >= 0; i--) {
        at += strides[order[i]];
        if (++place[i] < dims[order[i]]) {
          break;
        }
        at -= strides[order[i]] * dims[order[i]];
        place[i] = 0;
      }
    }
    return to.flip();
  }
}
