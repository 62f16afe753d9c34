package org.jacana.backend.cpu;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Pieces 0 to n - 1 dealt out in ranges of neighbours, one for each thread. A thread works from its
 * range's first piece on and, when none is left, takes the last pieces of others. So from kernel to
 * kernel a thread reads the part of a tensor that it wrote, which its own cache may still hold:
 * where two cores do not share one, fetching from the other's takes twice as long.
 */
final class PieceRanges {
  /** Longs from one range to the next: a cache line, so that threads do not disturb each other. */
  private static final int LINE = 8;

  private final int parts;

  /** For each range its first piece that nobody has, in the upper half, and its end. */
  private final AtomicLongArray ranges;

  PieceRanges(int n, int parts) {
    this.parts = parts;
    ranges = new AtomicLongArray(parts * LINE);
    for (int p = 0; p < parts; p++) {
      long from = (long) n * p / parts;
      long to = (long) n * (p + 1) / parts;
      ranges.setPlain(p * LINE, from << 32 | to);
    }
  }

  /** The next piece for a thread with this range, which counts modulo their number; -1: none. */
  int take(int part) {
    int own = part % parts;
    int piece = first(own);
    for (int k = 1; k < parts && piece < 0; k++) {
      piece = last((own + k) % parts);
    }
    return piece;
  }

  private int first(int part) {
    while (true) {
      long range = ranges.get(part * LINE);
      int from = (int) (range >>> 32);
      if (from >= (int) range) {
        return -1;
      }
      if (ranges.compareAndSet(part * LINE, range, range + (1L << 32))) {
        return from;
      }
    }
  }

  private int last(int part) {
    while (true) {
      long range = ranges.get(part * LINE);
      int to = (int) range;
      if ((int) (range >>> 32) >= to) {
        return -1;
      }
      if (ranges.compareAndSet(part * LINE, range, range - 1)) {
        return to - 1;
      }
    }
  }
}
