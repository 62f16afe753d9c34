package org.jacana.backend.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jacana.DType;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Tiles;

/**
 * oneDNN calls cut into pieces that depend on the shape alone, each computed by one thread and
 * joined in order, so that the bits do not depend on the number of threads. (oneDNN's own threads
 * divide sums by their number. A lenet step takes as long either way, and far less beside a busy
 * neighbour, because no thread spins at a barrier: benchmarks/NOTES.md.)
 */
record Split(Workers workers) {
  /** Enough for the balance of a few threads, few enough that weights are packed rarely. */
  static final int PIECES = 8;

  /** Multiply-adds (or elements moved) below which the calling thread is faster alone. */
  private static final long SMALL = 1 << 17;

  /** Multiply-adds that are worth a slab of their own, in all and for each weight. */
  private static final long SLAB = 1 << 20;

  private static final long SLAB_PER_WEIGHT = 64;

  /** Multiply-adds for each weight from which on a gradient is worth all pieces. */
  private static final long MANY_WEIGHTS = 8 << 10;

  /** Multiply-adds of a matrix product that are worth a piece of their own. */
  private static final long PRODUCT = 1 << 19;

  /** Work on elements from..to of an axis; false where oneDNN has no kernel. */
  interface Piece {
    boolean run(int index, int from, int to);
  }

  /** Runs a body on pieces of {@code size} elements, the last of what is left. */
  boolean pieces(int n, int size, Piece piece) {
    AtomicBoolean done = new AtomicBoolean(true);
    workers.run(
        (n + size - 1) / size,
        i -> {
          Native.single();
          if (!piece.run(i, i * size, Math.min(n, (i + 1) * size))) {
            done.set(false);
          }
        });
    return done.get();
  }

  /** As {@link #pieces} for what overwrites its operands: throws where some only have a kernel. */
  boolean allOrNone(int n, int size, Piece piece) {
    AtomicBoolean some = new AtomicBoolean();
    boolean all =
        pieces(
            n,
            size,
            (i, from, to) -> {
              boolean done = piece.run(i, from, to);
              if (done) {
                some.setPlain(true);
              }
              return done;
            });
    OneDnn.must(all || !some.get());
    return all;
  }

  private static int size(int n, long work) {
    return work < SMALL ? n : Math.max(1, (n + PIECES - 1) / PIECES);
  }

  private static long work(ConvShape s) {
    return (long) s.n() * s.oh() * s.ow() * s.o() * s.kh() * s.kw() * (s.c() / s.groups());
  }

  private static long input(ConvShape s) {
    return s.type().bytes() * (long) s.h() * s.w() * s.c();
  }

  private static long output(ConvShape s) {
    return s.type().bytes() * (long) s.oh() * s.ow() * s.o();
  }

  boolean conv(long y, long x, long w, long bias, ConvShape s, boolean relu) {
    return Winograd.pays(s) && new WinogradSplit(this, s).conv(y, x, w, bias, relu)
        || direct(y, x, w, bias, s, relu);
  }

