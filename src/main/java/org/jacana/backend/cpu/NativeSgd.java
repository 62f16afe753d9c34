package org.jacana.backend.cpu;

import org.jacana.backend.View;

/**
 * SGD on F32 as sums p a + q b by oneDNN, chunk by chunk, so that what one sum writes the next one
 * reads from the cache.
 */
final class NativeSgd {
  /** Fewer elements go faster in Java. */
  private static final long LEAST = 1 << 12;

  private NativeSgd() {}

  /** Whether all views are dense and long enough. */
  static boolean takes(View... views) {
    for (View v : views) {
      if (v != null && (!v.layout().isContiguous() || v.size() < LEAST)) {
        return false;
      }
    }
    return true;
  }

  /** As {@link org.jacana.backend.Backend#sgd}; false where oneDNN has none for sums. */
  static boolean run(
      Split split,
      View w,
      View g,
      View m,
      float lr,
      float momentum,
      float dampening,
      float decay,
      boolean nesterov,
      boolean first) {
    long wa = Operands.address(w);
    long ga = Operands.address(g);
    long ma = m == null ? 0 : Operands.address(m);
    float take = first ? 1 : 1 - dampening;
    try (Factors f =
        new Factors(
            1, -lr, 1 - lr * decay, first ? 0 : momentum, take, take * decay, -lr * momentum)) {
      return split.chunks(
          w.size(),
          (at, n) -> {
            long wi = wa + 4 * at;
            long gi = ga + 4 * at;
            long mi = ma + 4 * at;
            if (m == null) {
              return OneDnn.blend(wi, f.at(2), wi, f.at(1), gi, n);
            }
            if (!OneDnn.blend(mi, f.at(3), mi, f.at(4), gi, n)) {
              return false;
            }
            if (decay != 0) {
              OneDnn.must(OneDnn.blend(mi, f.at(0), mi, f.at(5), wi, n));
            }
            if (nesterov) {
              OneDnn.must(OneDnn.blend(wi, f.at(2), wi, f.at(1), gi, n));
              OneDnn.must(OneDnn.blend(wi, f.at(0), wi, f.at(6), mi, n));
            } else {
              OneDnn.must(OneDnn.blend(wi, f.at(0), wi, f.at(1), mi, n));
            }
            return true;
          });
    }
  }
}
