package org.jacana.backend.cpu;

import static org.jacana.backend.reference.Cursor.TILE;

import java.util.Arrays;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * Sums of the columns of F32 matrices: a tile of whole rows has a sum for each of its positions.
 * Many rows are added in float with their rounding errors, as in {@link LaneSums}.
 */
final class FloatColumns {
  /** Tiles of a piece. */
  private static final int RUN = 32;

  /** Tiles below which double is as fast. */
  private static final int SHORT = 4;

  /** Matrices that are enough for many threads. */
  private static final int MANY = 16;

  private FloatColumns() {}

  /**
   * out [outer, inner] = the sums of x [outer, length, inner] over its second axis; false where
   * another way is better.
   */
  static boolean run(Loops loops, View out, View x, long outer, long length, long inner) {
    if (inner > TILE || outer > 1 && outer < MANY && length * inner > FloatSums.PIECE) {
      return false;
    }
    int c = (int) inner;
    if (outer > 1) {
      matrices(loops, out, x, outer, length, c);
    } else {
      Tiles.run(i -> matrix(loops, out, x, length, c), 0);
    }
    return true;
  }

  /** A thread for each of many matrices. */
  private static void matrices(Loops loops, View out, View x, long outer, long length, int c) {
    long size = length * c;
    loops.ranges(
        outer,
        Math.max(1, FloatSums.PIECE / size),
        (from, to) -> {
          Cursor in = new Cursor(x);
          Cursor o = new Cursor(out);
          Lanes lanes = new Lanes(TILE / c * c);
          double[] sums = Tiles.doubles(c);
          float[] result = Tiles.floats(c);
          for (long i = from; i < to; i++) {
            Arrays.fill(sums, 0);
            for (long at = i * size; at < (i + 1) * size; at += RUN * lanes.width()) {
              lanes.add(in, at, Math.min((i + 1) * size, at + RUN * lanes.width()), sums, 0, c);
            }
            for (int j = 0; j < c; j++) {
              result[j] = (float) sums[j];
            }
            o.put(i * c, c, result);
          }
        });
  }

  private static void matrix(Loops loops, View out, View x, long rows, int c) {
    int tile = TILE / c * c;
    long rowsOfPiece = (long) RUN * (tile / c);
    int pieces = Math.toIntExact((rows + rowsOfPiece - 1) / rowsOfPiece);
    double[] parts = Tiles.doubles(pieces * c);
    loops.run(
        pieces,
        i -> {
          long from = i * rowsOfPiece * c;
          long to = Math.min(rows * c, from + rowsOfPiece * c);
          Arrays.fill(parts, i * c, i * c + c, 0);
          new Lanes(tile).add(new Cursor(x), from, to, parts, i * c, c);
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

  /** The arrays of a piece, and what is done with them. */
  private record Lanes(int width, float[] tile, float[] sums, float[] errors, double[] wide) {
    Lanes(int width) {
      this(
          width,
          Tiles.floats(width),
          Tiles.floats(width),
          Tiles.floats(width),
          Tiles.doubles(width));
    }

    /** Adds the sums of whole rows of c, at most RUN tiles, to those from {@code at} on. */
    void add(Cursor in, long from, long to, double[] result, int at, int c) {
      if (to - from < SHORT * width || !compensated(in, from, to, result, at, c)) {
        inDouble(in, from, to, result, at, c);
      }
    }

    /** False, and nothing added, where a sum is not finite. */
    private boolean compensated(Cursor in, long from, long to, double[] result, int at, int c) {
      Arrays.fill(sums, 0);
      Arrays.fill(errors, 0);
      for (long i = from; i < to; i += width) {
        int n = (int) Math.min(width, to - i);
        in.get(i, n, tile);
        LaneSums.add(sums, errors, tile, n);
      }
      if (!finite(errors, width)) {
        return false;
      }
      for (int k = 0; k < width; k += c) {
        for (int j = 0; j < c; j++) {
          result[at + j] += (double) sums[k + j] + errors[k + j];
        }
      }
      return true;
    }

    private void inDouble(Cursor in, long from, long to, double[] result, int at, int c) {
      Arrays.fill(wide, 0);
      for (long i = from; i < to; i += width) {
        int n = (int) Math.min(width, to - i);
        in.get(i, n, tile);
        LaneSums.add(wide, tile, n);
      }
      for (int k = 0; k < width; k += c) {
        for (int j = 0; j < c; j++) {
          result[at + j] += wide[k + j];
        }
      }
    }
  }

  /** Whether all are; the error of an infinite sum is NaN. */
  private static boolean finite(float[] errors, int n) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      a += 0 * errors[i];
      b += 0 * errors[i + 1];
      c += 0 * errors[i + 2];
      d += 0 * errors[i + 3];
    }
    for (; i < n; i++) {
      a += 0 * errors[i];
    }
    return a + b + c + d == 0;
  }
}
