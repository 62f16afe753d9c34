package org.jacana.backend.cpu;

import java.util.List;
import org.jacana.backend.Backend.Slots;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * The elements of many parameters dealt out in pieces of as many elements each, so that a network's
 * small parameters are one piece of work and its large ones several.
 */
final class Bundles {
  /** Fewer elements are not worth a thread's attention. */
  private static final long LEAST = 1 << 13;

  /** Changes elements from..to of a parameter. */
  interface Update {
    void run(Slots s, long from, long to);
  }

  private Bundles() {}

  static void run(Loops loops, List<Slots> all, Update update) {
    long[] ends = new long[all.size()];
    long total = 0;
    for (int i = 0; i < ends.length; i++) {
      total += all.get(i).w().size();
      ends[i] = total;
    }
    // Whole cache lines, as far as parameters start on one.
    long size = Math.max(LEAST, ((total + Split.PIECES - 1) / Split.PIECES + 15) / 16 * 16);
    loops.ranges(
        total,
        size,
        (from, to) -> {
          long start = 0;
          for (int i = 0; i < ends.length && start < to; i++) {
            if (ends[i] > from) {
              long first = Math.max(from - start, 0);
              long end = Math.min(to, ends[i]) - start;
              // A piece of its own, so that the next parameter is lent the same arrays again.
              Tiles.run(k -> update.run(all.get(k), first, end), i);
            }
            start = ends[i];
          }
        });
  }
}
