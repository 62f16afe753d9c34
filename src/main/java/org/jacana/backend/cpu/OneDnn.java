package org.jacana.backend.cpu;

import java.nio.FloatBuffer;
import org.jacana.DType;

/**
 * oneDNN's kernels on native addresses of float32 elements, or of the type that the shape says.
 * Every method answers false for "no fast kernel for this case", having written nothing, and
 * otherwise returns with the result written. Prepared computations are cached by shape and thread
 * count. Any thread may call; the same operands, shape and thread count always give the same bits.
 * Between thread counts the last bits differ where threads divide a sum: filter gradients, batch
 * norm, products with a single row.
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
    return CACHE.scratchBytes() + Scratch.idleBytes();
  }

  /** Destroys every prepared computation and its scratch memory; later calls make them anew. */
  static void clear() {
    CACHE.clear();
    Scratch.clear();
  }

  /**
   * c = a b + bias with the extents and strides of {@code s}.
   *
   * @param bias [n], or 0 for none
   */
  static boolean matmul(long c, long a, long b, long bias, MatmulShape s) {
    return matmul(c, a, b, bias, s, false);
  }

  /** As {@link #matmul(long, long, long, long, MatmulShape)}, or c += that if {@code add}. */
  static boolean matmul(long c, long a, long b, long bias, MatmulShape s, boolean add) {
    if (s.batch0() < 1 || s.batch1() < 1 || s.m() < 1 || s.k() < 1 || s.n() < 1) {
      return false;
    }
    need("matmul", c, a, b);
    boolean withBias = bias != 0;
    Prepared p =
        CACHE.take(
            Key.of("matmul", s, (withBias ? 1 : 0) + (add ? 2 : 0)),
            () -> Matmul.prepare(s, withBias, add));
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
   * y = conv(x, w) + bias: x [n,h,w,c], w [o,kh,kw,c/groups], y [n,oh,ow,o].
   *
   * @param bias [o], or 0 for none
   */
  static boolean conv(long y, long x, long w, long bias, ConvShape s) {
    if (s.empty()) {
      return false;
    }
    need("conv", y, x, w);
    boolean withBias = bias != 0;
    Prepared p = CACHE.take(Key.of("conv", s, withBias ? 1 : 0), () -> Conv.forward(s, withBias));
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

  /** Two shapes that use the same filters. */
  private record Alike(ConvShape s, ConvShape like) {}

  /** Bytes that hold any filters of this shape packed. */
  static long packedBytes(ConvShape s) {
    return 4L * s.kh() * s.kw() * ((s.c() + 63) / 64 * 64) * ((s.o() + 63) / 64 * 64);
  }

  /**
   * Filters [o,kh,kw,c] in the layout that {@link #convPacked} of this and similar shapes reads
   * fastest, in {@link #packedBytes}.
   */
  static boolean packFilters(long packed, long w, ConvShape s, boolean gradInput) {
    need("packFilters", packed, w);
    Prepared p =
        CACHE.take(
            Key.of("packFilters", s, gradInput ? 1 : 0),
            () -> Conv.pack(s, gradInput, packedBytes(s)));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, packed).bind(1, w));
    return true;
  }

  /** Operands of several runs of one shape: that of run i lies {@code i * stride} bytes on. */
  record Series(long first, long stride) {
    long at(int i) {
      return first + i * stride;
    }
  }

  /**
   * {@link #conv} several times or, if asked, {@link #convGradInput}, with filters that were packed
   * for {@code like}.
   */
  static boolean convPacked(
      boolean gradInput,
      int times,
      Series result,
      Series operand,
      Series packed,
      ConvShape s,
      ConvShape like) {
    return series(
        CACHE.take(
            Key.of("convPacked", new Alike(s, like), gradInput ? 1 : 0),
            () -> Conv.withPacked(s, like, gradInput)),
        times,
        result,
        operand,
        packed);
  }

  /** {@link #convGradWeight} several times, without bias. */
  static boolean convGradWeight(int times, Series dw, Series x, Series dy, ConvShape s) {
    return series(
        CACHE.take(Key.of("convGradWeight", s, 0), () -> Conv.gradWeight(s, false)),
        times,
        dw,
        x,
        dy);
  }

  private static boolean series(Prepared p, int times, Series... operands) {
    if (p == null) {
      return false;
    }
    CACHE.run(
        p,
        times,
        i -> {
          for (int slot = 0; slot < operands.length; slot++) {
            p.bind(slot, operands[slot].at(i));
          }
        });
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
   * The gradient of {@link #conv} for w: dw [o,kh,kw,c/groups] from x and dy. It and that of the
   * bias are F32 whatever the type of x.
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

  /**
   * y = the largest element of each window of x, the first of equals. Input with NaN, infinities or
   * sums beyond 1e38 (in BF16, elements from 2^127 on) is declined.
   *
   * @param index receives the position of that element in its window (row * kw + column, counted
   *     from the window's corner even where that lies in the padding), bytes for windows of up to
   *     256 elements, else ints, [n,oh,ow,c]; 0 for none
   */
  static boolean maxPool(long y, long index, long x, PoolShape s) {
    if (s.empty()) {
      return false;
    }
    need("maxPool", y, x);
    // oneDNN overlooks NaN and starts from the lowest finite number.
    long elements = (long) s.n() * s.h() * s.w() * s.c();
    if (s.type() == DType.BF16 ? !Bf16.moderate(x, elements) : !moderate(x, elements)) {
      return false;
    }
    boolean withIndex = index != 0;
    Prepared p = CACHE.take(Key.of("maxPool", s, withIndex ? 1 : 0), () -> Pool.max(s, withIndex));
    if (p == null) {
      return false;
    }
    p.bind(0, y).bind(1, x);
    if (withIndex) {
      p.bind(2, index);
    }
    CACHE.run(p);
    return true;
  }

  private static boolean moderate(long x, long n) {
    for (float part : sums(x, n)) {
      if (!(Math.abs(part) < 1e38f)) {
        return false;
      }
    }
    return true;
  }

  /** dx = each element of dy added where its maximum was. */
  static boolean maxPoolGrad(long dx, long dy, long index, PoolShape s) {
    if (s.empty()) {
      return false;
    }
    need("maxPoolGrad", dx, dy, index);
    Prepared p = CACHE.take(Key.of("maxPoolGrad", s, 0), () -> Pool.maxGrad(s));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, dx).bind(1, dy).bind(2, index));
    return true;
  }

  /**
   * y = the mean of each window: divided by kh kw if padding counts, else by the elements of x
   * inside. Padding that counts must be that of the top left on all sides.
   */
  static boolean avgPool(long y, long x, PoolShape s, boolean countPadding) {
    if (s.empty() || (countPadding && !s.symmetric())) {
      return false;
    }
    need("avgPool", y, x);
    Prepared p =
        CACHE.take(Key.of("avgPool", s, countPadding ? 1 : 0), () -> Pool.average(s, countPadding));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, y).bind(1, x));
    return true;
  }

  /** The gradient of {@link #avgPool}. */
  static boolean avgPoolGrad(long dx, long dy, PoolShape s, boolean countPadding) {
    if (s.empty() || (countPadding && !s.symmetric())) {
      return false;
    }
    need("avgPoolGrad", dx, dy);
    Prepared p =
        CACHE.take(
            Key.of("avgPoolGrad", s, countPadding ? 1 : 0),
            () -> Pool.averageGrad(s, countPadding));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, dx).bind(1, dy));
    return true;
  }

  /**
   * y = softmax, or its logarithm, of each row of x [rows, columns]. Input with NaN or positive
   * infinity is declined; negative infinity counts as a masked element. The logarithm is off by up
   * to 3e-6 (6e-6 without AVX-512), whatever the size of x.
   */
  static boolean softmax(boolean log, long y, long x, long rows, int columns) {
    RowsShape s = new RowsShape(rows, columns);
    if (s.empty()) {
      return false;
    }
    need("softmax", y, x);
    // oneDNN gives 0 beside a NaN, where the whole row has no value.
    for (float part : sums(x, rows * columns)) {
      if (!(part < Float.POSITIVE_INFINITY)) {
        return false;
      }
    }
    Prepared p = CACHE.take(Key.of("softmax", s, log ? 1 : 0), () -> Softmax.forward(s, log));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, y).bind(1, x));
    return true;
  }

  /** The gradient of {@link #softmax} from its output y; oneDNN has it on AVX-512 only. */
  static boolean softmaxGrad(boolean log, long dx, long dy, long y, long rows, int columns) {
    RowsShape s = new RowsShape(rows, columns);
    if (s.empty()) {
      return false;
    }
    need("softmaxGrad", dx, dy, y);
    Prepared p = CACHE.take(Key.of("softmaxGrad", s, log ? 1 : 0), () -> Softmax.backward(s, log));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, dx).bind(1, dy).bind(2, y));
    return true;
  }

  /**
   * Partial sums of n elements, enough to tell whether NaN or an infinity is among them: either
   * shows in the sum it is part of.
   */
  static float[] sums(long x, long n) {
    need("sums", x);
    int rows = Sums.ROWS;
    // A row of one element is no sum to oneDNN.
    long columns = n < 2L * rows ? 0 : n / rows;
    float[] parts = new float[rows + 1];
    if (columns > 0) {
      RowsShape s = new RowsShape(rows, Math.toIntExact(columns));
      Prepared p = CACHE.take(Key.of("sums", s, 0), () -> Sums.prepare(s));
      try (Scratch result = Scratch.lend(4L * rows)) {
        CACHE.run(p.bind(0, result.address()).bind(1, x));
        result.get(0, rows, parts);
      }
    }
    long done = columns * rows;
    FloatBuffer rest = Native.view(x + 4 * done, 4 * (n - done)).asFloatBuffer();
    for (int i = 0; i < rest.capacity(); i++) {
      parts[rows] += rest.get(i);
    }
    return parts;
  }

  /** In the midst of an update, where it is too late to compute it in another way. */
  static void must(boolean done) {
    if (!done) {
      throw new IllegalStateException("oneDNN has kernels for a part of this work only");
    }
  }

  /** y = f(a, b) for n elements of F32; y may be a. */
  static boolean arithmetic(Arithmetic f, long y, long a, long b, long n) {
    return arithmetic(f, DType.F32, y, a, b, n);
  }

  /** y = f(a, b) for n elements of F32 or BF16; y may be a. */
  static boolean arithmetic(Arithmetic f, DType type, long y, long a, long b, long n) {
    RowsShape s = new RowsShape(n, 1);
    if (s.empty()) {
      return false;
    }
    need(f.name(), y, a, b);
    int option = f.ordinal() + 16 * type.ordinal();
    Prepared p = CACHE.take(Key.of("arithmetic", s, option), () -> f.prepare(s, false, type));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, y).bind(1, a).bind(2, b));
    return true;
  }

  /** y = f(a, b) for y and a [rows, columns] and b [columns]; y may be a. */
  static boolean rowwise(Arithmetic f, DType type, long y, long a, long b, long rows, int columns) {
    RowsShape s = new RowsShape(rows, columns);
    if (s.empty()) {
      return false;
    }
    need(f.name(), y, a, b);
    int option = f.ordinal() + 16 * type.ordinal();
    Prepared p = CACHE.take(Key.of("rowwise", s, option), () -> f.prepareRows(s, type));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, y).bind(1, a).bind(2, b));
    return true;
  }

  /** y = a b + t for F32 y, a and t [rows, columns] and b [columns]; y may be a. */
  static boolean scaledSum(long y, long a, long b, long t, long rows, int columns) {
    RowsShape s = new RowsShape(rows, columns);
    need("scaledSum", y, a, b, t);
    Prepared p = CACHE.take(Key.of("scaledSum", s, 0), () -> Arithmetic.prepareScaledSum(s));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, y).bind(1, a).bind(2, b).bind(3, t));
    return true;
  }

  /** y = max(0, r - p) for n finite p and any r, which keeps NaN. */
  static boolean rectifiedSum(long y, long p, long r, long n) {
    RowsShape s = new RowsShape(n, 1);
    need("rectifiedSum", y, p, r);
    Prepared made =
        CACHE.take(Key.of("rectifiedSum", s, 0), () -> Arithmetic.prepareRectifiedSum(s));
    if (made == null) {
      return false;
    }
    CACHE.run(made.bind(0, y).bind(1, p).bind(2, r).bind(3, p));
    return true;
  }

  /** y = p a + q b for n elements, the factors read from memory; y may be a. */
  static boolean blend(long y, long p, long a, long q, long b, long n) {
    RowsShape s = new RowsShape(n, 1);
    if (s.empty()) {
      return false;
    }
    need("blend", y, p, a, q, b);
    Prepared sum =
        CACHE.take(Key.of("blend", s, 0), () -> Arithmetic.ADD.prepare(s, true, DType.F32));
    if (sum == null) {
      return false;
    }
    CACHE.run(sum.bind(0, y).bind(1, a).bind(2, b).bind(3, p).bind(4, q));
    return true;
  }

  /** Mean and biased variance [columns], F32, of BF16 x [rows, columns]. */
  static boolean moments(long mean, long variance, long x, long rows, int columns) {
    RowsShape s = new RowsShape(rows, columns);
    need("moments", mean, variance, x);
    Prepared p = CACHE.take(Key.of("moments", s, 0), () -> NativeNorm.moments(s));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, x).bind(1, mean).bind(2, variance));
    return true;
  }

  /**
   * The sums of dy xhat and of dy, F32 [columns], for F32 or BF16 x and dy [rows, columns], xhat
   * being (x - mean) / sqrt(variance + epsilon); dx = dy gamma / sqrt(variance + epsilon), which
   * may be dy.
   */
  static boolean normSums(
      DType type,
      long dx,
      long products,
      long sums,
      long x,
      long dy,
      long mean,
      long variance,
      long gamma,
      float epsilon,
      long rows,
      int columns) {
    RowsShape s = new RowsShape(rows, columns);
    need("normSums", dx, products, sums, x, dy, mean, variance, gamma);
    Prepared p =
        CACHE.take(
            Key.of("normSums", s, type.ordinal(), epsilon, 0),
            () -> NativeNorm.sums(s, type, epsilon));
    if (p == null) {
      return false;
    }
    p.bind(0, dx).bind(1, x).bind(2, dy).bind(3, mean).bind(4, variance).bind(5, gamma);
    CACHE.run(p.bind(6, products).bind(7, sums));
    return true;
  }

  /**
   * y = xhat gamma + beta for BF16 x and y [rows, columns], to which r [rows, columns] is added
   * when it has been rounded; 0 for none. y may be x or r.
   */
  static boolean normalise(
      long y,
      long x,
      long mean,
      long variance,
      long gamma,
      long beta,
      long r,
      float epsilon,
      long rows,
      int columns) {
    RowsShape s = new RowsShape(rows, columns);
    need("normalise", y, x, mean, variance, gamma, beta);
    boolean plus = r != 0;
    Prepared p =
        CACHE.take(
            Key.of("normalise", s, plus ? 1 : 0, epsilon, 0),
            () -> NativeNorm.normalise(s, DType.BF16, epsilon, plus, false));
    if (p == null) {
      return false;
    }
    p.bind(0, y).bind(1, x).bind(2, mean).bind(3, variance).bind(4, gamma).bind(5, beta);
    if (plus) {
      p.bind(6, r);
    }
    CACHE.run(p);
    return true;
  }

  /**
   * y = xhat gamma + beta for F32 x and y [rows, columns]; {@code relu} rectifies y, 0 for NaN. A y
   * that starts on a cache line is written past the caches.
   */
  static boolean normalise(
      long y,
      long x,
      long mean,
      long variance,
      long gamma,
      long beta,
      float epsilon,
      boolean relu,
      long rows,
      int columns) {
    RowsShape s = new RowsShape(rows, columns);
    need("normalise", y, x, mean, variance, gamma, beta);
    Prepared p =
        CACHE.take(
            Key.of("normalise F32", s, relu ? 1 : 0, epsilon, 0),
            () -> NativeNorm.normalise(s, DType.F32, epsilon, false, relu));
    if (p == null) {
      return false;
    }
    p.bind(0, y).bind(1, x).bind(2, mean).bind(3, variance).bind(4, gamma).bind(5, beta);
    CACHE.run(p);
    return true;
  }

  /** y = f(x) for n elements; y may be x. */
  static boolean eltwise(Eltwise f, long y, long x, long n, float alpha, float beta) {
    RowsShape s = new RowsShape(n, 1);
    if (s.empty()) {
      return false;
    }
    need(f.name(), y, x);
    Prepared p =
        CACHE.take(Key.of("eltwise", s, f.ordinal(), alpha, beta), () -> f.prepare(s, alpha, beta));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, y).bind(1, x));
    return true;
  }

  /** As {@link ReluGrad} for n elements; dx may be dy. */
  static boolean reluGrad(long dx, long dy, long y, long n) {
    RowsShape s = new RowsShape(n, 1);
    if (s.empty()) {
      return false;
    }
    need("reluGrad", dx, dy, y);
    Prepared p = CACHE.take(Key.of("reluGrad", s, 0), () -> ReluGrad.prepare(s));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, dx).bind(1, dy).bind(2, y));
    return true;
  }

  /** y = f(x) for n elements; y may be x. */
  static boolean keepNan(KeepNan f, long y, long x, long n) {
    RowsShape s = new RowsShape(n, 1);
    if (s.empty()) {
      return false;
    }
    need(f.name(), y, x);
    Prepared p = CACHE.take(Key.of("keepNan", s, f.ordinal()), () -> f.prepare(s));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, y).bind(1, x).bind(2, Constants.zeros()).bind(3, x));
    return true;
  }

  /**
   * y = x for n elements of two float types (F32, F16, BF16), rounded to the nearest, ties to even.
   * The processor's conversion to BF16 takes subnormal numbers for 0.
   */
  static boolean cast(DType to, long y, DType from, long x, long n) {
    RowsShape s = new RowsShape(n, 1);
    if (s.empty() || !Cast.supports(to) || !Cast.supports(from)) {
      return false;
    }
    need("cast", y, x);
    Prepared p =
        CACHE.take(
            Key.of("cast", s, to.ordinal() * 16 + from.ordinal()), () -> Cast.prepare(s, to, from));
    if (p == null) {
      return false;
    }
    CACHE.run(p.bind(0, y).bind(1, x));
    return true;
  }
}
