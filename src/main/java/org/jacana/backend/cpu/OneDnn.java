package org.jacana.backend.cpu;

/**
 * oneDNN's kernels on native addresses of float32 elements. Every method answers false for "no fast
 * kernel for this case", having written nothing, and otherwise returns with the result written.
 * Prepared computations are cached by shape and thread count. Any thread may call; the same
 * operands, shape and thread count always give the same bits.
 *
 * <p>The caller owns all operands and vouches for their extents; results never overlap inputs
 * unless the method says so.
 *
 * @see <a href="https://uxlfoundation.github.io/oneDNN/">oneDNN's documentation</a>
 */
final class OneDnn {
  /** Keys kept; beyond it the least recently used computation is destroyed. */
  static final int CAPACITY = 1024;

  private static final PreparedCache CACHE = new PreparedCache(CAPACITY);

  private OneDnn() {}

  private static void need(String op, long... addresses) {
    for (long a : addresses) {
      if (a == 0) {
        throw new IllegalArgumentException(op + ": an operand has no memory (address 0)");
      }
    }
  }

  /** The number of shapes held at present. */
  static int cached() {
    return CACHE.size();
  }

  /** Bytes of scratch memory held at present. */
  static long scratchBytes() {
    return CACHE.scratchBytes();
  }

  /** Destroys every prepared computation and its scratch memory; later calls make them anew. */
  static void clear() {
    CACHE.clear();
  }

  /**
   * c = relu?(a b + bias) with the extents and strides of {@code s}.
   *
   * @param bias [n], or 0 for none
   */
  static boolean matmul(long c, long a, long b, long bias, MatmulShape s, boolean relu) {
    if (s.batch0() < 1 || s.batch1() < 1 || s.m() < 1 || s.k() < 1 || s.n() < 1) {
      return false;
    }
    need("matmul", c, a, b);
    boolean withBias = bias != 0;
    Prepared p =
        CACHE.take(
            Key.of("matmul", s, (withBias ? 1 : 0) | (relu ? 2 : 0)),
            () -> Matmul.prepare(s, withBias, relu));
    if (p == null) {
      return false;
    }
    p.bind(0, c).bind(1, a).bind(2, b);
    if (withBias) {
      p.bind(3, bias);
    }
    CACHE.run(p);
    return true;
  }

  /**
   * y = relu?(conv(x, w) + bias): x [n,h,w,c], w [o,kh,kw,c/groups], y [n,oh,ow,o].
   *
   * @param bias [o], or 0 for none
   */
  static boolean conv(long y, long x, long w, long bias, ConvShape s, boolean relu) {
    if (s.empty()) {
      return false;
    }
    need("conv", y, x, w);
    boolean withBias = bias != 0;
    Prepared p =
        CACHE.take(
            Key.of("conv", s, (withBias ? 1 : 0) | (relu ? 2 : 0)),
            () -> Conv.forward(s, withBias, relu));
    if (p == null) {
      return false;
    }
    p.bind(0, y).bind(1, x).bind(2, w);
    if (withBias) {
      p.bind(3, bias);
    }
    CACHE.run(p);
    return true;
  }

  /** The gradient of {@link #conv} for x: dx [n,h,w,c] from dy [n,oh,ow,o] and w. */
  static boolean convGradInput(long dx, long dy, long w, ConvShape s) {
    if (s.empty()) {
      return false;
    }
    need("convGradInput", dx, dy, w);
    Prepared p = CACHE.take(Key.of("convGradInput", s, 0), () -> Conv.gradInput(s));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, dx).bind(1, dy).bind(2, w));
    return true;
  }

  /**
   * The gradient of {@link #conv} for w: dw [o,kh,kw,c/groups] from x and dy.
   *
   * @param dbias receives the sum of dy over all but the channels, [o]; 0 for none
   */
  static boolean convGradWeight(long dw, long dbias, long x, long dy, ConvShape s) {
    if (s.empty()) {
      return false;
    }
    need("convGradWeight", dw, x, dy);
    boolean withBias = dbias != 0;
    Prepared p =
        CACHE.take(
            Key.of("convGradWeight", s, withBias ? 1 : 0), () -> Conv.gradWeight(s, withBias));
    if (p == null) {
      return false;
    }
    p.bind(0, dw).bind(1, x).bind(2, dy);
    if (withBias) {
      p.bind(3, dbias);
    }
    CACHE.run(p);
    return true;
  }
}
