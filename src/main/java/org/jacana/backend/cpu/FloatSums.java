package org.jacana.backend.cpu;

import static org.jacana.backend.reference.Cursor.TILE;

import org.jacana.backend.Layout;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;

/**
 * Sums of F32 as good as in double, so that large numbers that cancel leave the small ones: {@link
 * LaneSums}. Where so many are added that memory is the limit, OpenBLAS adds first, and its sums
 * are taken where they are proven right to 1e-6: {@link BlockSums}. The pieces depend on the shape
 * alone.
 */
final class FloatSums {
  /** Elements of a piece. */
  static final long PIECE = 32 * TILE;

  /** Elements from which on it pays to load OpenBLAS. */
  static final int LARGE = 1 << 22;

  /** Elements of a row from which on it pays to call it. */
  private static final long LONG = 1 << 12;

  private FloatSums() {}

  /** out = the sums of x over the axes that out has not; false where the layout is another. */
  static boolean run(Loops loops, View out, View x) {
    Layout lx = x.layout();
    Layout lo = out.layout();
    if (x.size() == 0 || out.size() == 0 || !lo.isContiguous()) {
      return false;
    }
    int n = lx.rank();
    int suffix = n;
    while (suffix > 0 && !reduced(lo, lx, suffix - 1)) {
      suffix--;
    }
    int prefix = 0;
    while (prefix < suffix && !reduced(lo, lx, prefix)) {
      prefix++;
    }
    long outer = 1;
    long length = 1;
    long inner = 1;
    for (int a = 0; a < n; a++) {
      int d = lx.dim(a);
      if (a < prefix) {
        outer *= d;
      } else if (a >= suffix) {
        inner *= d;
      } else if (reduced(lo, lx, a) || d == 1) {
        length *= d;
      } else {
        return false;
      }
    }
    if (length < 32) {
      return false;
    }
    if (inner > 1) {
      return FloatColumns.run(loops, out, x, outer, length, inner);
    }
    boolean large = x.size() >= LARGE && length >= LONG && lx.isContiguous();
    if (!large || !BlockSums.available() || !byBlocks(loops, out, x, outer, length)) {
      rows(loops, out, x, 0, outer, length);
    }
    return true;
  }

  private static boolean reduced(Layout out, Layout x, int axis) {
    return out.dim(axis) == 1 && x.dim(axis) != 1;
  }

  private static int pieces(long length) {
    return Math.toIntExact((length + PIECE - 1) / PIECE);
  }

  /** All rows by OpenBLAS; false, and nothing done, where it fails at the first numbers. */
  private static boolean byBlocks(Loops loops, View out, View x, long outer, long length) {
    int pieces = pieces(length);
    long start = Operands.address(x);
    double[] sums = new double[Math.toIntExact(outer * pieces)];
    double[] magnitudes = new double[sums.length];
    BlockSums.add(start, (int) Math.min(length, PIECE), sums, magnitudes, 0);
    if (!BlockSums.accepts(sums[0], magnitudes[0])) {
      return false;
    }
    loops.run(
        sums.length,
        i -> {
          long from = i % pieces * PIECE;
          int n = (int) Math.min(PIECE, length - from);
          BlockSums.add(start + 4 * (i / pieces * length + from), n, sums, magnitudes, i);
        });
    for (int row = 0; row < outer; row++) {
      double sum = joined(sums, row, pieces);
      if (BlockSums.accepts(sum, joined(magnitudes, row, pieces))) {
        new Cursor(out).put(row, 1, new float[] {(float) sum});
      } else {
        rows(loops, out, x, row, row + 1, length);
      }
    }
    return true;
  }

  private static double joined(double[] parts, int row, int pieces) {
    double sum = 0;
    for (int i = 0; i < pieces; i++) {
      sum += parts[row * pieces + i];
    }
    return sum;
  }

  private static void rows(Loops loops, View out, View x, long first, long end, long length) {
    int pieces = pieces(length);
    if (pieces == 1) {
      loops.ranges(
          end - first,
          Math.max(1, PIECE / length),
          (from, to) -> {
            LaneSums lanes = new LaneSums(x, Math.min(TILE, (int) length));
            Cursor o = new Cursor(out);
            float[] one = new float[1];
            for (long row = first + from; row < first + to; row++) {
              one[0] = (float) lanes.sum(row * length, (row + 1) * length);
              o.put(row, 1, one);
            }
          });
      return;
    }
    double[] parts = new double[Math.toIntExact((end - first) * pieces)];
    loops.run(
        parts.length,
        i -> {
          long row = (first + i / pieces) * length;
          long from = i % pieces * PIECE;
          long to = Math.min(length, from + PIECE);
          parts[i] = new LaneSums(x, TILE).sum(row + from, row + to);
        });
    Cursor o = new Cursor(out);
    for (int row = 0; row < end - first; row++) {
      o.put(first + row, 1, new float[] {(float) joined(parts, row, pieces)});
    }
  }
}
