package org.jacana.backend.cpu;

import java.util.Arrays;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * F32 [rows, channels] as pieces of tiles. Tiles hold whole rows, and the channels' factors are
 * repeated to a tile's length, so that loops are long and the JIT makes vector instructions of
 * them; a handful of tiles fit into the first-level cache and a piece into the second. The pieces
 * depend on the shape alone.
 */
final class ChannelRows {
  /** Elements of a tile, or a row where that is longer. */
  private static final int TILE = 512;

  private static final int LEAST = 1 << 14;
  private static final int MOST = 1 << 16;

  /** As many as there are, where none is too short or too long. */
  private static final int PIECES = 8;

  final int c;
  final long rows;
  final int tile;
  final long pieceRows;
  final int pieces;

  ChannelRows(View x) {
    c = x.layout().dim(x.layout().rank() - 1);
    rows = x.size() / c;
    tile = Math.max(1, TILE / c) * c;
    long piece = Math.max(LEAST, Math.min(MOST, x.size() / PIECES));
    pieceRows = Math.max(1, piece / c);
    pieces = Math.toIntExact((rows + pieceRows - 1) / pieceRows);
  }

  /** Work on the tiles of one piece, whose elements lie from {@code from} up to {@code to}. */
  interface Piece {
    void run(int index, long from, long to);
  }

  void run(Loops loops, Piece body) {
    loops.run(pieces, i -> body.run(i, i * pieceRows * c, Math.min(rows, (i + 1) * pieceRows) * c));
  }

  /** Elements of the next {@code tiles} tiles at {@code at}. */
  int count(long at, long to, int tiles) {
    return (int) Math.min((long) tiles * tile, to - at);
  }

  /** Elements of the longest part when whole rows are dealt out to so many parts. */
  int part(int elements, int parts) {
    return (elements / c + parts - 1) / parts * c;
  }

  /** Puts a tile's sums by position, added up by channel in double, into out from {@code at} on. */
  double[] fold(float[] sums, double[] out, int at) {
    Arrays.fill(out, at, at + c, 0);
    for (int i = 0; i < sums.length; i += c) {
      for (int k = 0; k < c; k++) {
        out[at + k] += sums[i + k];
      }
    }
    return out;
  }

  /** A tile of zeros, the piece's. */
  float[] zeros() {
    float[] a = Tiles.floats(tile);
    Arrays.fill(a, 0);
    return a;
  }

  float[] channels(View v) {
    float[] f = Tiles.floats(c);
    new Cursor(v).get(0, c, f);
    return f;
  }

  float[] repeat(float[] channels) {
    float[] out = Tiles.floats(tile);
    System.arraycopy(channels, 0, out, 0, c);
    for (int i = c; i < tile; i *= 2) {
      System.arraycopy(out, 0, out, i, Math.min(i, tile - i));
    }
    return out;
  }

  float[] floats(double[] d) {
    float[] f = Tiles.floats(c);
    for (int k = 0; k < c; k++) {
      f[k] = (float) d[k];
    }
    return f;
  }

  void put(View v, double[] values) {
    new Cursor(v).put(0, c, floats(values));
  }
}
