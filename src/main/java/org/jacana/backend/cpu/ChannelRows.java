package org.jacana.backend.cpu;

import static org.jacana.backend.reference.Cursor.TILE;

import java.util.Arrays;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/**
 * F32 [rows, channels] as pieces of tiles. Tiles hold whole rows, and the channels' factors are
 * repeated to a tile's length, so that loops are long and the JIT makes vector instructions of
 * them. A piece fits into the second-level cache; the pieces depend on the shape alone.
 */
final class ChannelRows {
  private static final int PIECE = 32 * TILE;

  final int c;
  final long rows;
  final int tile;
  final long pieceRows;
  final int pieces;

  ChannelRows(View x) {
    c = x.layout().dim(x.layout().rank() - 1);
    rows = x.size() / c;
    tile = Math.max(1, TILE / c) * c;
    pieceRows = Math.max(1, PIECE / c);
    pieces = Math.toIntExact((rows + pieceRows - 1) / pieceRows);
  }

  /** Work on the tiles of one piece, whose elements lie from {@code from} up to {@code to}. */
  interface Piece {
    void run(int index, long from, long to);
  }

  void run(Loops loops, Piece body) {
    loops.run(pieces, i -> body.run(i, i * pieceRows * c, Math.min(rows, (i + 1) * pieceRows) * c));
  }

  /** Elements of the tile at {@code at}. */
  int count(long at, long to) {
    return (int) Math.min(tile, to - at);
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
    for (int i = 0; i < tile; i += c) {
      System.arraycopy(channels, 0, out, i, c);
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
