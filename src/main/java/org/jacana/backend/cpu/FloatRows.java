package org.jacana.backend.cpu;

import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/** Loops over the rows of F32 matrices. */
final class FloatRows {
  private FloatRows() {}

  /**
   * Turns softmax into its logarithm: y = x - max + log(softmax at the maximum), since the largest
   * softmax is 1 / sum exp(x - max). oneDNN's own logarithm is off by 3e-6.
   *
   * @param y softmax(x) before, its logarithm after
   */
  static void logSoftmax(Loops loops, View y, View x, int k) {
    loops.ranges(
        x.size() / k,
        Math.max(1, 16 * Cursor.TILE / k),
        (from, to) -> {
          Cursor in = new Cursor(x);
          Cursor out = new Cursor(y);
          float[] s = Tiles.floats(k);
          float[] t = Tiles.floats(k);
          for (long row = from; row < to; row++) {
            in.get(row * k, k, s);
            out.get(row * k, k, t);
            float shift = max(s, k);
            float log = (float) Math.log(max(t, k));
            for (int i = 0; i < k; i++) {
              s[i] = s[i] - shift + log;
            }
            out.put(row * k, k, s);
          }
        });
  }

  private static float max(float[] t, int n) {
    float m = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      m = Math.max(m, t[i]);
    }
    return m;
  }
}
