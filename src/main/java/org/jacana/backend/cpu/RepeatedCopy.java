package org.jacana.backend.cpu;

import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * out [outer, times, inner] = x [outer, inner], each of whose rows is repeated, for dense views of
 * one type: as the gradient of a mean over positions is. What has been written is copied on, twice
 * as much each time.
 */
final class RepeatedCopy {
  /** Bytes of a row from which on this was measured: four times as fast as loops. */
  private static final long LEAST = 32;

  /** Bytes that are copied on at most, so that they come from the first-level cache. */
  private static final long MOST = 1 << 14;

  /** Bytes of a piece. */
  private static final long PIECE = 1 << 17;

  private RepeatedCopy() {}

  /** False, with nothing written, where x is not of that form. */
  static boolean run(Workers workers, View out, View x) {
    Layout l = x.layout();
    if (out.dtype() != x.dtype() || !out.layout().isContiguous() || out.size() == 0) {
      return false;
    }
    int axis = l.rank() - 1;
    long inner = 1;
    while (axis >= 0 && packed(l, axis, inner)) {
      inner *= l.dim(axis--);
    }
    long times = 1;
    while (axis >= 0 && (l.stride(axis) == 0 || l.dim(axis) == 1)) {
      times *= l.dim(axis--);
    }
    long outer = 1;
    while (axis >= 0 && packed(l, axis, inner * outer)) {
      outer *= l.dim(axis--);
    }
    long row = inner * x.dtype().bytes();
    if (axis >= 0 || times == 1 || row < LEAST || !Native.available()) {
      return false;
    }
    long from = Operands.address(x);
    long to = Operands.address(out);
    long block = row * times;
    workers.ranges(
        outer,
        Math.max(1, PIECE / block),
        (low, high) -> {
          for (long i = low; i < high; i++) {
            repeat(to + i * block, from + i * row, row, block);
          }
        });
    return true;
  }

  private static boolean packed(Layout l, int axis, long stride) {
    return l.dim(axis) == 1 || l.stride(axis) == stride;
  }

  private static void repeat(long to, long from, long row, long block) {
    Native.copy(to, from, row);
    for (long done = row; done < block; ) {
      long more = Math.min(Math.min(done, block - done), Math.max(row, MOST / row * row));
      Native.copy(to + done, to, more);
      done += more;
    }
  }
}
