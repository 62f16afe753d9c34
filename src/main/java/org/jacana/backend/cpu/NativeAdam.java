package org.jacana.backend.cpu;

import org.jacana.backend.View;

/**
 * Adam on F32 by oneDNN, a few elements at a time, so that all but the first reads hit the cache.
 */
final class NativeAdam {
  /** Six arrays of so many floats stay in the second-level cache. */
  private static final int CHUNK = 1 << 14;

  private NativeAdam() {}

  /**
   * w = shrink w - rate m / (scale sqrt(v) + epsilon), after m = b1 m + (1 - b1) d and v = b2 v +
   * (1 - b2) d^2 with d = g + pull w.
   *
   * @return false where oneDNN has no kernel for sums, before anything was changed
   */
  static boolean run(
      Split split,
      View w,
      View g,
      View m,
      View v,
      double b1,
      double b2,
      float rate,
      float scale,
      float epsilon,
      float shrink,
      float pull) {
    long wa = Operands.address(w);
    long ga = Operands.address(g);
    long ma = Operands.address(m);
    long va = Operands.address(v);
    try (Factors f =
        new Factors(
            1,
            (float) b1,
            (float) (1 - b1),
            (float) b2,
            (float) (1 - b2),
            scale,
            epsilon,
            shrink,
            -rate,
            pull)) {
      return split.chunks(
          w.size(),
          (at, count) -> {
            try (Scratch scratch = Scratch.lend(8L * CHUNK)) {
              long t = scratch.address();
              long u = t + 4L * CHUNK;
              for (long i = at; i < at + count; i += CHUNK) {
                long n = Math.min(CHUNK, at + count - i);
                long d = ga + 4 * i;
                if (pull != 0) {
                  if (!OneDnn.blend(u, f.at(0), d, f.at(9), wa + 4 * i, n)) {
                    return false;
                  }
                  d = u;
                }
                if (!OneDnn.blend(ma + 4 * i, f.at(1), ma + 4 * i, f.at(2), d, n)) {
                  return false;
                }
                OneDnn.must(OneDnn.arithmetic(Arithmetic.MUL, t, d, d, n));
                OneDnn.must(OneDnn.blend(va + 4 * i, f.at(3), va + 4 * i, f.at(4), t, n));
                OneDnn.must(OneDnn.eltwise(Eltwise.SQRT, t, va + 4 * i, n, 0, 0));
                OneDnn.must(OneDnn.blend(t, f.at(5), t, f.at(6), Constants.ones(), n));
                OneDnn.must(OneDnn.arithmetic(Arithmetic.DIV, u, ma + 4 * i, t, n));
                OneDnn.must(OneDnn.blend(wa + 4 * i, f.at(7), wa + 4 * i, f.at(8), u, n));
              }
              return true;
            }
          });
    }
  }
}
