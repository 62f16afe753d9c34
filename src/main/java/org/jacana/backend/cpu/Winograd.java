package org.jacana.backend.cpu;

import java.nio.FloatBuffer;
import org.jacana.DType;
import org.jacana.backend.reference.Tiles;

/**
 * Dense float32 convolutions with filters of three or five rows by minimal filtering along the
 * columns ({@link RowTile}): of the products that a direct convolution needs, one half with three
 * rows and two fifths with five. Along the rows and over the channels oneDNN adds up, one point
 * after the other, by a convolution with filters of one row. Tiles in one direction only move half
 * as much memory as in both, keep more of float32's accuracy and never take rows apart.
 *
 * <p>Against float64, errors are about 1e-6 of the results' norm, some four times those of a direct
 * convolution; an infinity becomes NaN in the four rows of its tile. {@code
 * -Djacana.cpu.winograd=false} computes everything directly.
 */
final class Winograd {
  /** Bytes of factors and products at a time: they stay near, and filters are packed rarely. */
  private static final long NEAR = 3L << 19;

  /** The same of a gradient of filters, where every time adds to a sum as large as all filters. */
  private static final long NEAR_SUM = 1L << 22;

  /** Channels of input and output from which on three rows pay; of five rows half as many do. */
  private static final int CHANNELS = 32;

  /** Pixels of output from which on the transform of the filters pays. */
  private static final long PIXELS = 512;

  /** Multiply-adds from which on the transforms' two forks pay. */
  private static final long WORK = 1 << 25;

  /** Positions of the filters that are transformed at once. */
  private static final int POSITIONS = 512;

  private static final boolean WANTED = !"false".equals(System.getProperty("jacana.cpu.winograd"));

  private final ConvShape shape;
  private final RowTile tile;
  private final long near;
  private final long nearSum;

  Winograd(ConvShape shape) {
    this(shape, NEAR, NEAR_SUM);
  }

  /** With other numbers of bytes at a time, of results and of a gradient of filters. */
  Winograd(ConvShape shape, long near, long nearSum) {
    this.shape = shape;
    this.near = near;
    this.nearSum = nearSum;
    tile = RowTile.of(shape.kh());
  }

  /** Whether the shape has such a form at all. */
  static boolean fits(ConvShape s) {
    return s.type() == DType.F32
        && RowTile.of(s.kh()) != null
        && s.strideH() == 1
        && s.dilationH() == 1
        && s.groups() == 1
        && !s.empty();
  }

  /** Whether it is faster than a direct convolution, as far as was measured. */
  static boolean pays(ConvShape s) {
    long pixels = (long) s.n() * s.oh() * s.ow();
    return WANTED
        && fits(s)
        && s.kw() > 1
        && s.strideW() == 1
        && s.dilationW() == 1
        && Math.min(s.c(), s.o()) >= (s.kh() == 3 ? CHANNELS : CHANNELS / 2)
        && pixels >= PIXELS
        && pixels * s.kh() * s.kw() * s.c() * s.o() >= WORK;
  }

  /** Floats of the filters' factors at one point, [o][1][kw][c]. */
  private int factorFloats() {
    return shape.o() * shape.kw() * shape.c();
  }

  long factorBytes() {
    return 4L * points() * factorFloats();
  }

  /** Tile rows of an image's output. */
  int outputRows() {
    return TileRows.count(shape.oh());
  }

  /** Tile rows of an image's input as the output of a gradient. */
  int inputRows() {
    return TileRows.count(shape.h());
  }

  /** Tile rows that are transformed at once. */
  private int chunk(int rows, long bytes) {
    long one = 4L * points() * ((long) shape.w() * shape.c() + (long) shape.ow() * shape.o());
    return (int) Math.max(1, Math.min(rows, bytes / one));
  }

