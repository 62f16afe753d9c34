package org.jacana.backend.cuda;

import org.jacana.DType;

/**
 * Whether a kernel may read and write four neighbouring elements at once: the innermost axis is
 * dense in the first view, the output, dense or repeated in the others, and a multiple of 4 long
 * unless it is the only one; and all fours lie on their natural boundaries.
 */
final class Fours {
  private Fours() {}

  /**
   * @param types those of the views
   */
  static boolean fit(Strided s, DType... types) {
    int inner = s.rank() - 1;
    if (s.size() < 4 || inner > 0 && s.dim(inner) % 4 != 0) {
      return false;
    }
    for (int v = 0; v < types.length; v++) {
      long step = s.stride(v, inner);
      if (step == 0 && v > 0) {
        continue;
      }
      if (step != 1 || s.address(v) % (4L * types[v].bytes()) != 0) {
        return false;
      }
      for (int axis = 0; axis < inner; axis++) {
        if (s.stride(v, axis) % 4 != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** How many threads a kernel can use: one per four elements, and one for each that is left. */
  static long threads(Strided s, boolean fours) {
    return fours ? s.size() / 4 + s.size() % 4 : s.size();
  }
}
