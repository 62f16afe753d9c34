package org.jacana.backend.cpu;

import java.nio.FloatBuffer;
import org.jacana.backend.View;

/**
 * dx = alpha dy + slope (x - mean) / sqrt(variance + epsilon) + level of dense F32 [rows, channels]
 * by oneDNN, the last two terms as a norm of x: no copies to small arrays.
 */
final class NormGradPass {
  /** Elements that stay in the second-level cache three times. */
  private static final int CHUNK = 1 << 15;

  /** As in {@link NormPass}: off the cache line's start the norm stays in the caches. */
  private static final int CACHED = 32;

  /** Rows whose factors are laid side by side. */
  private static final int LONG = 32;

  private NormGradPass() {}

  /** False, with nothing written, where oneDNN has no kernel for it or views have gaps. */
  static boolean run(
      Split split,
      View dx,
      View dy,
      View x,
      View mean,
      View variance,
      double epsilon,
      float[] alpha,
      float[] slope,
      float[] level) {
    if (!Native.available() || epsilon < Float.MIN_NORMAL) {
      return false;
    }
    for (View v : new View[] {dx, dy, x, mean, variance}) {
      if (!v.layout().isContiguous()) {
        return false;
      }
    }
    int c = alpha.length;
    long count = x.size() / c;
    // Factors of several rows at once: short rows are slow.
    int repeat = count % LONG == 0 && c < 512 ? LONG : 1;
    int most = Math.max(1, CHUNK / c / LONG) * LONG;
    // Each array on cache lines of its own.
    int stride = (c + 15) / 16 * 16;
    try (Scratch channels = Scratch.lend(8L * stride + 4L * repeat * c)) {
      FloatBuffer f = channels.floats();
      f.put(0, slope).put(stride, level);
      for (int i = 0; i < repeat; i++) {
        f.put(2 * stride + i * c, alpha);
      }
      long a = channels.address();
      return split.allOrNone(
          Math.toIntExact(count),
          (split.pieceRows(count, c) + LONG - 1) / LONG * LONG,
          (i, from, to) -> {
            try (Scratch scratch = Scratch.lend(4L * most * c + CACHED)) {
              long normed = scratch.address() + CACHED;
              for (int at = from; at < to; at += most) {
                int rows = Math.min(most, to - at);
                long offset = 4L * at * c;
                boolean done =
                    OneDnn.normalise(
                            normed,
                            Operands.address(x) + offset,
                            Operands.address(mean),
                            Operands.address(variance),
                            a,
                            a + 4L * stride,
                            (float) epsilon,
                            false,
                            rows,
                            c)
                        && OneDnn.scaledSum(
                            Operands.address(dx) + offset,
                            Operands.address(dy) + offset,
                            a + 8L * stride,
                            normed,
                            rows / repeat,
                            repeat * c);
                if (!done && at == from) {
                  return false;
                }
                OneDnn.must(done);
              }
              return true;
            }
          });
    }
  }
}