  /** A convolution of tile rows' inputs with the filters' factors at one point. */
  private ConvShape along(int rows) {
    return new ConvShape(
        1,
        rows,
        shape.w(),
        shape.c(),
        shape.o(),
        1,
        shape.kw(),
        rows,
        shape.ow(),
        1,
        shape.strideW(),
        0,
        shape.padLeft(),
        0,
        shape.padRight(),
        1,
        shape.dilationW(),
        1);
  }

  private TileRows x(long address) {
    return new TileRows(tile, address, shape.h(), shape.w(), shape.c());
  }

  private TileRows y(long address) {
    return new TileRows(tile, address, shape.oh(), shape.ow(), shape.o());
  }

  /** The factors [point][o][1][kw][c] of filters {@code from} to {@code to - 1}. */
  void filters(long factors, long w, boolean reversed, int from, int to) {
    int row = shape.kw() * shape.c();
    int taps = tile.taps();
    FloatBuffer in = Native.view(w, 4L * factorFloats() * taps).asFloatBuffer();
    FloatBuffer out = Native.view(factors, factorBytes()).asFloatBuffer();
    float[][] g = arrays();
    float[][] u = arrays();
    float[][] spare = arrays();
    for (int o = from; o < to; o++) {
      for (int at = 0; at < row; at += POSITIONS) {
        int n = Math.min(POSITIONS, row - at);
        for (int j = 0; j < taps; j++) {
          in.get((o * taps + (reversed ? taps - 1 - j : j)) * row + at, g[j], 0, n);
        }
        tile.filter(n, g, u, spare);
        for (int k = 0; k < points(); k++) {
          out.put(k * factorFloats() + o * row + at, u[k], 0, n);
        }
      }
    }
  }

  private float[][] arrays() {
    float[][] a = new float[points()][];
    for (int k = 0; k < a.length; k++) {
      a[k] = Tiles.floats(POSITIONS);
    }
    return a;
  }

  /** Bytes of the packed factors at one point. */
  private long packedStride() {
    return OneDnn.packedBytes(along(1));
  }

  /** Bytes of the packed factors. */
  long packedBytes() {
    return points() * packedStride();
  }

  /** The shape whose layout of filters all chunks of a piece use. */
  private ConvShape like(int rows) {
    return along(chunk(rows, near));
  }

  /** Packs the factors at one point for pieces of so many tile rows. */
  boolean pack(long packed, long factors, boolean gradInput, int point, int rows) {
    return OneDnn.packFilters(
        packed + point * packedStride(),
        factors + 4L * point * factorFloats(),
        like(rows),
        gradInput);
  }

  int points() {
    return tile.points();
  }

  /** Tile rows {@code from} to {@code to - 1} of y, counted through all images. */
  boolean forward(
      long y, long x, long packed, int piece, float[] bias, boolean relu, int from, int to) {
    TileRows in = x(x);
    TileRows out = y(y);
    int most = chunk(to - from, near);
    ConvShape like = like(piece);
    try (Scratch scratch = Scratch.lend(points() * most * (in.bytes() + out.bytes()))) {
      for (int at = from; at < to; at += most) {
        int rows = Math.min(most, to - at);
        long v = scratch.address();
        long m = v + points() * rows * in.bytes();
        in.inputs(v, at, at + rows, outputRows(), shape.padTop());
        for (int k = 0; k < points(); k++) {
          if (!OneDnn.convPacked(
              m + k * rows * out.bytes(),
              v + k * rows * in.bytes(),
              packed + k * packedStride(),
              along(rows),
              like)) {
            return false;
          }
        }
        out.outputs(m, at, at + rows, bias, relu);
      }
    }
    return true;
  }

