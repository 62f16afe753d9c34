package org.jacana.backend.cpu;

import org.jacana.backend.Backend.Slots;

/** Adam on F32 by oneDNN, chunk by chunk, so that all but the first reads hit a cache. */
final class NativeAdam {
  /** As many as there are ones: fewer calls are worth more than the second-level cache. */
  private static final int CHUNK = Constants.LENGTH;

  private NativeAdam() {}

  static Factors factors(AdamRule r) {
    return new Factors(
        1,
        (float) r.b1(),
        (float) (1 - r.b1()),
        (float) r.b2(),
        (float) (1 - r.b2()),
        r.scale(),
        r.epsilon(),
        r.shrink(),
        -r.rate(),
        r.pull());
  }

  /** Elements from..to of dense views; false where oneDNN has no sums, with nothing changed. */
  static boolean run(AdamRule r, Factors f, Slots s, long from, long to) {
    long w = Operands.address(s.w());
    long g = Operands.address(s.g());
    long m = Operands.address(s.m());
    long v = Operands.address(s.v());
    try (Scratch scratch = Scratch.lend(8L * CHUNK)) {
      long t = scratch.address();
      long u = t + 4L * CHUNK;
      for (long i = from; i < to; i += CHUNK) {
        long n = Math.min(CHUNK, to - i);
        long at = 4 * i;
        long d = r.pull() == 0 ? g + at : u;
        boolean done =
            (r.pull() == 0 || OneDnn.blend(u, f.at(0), g + at, f.at(9), w + at, n))
                && OneDnn.blend(m + at, f.at(1), m + at, f.at(2), d, n);
        if (!done && i == from) {
          return false;
        }
        OneDnn.must(done);
        OneDnn.must(OneDnn.arithmetic(Arithmetic.MUL, t, d, d, n));
        OneDnn.must(OneDnn.blend(v + at, f.at(3), v + at, f.at(4), t, n));
        OneDnn.must(OneDnn.eltwise(Eltwise.SQRT, t, v + at, n, 0, 0));
        OneDnn.must(OneDnn.blend(t, f.at(5), t, f.at(6), Constants.ones(), n));
        OneDnn.must(OneDnn.arithmetic(Arithmetic.DIV, u, m + at, t, n));
        OneDnn.must(OneDnn.blend(w + at, f.at(7), w + at, f.at(8), u, n));
      }
    }
    return true;
  }
}
