package org.jacana.backend.cpu;

import static org.jacana.backend.reference.Cursor.TILE;

import java.util.Arrays;
import org.jacana.backend.Layout;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * Sums of F32 in double, so that large numbers that cancel leave the small ones: each of a tile's
 * positions has a sum of its own, which makes loops that the JIT turns into vector instructions.
 * The pieces depend on the shape alone.
 */
final class FloatSums {
  /** Tiles of a piece. */
  private static final int RUN = 32;

  private static final long PIECE = RUN * TILE;

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
    if (inner == 1 && length >= 32) {
      rows(loops, out, x, outer, length);
      return true;
    }
    if (outer == 1 && inner > 1 && inner <= TILE && length >= 32) {
      int c = (int) inner;
      long rows = length;
      Tiles.run(i -> columns(loops, out, x, rows, c), 0);
      return true;
    }
    return false;
  }

  private static boolean reduced(Layout out, Layout x, int axis) {
    return out.dim(axis) == 1 && x.dim(axis) != 1;
  }

  private static void rows(Loops loops, View out, View x, long outer, long length) {
    int pieces = Math.toIntExact((length + PIECE - 1) / PIECE);
    if (pieces == 1) {
      loops.ranges(
          outer,
          Math.max(1, PIECE / length),
          (from, to) -> {
            Cursor in = new Cursor(x);
            Cursor o = new Cursor(out);
            float[] t = Tiles.floats(TILE);
            double[] sums = Tiles.doubles(TILE);
            float[] one = Tiles.floats(1);
            for (long row = from; row < to; row++) {
              one[0] = (float) piece(in, row * length, (row + 1) * length, t, sums);
              o.put(row, 1, one);
            }
          });
      return;
    }
    double[] parts = new double[Math.toIntExact(outer * pieces)];
    loops.run(
        parts.length,
        i -> {
          long row = i / pieces * length;
          long from = i % pieces * PIECE;
          long to = Math.min(length, from + PIECE);
          parts[i] =
              piece(new Cursor(x), row + from, row + to, Tiles.floats(TILE), Tiles.doubles(TILE));
        });
    Cursor o = new Cursor(out);
    float[] one = new float[1];
    for (int row = 0; row < outer; row++) {
      double sum = 0;
      for (int i = 0; i < pieces; i++) {
        sum += parts[row * pieces + i];
      }
      one[0] = (float) sum;
      o.put(row, 1, one);
    }
  }

  /** The sum of at most a piece's elements. */
  private static double piece(Cursor x, long from, long to, float[] t, double[] sums) {
    int width = (int) Math.min(TILE, to - from);
    Arrays.fill(sums, 0, width, 0);
    for (long i = from; i < to; i += TILE) {
      int n = (int) Math.min(TILE, to - i);
      x.get(i, n, t);
      add(sums, t, n);
    }
    return total(sums, width);
  }

  /** In four sums, so that additions need not wait for each other. */
  private static double total(double[] v, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      a += v[i];
      b += v[i + 1];
      c += v[i + 2];
      d += v[i + 3];
    }
    for (; i < n; i++) {
      a += v[i];
    }
    return (a + b) + (c + d);
  }

  private static void add(double[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      a[i] += b[i];
    }
  }

  private static void columns(Loops loops, View out, View x, long rows, int c) {
    int tile = TILE / c * c;
    long rowsOfPiece = (long) RUN * (tile / c);
    int pieces = Math.toIntExact((rows + rowsOfPiece - 1) / rowsOfPiece);
    double[] parts = Tiles.doubles(pieces * c);
    loops.run(
        pieces,
        i -> {
          Cursor in = new Cursor(x);
          long from = i * rowsOfPiece * c;
          long to = Math.min(rows * c, from + rowsOfPiece * c);
          float[] t = Tiles.floats(tile);
          double[] sums = Tiles.doubles(tile);
          Arrays.fill(sums, 0);
          for (long at = from; at < to; at += tile) {
            int n = (int) Math.min(tile, to - at);
            in.get(at, n, t);
            add(sums, t, n);
          }
          Arrays.fill(parts, i * c, i * c + c, 0);
          for (int k = 0; k < tile; k += c) {
            for (int j = 0; j < c; j++) {
              parts[i * c + j] += sums[k + j];
            }
          }
        });
    float[] result = Tiles.floats(c);
    for (int j = 0; j < c; j++) {
      double sum = 0;
      for (int i = j; i < parts.length; i += c) {
        sum += parts[i];
      }
      result[j] = (float) sum;
    }
    new Cursor(out).put(0, c, result);
  }

  /** The columns' sums of each of many matrices [length, c]. */
  private static void blocks(Loops loops, View out, View x, long outer, long length, int c) {
    int tile = TILE / c * c;
    long block = length * c;
    loops.ranges(
        outer,
        Math.max(1, PIECE / block),
        (from, to) -> {
          Cursor in = new Cursor(x);
          Cursor o = new Cursor(out);
          float[] t = Tiles.floats(tile);
          double[] sums = Tiles.doubles(tile);
          float[] result = Tiles.floats(c);
          for (long i = from; i < to; i++) {
            Arrays.fill(sums, 0);
            long end = (i + 1) * block;
            for (long at = i * block; at < end; at += tile) {
              int n = (int) Math.min(tile, end - at);
              in.get(at, n, t);
              add(sums, t, n);
            }
            for (int k = c; k < tile; k += c) {
              for (int j = 0; j < c; j++) {
                sums[j] += sums[k + j];
              }
            }
            for (int j = 0; j < c; j++) {
              result[j] = (float) sums[j];
            }
            o.put(i * c, c, result);
          }
        });
  }
}
