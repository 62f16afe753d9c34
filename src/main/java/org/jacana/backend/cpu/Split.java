package org.jacana.backend.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private static final int PIECES = 8;

  /** Multiply-adds (or elements moved) below which the calling thread is faster alone. */
  private static final long SMALL = 1 << 17;

  /** Multiply-adds that are worth a slab of their own, in all and for each weight. */
  private static final long SLAB = 1 << 20;

  private static final long SLAB_PER_WEIGHT = 64;

  /** Multiply-adds of a matrix product that are worth a piece of their own. */
  private static final long PRODUCT = 1 << 19;

  /** Work on elements from..to of an axis; false where oneDNN has no kernel. */
  private interface Piece {
    boolean run(int index, int from, int to);
  }

  private boolean pieces(int n, int size, Piece piece) {
    AtomicBoolean done = new AtomicBoolean(true);
    workers.run(
        (n + size - 1) / size,
        i -> {
          int before = Native.threads();
          if (before != 1) {
            Native.setThreads(1);
          }
          if (!piece.run(i, i * size, Math.min(n, (i + 1) * size))) {
            done.set(false);
          }
        });
    return done.get();
  }

  private static int size(int n, long work) {
    return work < SMALL ? n : Math.max(1, (n + PIECES - 1) / PIECES);
  }

  private static ConvShape images(ConvShape s, int n) {
    return new ConvShape(
        n,
        s.h(),
        s.w(),
        s.c(),
        s.o(),
        s.kh(),
        s.kw(),
        s.oh(),
        s.ow(),
        s.strideH(),
        s.strideW(),
        s.padTop(),
        s.padLeft(),
        s.padBottom(),
        s.padRight(),
        s.dilationH(),
        s.dilationW(),
        s.groups());
  }

  private static long work(ConvShape s) {
    return (long) s.n() * s.oh() * s.ow() * s.o() * s.kh() * s.kw() * (s.c() / s.groups());
  }

  private static long input(ConvShape s) {
    return 4L * s.h() * s.w() * s.c();
  }

  private static long output(ConvShape s) {
    return 4L * s.oh() * s.ow() * s.o();
  }

  boolean conv(long y, long x, long w, long bias, ConvShape s, boolean relu) {
    int slabs = slabs(s);
    if (slabs > 1) {
      return convSlabs(y, x, w, bias, s, relu, slabs);
    }
    return pieces(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) -> {
          long out = y + from * output(s);
          return OneDnn.conv(out, x + from * input(s), w, bias, images(s, to - from))
              && (!relu || rectify(out, (to - from) * output(s) / 4));
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
          long out = y + image * output(s) + 4L * first * s.ow() * s.o();
          long in = x + image * input(s) + 4L * s.inputRow(first) * s.w() * s.c();
          return OneDnn.conv(out, in, w, bias, part) && (!relu || rectify(out, output(part) / 4));
        });
  }

  /** In place, on one thread, while the result is in the cache. */
  private static boolean rectify(long y, long n) {
    boolean done = true;
    for (long at = 0; at < n && done; at += Constants.LENGTH) {
      int count = (int) Math.min(Constants.LENGTH, n - at);
      long part = y + 4 * at;
      done = OneDnn.arithmetic(Arithmetic.MAX, part, Constants.zeros(), part, count);
    }
    return done;
  }

  boolean convGradInput(long dx, long dy, long w, ConvShape s) {
    return pieces(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) ->
            OneDnn.convGradInput(
                dx + from * input(s), dy + from * output(s), w, images(s, to - from)));
  }

  boolean convGradWeight(long dw, long dbias, long x, long dy, ConvShape s) {
    int weights = s.o() * s.kh() * s.kw() * (s.c() / s.groups());
    int size = size(s.n(), work(s));
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
                      images(s, to - from)));
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
  private void add(long out, Scratch arrays, long first, long stride, int count, int n) {
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

  private static PoolShape images(PoolShape s, int n) {
    return new PoolShape(
        n,
        s.h(),
        s.w(),
        s.c(),
        s.kh(),
        s.kw(),
        s.oh(),
        s.ow(),
        s.strideH(),
        s.strideW(),
        s.padTop(),
        s.padLeft());
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
    return pieces(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) ->
            OneDnn.maxPool(
                y + 4 * from * output(s),
                index + position(s) * from * output(s),
                x + 4 * from * input(s),
                images(s, to - from)));
  }

  boolean maxPoolGrad(long dx, long dy, long index, PoolShape s) {
    return pieces(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) ->
            OneDnn.maxPoolGrad(
                dx + 4 * from * input(s),
                dy + 4 * from * output(s),
                index + position(s) * from * output(s),
                images(s, to - from)));
  }

  boolean avgPool(long y, long x, PoolShape s, boolean countPadding) {
    return pieces(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) ->
            OneDnn.avgPool(
                y + 4 * from * output(s),
                x + 4 * from * input(s),
                images(s, to - from),
                countPadding));
  }

  boolean avgPoolGrad(long dx, long dy, PoolShape s, boolean countPadding) {
    return pieces(
        s.n(),
        size(s.n(), work(s)),
        (i, from, to) ->
            OneDnn.avgPoolGrad(
                dx + 4 * from * input(s),
                dy + 4 * from * output(s),
                images(s, to - from),
                countPadding));
  }

  /** Splits the columns of the product when b is the larger operand, else its rows. */
  boolean matmul(long c, long a, long b, long bias, MatmulShape s) {
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
                    c + 4 * from * s.cColumn(),
                    a,
                    b + 4 * from * s.bColumn(),
                    bias == 0 ? 0 : bias + 4L * from,
                    part(s, s.m(), to - from))
                : OneDnn.matmul(
                    c + 4 * from * s.cRow(),
                    a + 4 * from * s.aRow(),
                    b,
                    bias,
                    part(s, to - from, s.n())));
  }

  private static MatmulShape part(MatmulShape s, int m, int n) {
    return new MatmulShape(
        s.batch0(),
        s.batch1(),
        m,
        s.k(),
        n,
        s.a0(),
        s.a1(),
        s.aRow(),
        s.aColumn(),
        s.b0(),
        s.b1(),
        s.bRow(),
        s.bColumn(),
        s.c0(),
        s.c1(),
        s.cRow(),
        s.cColumn());
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

  private boolean rows(long rows, int columns, Piece piece) {
    int n = Math.toIntExact(rows);
    return pieces(n, size(n, rows * columns), piece);
  }

  boolean eltwise(Eltwise f, long y, long x, long n, float alpha) {
    return flat(
        n, (i, from, to) -> OneDnn.eltwise(f, y + 4L * from, x + 4L * from, to - from, alpha, 0));
  }

  boolean arithmetic(Arithmetic f, long y, long a, long b, long n) {
    return flat(
        n,
        (i, from, to) ->
            OneDnn.arithmetic(f, y + 4L * from, a + 4L * from, b + 4L * from, to - from));
  }

  /** y = f(a, b), b [columns] for every row. */
  boolean rowwise(Arithmetic f, long y, long a, long b, long rows, int columns) {
    return rows(
        rows,
        columns,
        (i, from, to) ->
            OneDnn.rowwise(
                f, y + 4L * from * columns, a + 4L * from * columns, b, to - from, columns));
  }

  /** y = max(0, x), which keeps NaN: chunk by chunk, so that the zeros stay in the cache. */
  boolean relu(long y, long x, long n) {
    return chunks(
        n,
        (at, count) ->
            OneDnn.arithmetic(Arithmetic.MAX, y + 4L * at, Constants.zeros(), x + 4L * at, count));
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
