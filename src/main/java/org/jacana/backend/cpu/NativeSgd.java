package org.jacana.backend.cpu;

import org.jacana.backend.Backend.Slots;

/**
 * SGD on F32 as sums p a + q b by oneDNN, chunk by chunk, so that what one sum writes the next one
 * reads from a cache.
 */
final class NativeSgd {
  /** A MiB of each operand: fewer calls are worth more than the second-level cache. */
  private static final int CHUNK = 1 << 18;

  private NativeSgd() {}

  static Factors factors(SgdRule r) {
    float lr = r.lr();
    float take = r.first() ? 1 : 1 - r.dampening();
    return new Factors(
        1,
        -lr,
        1 - lr * r.decay(),
        r.first() ? 0 : r.momentum(),
        take,
        take * r.decay(),
        -lr * r.momentum());
  }

  /** Elements from..to of dense views; false where oneDNN has no sums, with nothing changed. */
  static boolean run(SgdRule r, Factors f, Slots s, long from, long to) {
    long w = Operands.address(s.w());
    long g = Operands.address(s.g());
    long m = s.m() == null ? 0 : Operands.address(s.m());
    for (long at = from; at < to; at += CHUNK) {
      long n = Math.min(CHUNK, to - at);
      boolean done = chunk(r, f, w + 4 * at, g + 4 * at, m == 0 ? 0 : m + 4 * at, n);
      if (!done && at == from) {
        return false;
      }
      OneDnn.must(done);
    }
    return true;
  }

  private static boolean chunk(SgdRule r, Factors f, long w, long g, long m, long n) {
    if (m == 0) {
      return OneDnn.blend(w, f.at(2), w, f.at(1), g, n);
    }
    if (!OneDnn.blend(m, f.at(3), m, f.at(4), g, n)) {
      return false;
    }
    if (r.decay() != 0) {
      OneDnn.must(OneDnn.blend(m, f.at(0), m, f.at(5), w, n));
    }
    if (r.nesterov()) {
      OneDnn.must(OneDnn.blend(w, f.at(2), w, f.at(1), g, n));
      OneDnn.must(OneDnn.blend(w, f.at(0), w, f.at(6), m, n));
    } else {
      OneDnn.must(OneDnn.blend(w, f.at(0), w, f.at(1), m, n));
    }
    return true;
  }
}