  /** Tile rows of dx, from the factors of the reversed filters. */
  boolean gradInput(long dx, long dy, long packed, int piece, int from, int to) {
    TileRows in = y(dy);
    TileRows out = x(dx);
    int most = chunk(to - from, near);
    ConvShape like = like(piece);
    try (Scratch scratch = Scratch.lend(points() * most * (in.bytes() + out.bytes()))) {
      for (int at = from; at < to; at += most) {
        int rows = Math.min(most, to - at);
        long v = scratch.address();
        long m = v + points() * rows * in.bytes();
        in.inputs(v, at, at + rows, inputRows(), tile.taps() - 1 - shape.padTop());
        for (int k = 0; k < points(); k++) {
          if (!OneDnn.convGradInputPacked(
              m + k * rows * out.bytes(),
              v + k * rows * in.bytes(),
              packed + k * packedStride(),
              along(rows),
              like)) {
            return false;
          }
        }
        out.outputs(m, at, at + rows, null, false);
      }
    }
    return true;
  }

  /**
   * The gradients of the factors [point][o][1][kw][c] and, if asked, of the bias [o] behind them,
   * over some tile rows of y.
   */
  boolean gradFactors(long du, boolean bias, long x, long dy, int from, int to) {
    int most = chunk(to - from, nearSum);
    if (!addGradFactors(du, bias, x, dy, from, Math.min(to, from + most))) {
      return false;
    }
    if (to - from <= most) {
      return true;
    }
    int floats = gradFloats(bias);
    try (Scratch scratch = Scratch.lend(4L * floats)) {
      long more = scratch.address();
      boolean done = true;
      for (int at = from + most; at < to && done; at += most) {
        done =
            addGradFactors(more, bias, x, dy, at, Math.min(to, at + most))
                && OneDnn.arithmetic(Arithmetic.ADD, DType.F32, du, du, more, floats);
      }
      return done;
    }
  }

  /** Floats that {@link #gradFactors} writes. */
  int gradFloats(boolean bias) {
    return points() * factorFloats() + (bias ? shape.o() : 0);
  }

  private boolean addGradFactors(long du, boolean bias, long x, long dy, int from, int to) {
    TileRows in = x(x);
    TileRows out = y(dy);
    int rows = to - from;
    try (Scratch scratch = Scratch.lend(points() * rows * (in.bytes() + out.bytes()))) {
      long v = scratch.address();
      long m = v + points() * rows * in.bytes();
      in.inputs(v, from, to, outputRows(), shape.padTop());
      out.outputGrads(m, from, to);
      for (int k = 0; k < points(); k++) {
        if (!OneDnn.convGradWeight(
            du + 4L * k * factorFloats(),
            bias && k == tile.one() ? du + factorBytes() : 0,
            v + k * rows * in.bytes(),
            m + k * rows * out.bytes(),
            along(rows))) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * dw of filters {@code from} to {@code to - 1} from the sum, in order, of {@code count} gradients
   * of the factors that lie {@code stride} floats apart.
   */
  void filterGrads(long dw, Scratch du, long stride, int count, int from, int to) {
    int row = shape.kw() * shape.c();
    int taps = tile.taps();
    FloatBuffer out = Native.view(dw, 4L * factorFloats() * taps).asFloatBuffer();
    float[][] sums = arrays();
    float[][] g = arrays();
    float[][] spare = arrays();
    float[] next = Tiles.floats(POSITIONS);
    for (int o = from; o < to; o++) {
      for (int at = 0; at < row; at += POSITIONS) {
        int n = Math.min(POSITIONS, row - at);
        for (int k = 0; k < points(); k++) {
          long first = (long) k * factorFloats() + (long) o * row + at;
          du.get(first, n, sums[k]);
          for (int i = 1; i < count; i++) {
            du.get(first + i * stride, n, next);
            add(n, sums[k], next);
          }
        }
        tile.filterGrad(n, sums, g, spare);
        for (int j = 0; j < taps; j++) {
          out.put((o * taps + j) * row + at, g[j], 0, n);
        }
      }
    }
  }

  private static void add(int n, float[] sum, float[] next) {
    for (int i = 0; i < n; i++) {
      sum[i] += next[i];
    }
  }
}
