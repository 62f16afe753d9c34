package org.jacana.backend.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.jacana.backend.reference.Tiles;

/**
 * Images [n,h,w,c] as rows of tiles: tile row t of an image is its rows {@code 4 t} to {@code 4 t +
 * 3} as outputs of a filter, and the rows around them as inputs. The tiles' factors or products are
 * planes [point][tile row][w][c], so that rows are never taken apart.
 */
record TileRows(RowTile tile, long images, int h, int w, int c) {
  /** Positions of a row that are transformed at once; the arrays stay in the first-level cache. */
  private static final int POSITIONS = 512;

  /** One of the tile's transforms. */
  private interface Transform {
    void run(int n, float[][] in, float[][] out, float[][] spare);
  }

  /** Tile rows of an image of so many rows. */
  static int count(int h) {
    return (h + RowTile.OUTPUTS - 1) / RowTile.OUTPUTS;
  }

  /** Bytes of one tile row's plane. */
  long bytes() {
    return 4L * w * c;
  }

  private int row() {
    return w * c;
  }

  private FloatBuffer image(int i) {
    return Native.view(images + 4L * i * h * row(), 4L * h * row()).asFloatBuffer();
  }

  private FloatBuffer planes(long address, int rows) {
    return Native.view(address, tile.points() * rows * bytes()).asFloatBuffer();
  }

  private float[][] arrays() {
    float[][] a = new float[tile.points()][];
    for (int k = 0; k < a.length; k++) {
      a[k] = Tiles.floats(POSITIONS);
    }
    return a;
  }

  /**
   * The factors of tile rows {@code from} to {@code to - 1}, counted through all images with {@code
   * each} to an image, whose first input lies {@code pad} rows above the first output.
   */
  void inputs(long planes, int from, int to, int each, int pad) {
    spread(planes, from, to, each, pad, tile.points(), tile::input);
  }

  /** The gradients of the products from those of the outputs. */
  void outputGrads(long planes, int from, int to) {
    spread(planes, from, to, count(h), 0, RowTile.OUTPUTS, tile::outputGrad);
  }

  private void spread(
      long planes, int from, int to, int each, int pad, int inputs, Transform transform) {
    FloatBuffer out = planes(planes, to - from);
    float[][] rows = arrays();
    float[][] in = new float[inputs][];
    float[][] result = arrays();
    float[][] spare = arrays();
    float[] zeros = Tiles.floats(POSITIONS);
    Arrays.fill(zeros, 0);
    for (int r = from; r < to; r++) {
      FloatBuffer image = image(r / each);
      int first = r % each * RowTile.OUTPUTS - pad;
      for (int at = 0; at < row(); at += POSITIONS) {
        int n = Math.min(POSITIONS, row() - at);
        for (int j = 0; j < inputs; j++) {
          int y = first + j;
          in[j] = y < 0 || y >= h ? zeros : rows[j];
          if (in[j] == rows[j]) {
            image.get(y * row() + at, rows[j], 0, n);
          }
        }
        transform.run(n, in, result, spare);
        for (int k = 0; k < tile.points(); k++) {
          out.put((k * (to - from) + r - from) * row() + at, result[k], 0, n);
        }
      }
    }
  }

  /**
   * The images' rows from the products; {@code bias} [c] is added where it is not null, and max(0,
   * .) taken if asked.
   */
  void outputs(long planes, int from, int to, float[] bias, boolean relu) {
    FloatBuffer products = planes(planes, to - from);
    float[][] in = arrays();
    float[][] rows = arrays();
    float[][] spare = arrays();
    float[] biases = bias == null ? null : repeat(bias);
    int each = count(h);
    for (int r = from; r < to; r++) {
      FloatBuffer image = image(r / each);
      int first = r % each * RowTile.OUTPUTS;
      for (int at = 0; at < row(); at += POSITIONS) {
        int n = Math.min(POSITIONS, row() - at);
        for (int k = 0; k < tile.points(); k++) {
          products.get((k * (to - from) + r - from) * row() + at, in[k], 0, n);
        }
        tile.output(n, in, rows, spare);
        for (int j = 0; j < RowTile.OUTPUTS && first + j < h; j++) {
          finish(rows[j], n, biases, at % c, relu);
          image.put((first + j) * row() + at, rows[j], 0, n);
        }
      }
    }
  }

  /** The bias again and again, for a row's part that begins at any channel. */
  private float[] repeat(float[] bias) {
    float[] all = Tiles.floats(POSITIONS + c);
    for (int i = 0; i < all.length; i++) {
      all[i] = bias[i % c];
    }
    return all;
  }

  private static void finish(float[] row, int n, float[] bias, int channel, boolean relu) {
    if (bias != null) {
      for (int i = 0; i < n; i++) {
        row[i] += bias[channel + i];
      }
    }
    if (relu) {
      for (int i = 0; i < n; i++) {
        row[i] = Math.max(row[i], 0);
      }
    }
  }
}