  private boolean direct(long y, long x, long w, long bias, ConvShape s, boolean relu) {
    int slabs = slabs(s);
    if (slabs > 1) {
      return convSlabs(y, x, w, bias, s, relu, slabs);
    }
    return pieces(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) -> {
          long out = y + from * output(s);
          return OneDnn.conv(out, x + from * input(s), w, bias, s.images(to - from))
              && (!relu || rectify(s.type(), out, (to - from) * output(s) / s.type().bytes()));
        });
  }

  /**
   * Into how many slabs of rows each of a few images is cut. Every slab packs the filters anew, so
   * none may have little else to do.
   */
  private static int slabs(ConvShape s) {
    if (s.n() >= PIECES / 2 || !s.seesEverywhere()) {
      return 1;
    }
    long image = work(s) / s.n();
    long weights = (long) s.o() * s.kh() * s.kw() * (s.c() / s.groups());
    long most = Math.min(image / SLAB, image / (SLAB_PER_WEIGHT * weights));
    most = Math.min(most, Math.min(PIECES / s.n(), s.oh() / 2));
    return (int) Math.max(1, Long.highestOneBit(most));
  }

  private boolean convSlabs(
      long y, long x, long w, long bias, ConvShape s, boolean relu, int slabs) {
    int rows = (s.oh() + slabs - 1) / slabs;
    return pieces(
        s.n() * slabs,
        1,
        (i, from, to) -> {
          int image = i / slabs;
          int first = i % slabs * rows;
          ConvShape part = s.rows(first, Math.min(s.oh(), first + rows));
          long bytes = s.type().bytes();
          long out = y + image * output(s) + bytes * first * s.ow() * s.o();
          long in = x + image * input(s) + bytes * s.inputRow(first) * s.w() * s.c();
          return OneDnn.conv(out, in, w, bias, part)
              && (!relu || rectify(s.type(), out, output(part) / bytes));
        });
  }

  /** In place, on one thread, while the result is in the cache. */
  static boolean rectify(DType type, long y, long n) {
    boolean done = true;
    for (long at = 0; at < n && done; at += Constants.LENGTH) {
      int count = (int) Math.min(Constants.LENGTH, n - at);
      long part = y + type.bytes() * at;
      done = OneDnn.arithmetic(Arithmetic.MAX, type, part, Constants.zeros(), part, count);
    }
    return done;
  }

  boolean convGradInput(long dx, long dy, long w, ConvShape s) {
    return Winograd.pays(s) && new WinogradSplit(this, s).gradInput(dx, dy, w)
        || directGradInput(dx, dy, w, s);
  }

  private boolean directGradInput(long dx, long dy, long w, ConvShape s) {
    boolean point = PointConv.takes(s);
    return pieces(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) -> {
          long in = dx + from * input(s);
          long out = dy + from * output(s);
          ConvShape part = s.images(to - from);
          return point && PointConv.gradInput(in, out, w, part, false)
              || OneDnn.convGradInput(in, out, w, part);
        });
  }

  /**
   * dx += the gradient. A piece's is added while the cache holds it.
   *
   * @return false, with dx as it was, where that is no gain or oneDNN has no kernel
   */
  boolean convGradInputAdd(long dx, long dy, long w, ConvShape s) {
    if (Winograd.pays(s)) {
      return false;
    }
    boolean point = PointConv.takes(s);
    return allOrNone(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) -> {
          long in = dx + from * input(s);
          long out = dy + from * output(s);
          ConvShape part = s.images(to - from);
          return point && PointConv.gradInput(in, out, w, part, true)
              || addGradInput(in, out, w, part);
        });
  }

  private static boolean addGradInput(long dx, long dy, long w, ConvShape s) {
    long bytes = s.n() * input(s);
    try (Scratch g = Scratch.lend(bytes)) {
      return OneDnn.convGradInput(g.address(), dy, w, s)
          && OneDnn.arithmetic(
              Arithmetic.ADD, s.type(), dx, dx, g.address(), bytes / s.type().bytes());
    }
  }

  boolean convGradWeight(long dw, long dbias, long x, long dy, ConvShape s) {
    return Winograd.paysForFilters(s) && new WinogradSplit(this, s).gradWeight(dw, dbias, x, dy)
        || directGradWeight(dw, dbias, x, dy, s);
  }

  private boolean directGradWeight(long dw, long dbias, long x, long dy, ConvShape s) {
    int weights = s.o() * s.kh() * s.kw() * (s.c() / s.groups());
    // A piece zeroes and packs a sum of its own for all weights: few pieces where those are many.
    int most = work(s) < MANY_WEIGHTS * weights ? PIECES / 2 : PIECES;
    int size = work(s) < SMALL ? s.n() : Math.max(1, (s.n() + most - 1) / most);
    int parts = (s.n() + size - 1) / size;
    // Each piece's sum starts on a cache line of its own.
    long stride = (4L * (weights + s.o()) + 63) / 64 * 64;
    try (Scratch scratch = Scratch.lend(parts * stride)) {
      long sums = scratch.address();
      boolean done =
          pieces(
              s.n(),
              size,
              (i, from, to) ->
                  OneDnn.convGradWeight(
                      sums + i * stride,
                      dbias == 0 ? 0 : sums + i * stride + 4L * weights,
                      x + from * input(s),
                      dy + from * output(s),
                      s.images(to - from)));
      if (!done) {
        return false;
      }
      add(dw, scratch, 0, stride / 4, parts, weights);
      if (dbias != 0) {
        add(dbias, scratch, weights, stride / 4, parts, s.o());
      }
      return true;
    }
  }

  /** out = the sum of {@code count} arrays of n, in order; first and stride count floats. */
  void add(long out, Scratch arrays, long first, long stride, int count, int n) {
    FloatBuffer to = Native.view(out, 4L * n).asFloatBuffer();
    workers.ranges(
        n,
        8 * Cursor.TILE,
        (from, end) -> {
          float[] sum = Tiles.floats(Cursor.TILE);
          float[] next = Tiles.floats(Cursor.TILE);
          for (long at = from; at < end; at += Cursor.TILE) {
            int size = (int) Math.min(Cursor.TILE, end - at);
            Arrays.fill(sum, 0);
            for (int i = 0; i < count; i++) {
              arrays.get(first + i * stride + at, size, next);
              for (int k = 0; k < size; k++) {
                sum[k] += next[k];
              }
            }
            to.put((int) at, sum, 0, size);
          }
        });
  }

  private static long work(PoolShape s) {
    return s.n() * output(s) * s.kh() * s.kw();
  }

  private static long input(PoolShape s) {
    return (long) s.h() * s.w() * s.c();
  }

  private static long output(PoolShape s) {
    return (long) s.oh() * s.ow() * s.c();
  }

  /** Bytes of one position within a window. */
  private static long position(PoolShape s) {
    return s.kh() * s.kw() <= 256 ? 1 : 4;
  }

  boolean maxPool(long y, long index, long x, PoolShape s) {
    long bytes = s.type().bytes();
    return pieces(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) ->
            OneDnn.maxPool(
                y + bytes * from * output(s),
                index + position(s) * from * output(s),
                x + bytes * from * input(s),
                s.images(to - from)));
  }

  boolean maxPoolGrad(long dx, long dy, long index, PoolShape s) {
    long bytes = s.type().bytes();
    return pieces(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) ->
            OneDnn.maxPoolGrad(
                dx + bytes * from * input(s),
                dy + bytes * from * output(s),
                index + position(s) * from * output(s),
                s.images(to - from)));
  }

  boolean avgPool(long y, long x, PoolShape s, boolean countPadding) {
    long bytes = s.type().bytes();
    return pieces(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) ->
            OneDnn.avgPool(
                y + bytes * from * output(s),
                x + bytes * from * input(s),
                s.images(to - from),
                countPadding));
  }

  boolean avgPoolGrad(long dx, long dy, PoolShape s, boolean countPadding) {
    long bytes = s.type().bytes();
    return pieces(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) ->
            OneDnn.avgPoolGrad(
                dx + bytes * from * input(s),
                dy + bytes * from * output(s),
                s.images(to - from),
                countPadding));
  }

  /** Splits the columns of the product when b is the larger operand, else its rows. */
  boolean matmul(long c, long a, long b, long bias, MatmulShape s) {
    long bytes = s.type().bytes();
    long result = s.result().bytes();
    boolean columns = s.n() > s.m();
    int extent = columns ? s.n() : s.m();
    long work = (long) s.m() * s.n() * s.k() * s.batch0() * s.batch1();
    long pieces = Math.max(1, Math.min(PIECES, Long.highestOneBit(work / PRODUCT)));
    int size = Math.max(16, (int) ((extent + pieces - 1) / pieces + 15) / 16 * 16);
    return pieces(
        extent,
        size,
        (i, from, to) ->
            columns
                ? OneDnn.matmul(
                    c + result * from * s.cColumn(),
                    a,
                    b + bytes * from * s.bColumn(),
                    bias == 0 ? 0 : bias + bytes * from,
                    s.part(s.m(), to - from))
                : OneDnn.matmul(
                    c + result * from * s.cRow(),
                    a + bytes * from * s.aRow(),
                    b,
                    bias,
                    s.part(to - from, s.n())));
  }

  boolean softmax(boolean log, long y, long x, long rows, int columns) {
    return rows(
        rows,
        columns,
        (i, from, to) ->
            OneDnn.softmax(
                log, y + 4L * from * columns, x + 4L * from * columns, to - from, columns));
  }

  boolean softmaxGrad(boolean log, long dx, long dy, long y, long rows, int columns) {
    return rows(
        rows,
        columns,
        (i, from, to) ->
            OneDnn.softmaxGrad(
                log,
                dx + 4L * from * columns,
                dy + 4L * from * columns,
                y + 4L * from * columns,
                to - from,
                columns));
  }

  /** Runs a body on rows {@code at} to {@code at + count - 1} of a matrix. */
  boolean rowChunks(long rows, int columns, Chunk chunk) {
    int most = Math.max(1, Constants.LENGTH / columns);
    return rows(
        rows,
        columns,
        (i, from, to) -> {
          boolean done = true;
          for (int at = from; at < to && done; at += most) {
            done = chunk.run(at, Math.min(most, to - at));
          }
          return done;
        });
  }

  /** Runs a body on the pieces of the rows of a matrix. */
  boolean rows(long rows, int columns, Piece piece) {
    return pieces(Math.toIntExact(rows), pieceRows(rows, columns), piece);
  }

  /** The rows of all of these pieces but the last. */
  int pieceRows(long rows, int columns) {
    return size(Math.toIntExact(rows), rows * columns);
  }

  /** The number of these pieces. */
  int pieces(long rows, int columns) {
    int size = pieceRows(rows, columns);
    return Math.toIntExact((rows + size - 1) / size);
  }

  boolean eltwise(Eltwise f, long y, long x, long n, float alpha) {
    return flat(
        n, (i, from, to) -> OneDnn.eltwise(f, y + 4L * from, x + 4L * from, to - from, alpha, 0));
  }

  boolean keepNan(KeepNan f, long y, long x, long n) {
    return KeepNan.holds()
        && flat(n, (i, from, to) -> OneDnn.keepNan(f, y + 4L * from, x + 4L * from, to - from));
  }

  boolean arithmetic(Arithmetic f, DType type, long y, long a, long b, long n) {
    long bytes = type.bytes();
    return flat(
        n,
        (i, from, to) ->
            OneDnn.arithmetic(
                f, type, y + bytes * from, a + bytes * from, b + bytes * from, to - from));
  }

  /** y = f(a, b), b [columns] for every row. */
  boolean rowwise(Arithmetic f, DType type, long y, long a, long b, long rows, int columns) {
    long bytes = type.bytes() * columns;
    return rows(
        rows,
        columns,
        (i, from, to) ->
            OneDnn.rowwise(f, type, y + bytes * from, a + bytes * from, b, to - from, columns));
  }

  /** y = x for n elements of two float types. */
  boolean cast(DType to, long y, DType from, long x, long n) {
    return flat(
        n,
        (i, low, high) ->
            OneDnn.cast(
                to, y + (long) to.bytes() * low, from, x + (long) from.bytes() * low, high - low));
  }

  /** y = max(0, x), which keeps NaN: chunk by chunk, so that the zeros stay in the cache. */
  boolean relu(DType type, long y, long x, long n) {
    long bytes = type.bytes();
    return chunks(
        n,
        (at, count) ->
            OneDnn.arithmetic(
                Arithmetic.MAX, type, y + bytes * at, Constants.zeros(), x + bytes * at, count));
  }

  /** Runs a body on chunks of 0..n-1 that the second-level cache holds. */
  boolean chunks(long n, Chunk chunk) {
    return flat(
        n,
        (i, from, to) -> {
          boolean done = true;
          for (int at = from; at < to && done; at += Constants.LENGTH) {
            done = chunk.run(at, Math.min(Constants.LENGTH, to - at));
          }
          return done;
        });
  }

  /** Work on {@code count} elements from {@code at} on; false where oneDNN has no kernel. */
  interface Chunk {
    boolean run(long at, int count);
  }

  private boolean flat(long n, Piece piece) {
    int size = Math.max(64, (size(Math.toIntExact(n), n) + 63) / 64 * 64);
    return pieces(Math.toIntExact(n), size, piece);
  }
}
