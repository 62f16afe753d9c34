package org.jacana.backend.cpu;

import java.util.List;
import java.util.function.IntPredicate;
import org.jacana.DType;

/**
 * Dense float32 convolutions with filters of three or five rows by minimal filtering along the
 * columns ({@link RowTile}): of the products that a direct convolution needs, one half with three
 * rows and two fifths with five. Along the rows and over the channels oneDNN adds up, one point
 * after the other, by a convolution with filters of one row. Tiles in one direction only move half
 * as much memory as in both, keep more of float32's accuracy and never take rows apart.
 *
 * <p>Against float64, errors are about 1e-6 of the results' norm, some twice those of a direct
 * convolution; an infinity becomes NaN in the four rows of its tile. {@code
 * -Djacana.cpu.winograd=false} computes everything directly.
 */
final class Winograd {
  /** Bytes of factors and products at a time: they stay in the second-level cache. */
  private static final long NEAR = 3L << 18;

  /** The same of a gradient of filters, where every time adds to a sum as large as all filters. */
  private static final long NEAR_SUM = 3L << 19;

  /** Channels of input and output from which on three rows pay; of five rows half as many do. */
  private static final int CHANNELS = 32;

  /** Pixels of output from which on the transform of the filters pays. */
  private static final long PIXELS = 512;

  /** Floats of one point's factors above which nothing was measured. */
  private static final long FACTORS = 1 << 22;

  /** Floats of a gradient of factors, of which every piece has one of its own. */
  private static final long GRADIENT = 1 << 21;

  /** Multiply-adds from which on the transforms' two forks pay. */
  private static final long WORK = 1 << 27;

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
        && RowTile.has(s.kh())
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
        && (long) s.o() * s.kw() * s.c() <= FACTORS
        && pixels >= PIXELS
        && pixels * s.kh() * s.kw() * s.c() * s.o() >= WORK;
  }

  /** Whether the gradient of the filters is worth the memory of its pieces' sums. */
  static boolean paysForFilters(ConvShape s) {
    return pays(s) && (long) s.o() * s.kw() * s.c() * RowTile.of(s.kh()).points() <= GRADIENT;
  }

  int points() {
    return tile.points();
  }

  /** Floats of the filters' factors at one point, [o][1][kw][c]. */
  private int factorFloats() {
    return shape.o() * shape.kw() * shape.c();
  }

  long factorBytes() {
    return 4L * points() * factorFloats();
  }

  /** Bytes of the packed factors at one point. */
  private long packedStride() {
    return OneDnn.packedBytes(along(1));
  }

  long packedBytes() {
    return points() * packedStride();
  }

  /** Tile rows of an image's output. */
  int outputRows() {
    return TileRows.count(shape.oh());
  }

  /** Tile rows of an image's input as the output of a gradient. */
  int inputRows() {
    return TileRows.count(shape.h());
  }

  private TileRows x(long address) {
    return new TileRows(tile, address, shape.h(), shape.w(), shape.c());
  }

  private TileRows y(long address) {
    return new TileRows(tile, address, shape.oh(), shape.ow(), shape.o());
  }

  private long bytesOfRow() {
    return x(0).bytes() + y(0).bytes();
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

  /** The shape, and so the layout of filters, of the first and most parts of this one. */
  private ConvShape like(TileRows.Part all) {
    return along(all.atMost(near / bytesOfRow()).get(0).rows());
  }

  /** The factors [point][o][1][kw][c] of filters {@code from} to {@code to - 1}. */
  boolean filters(long factors, long w, boolean reversed, int from, int to) {
    int row = shape.kw() * shape.c();
    MatmulShape s =
        new MatmulShape(
            1,
            to - from,
            points(),
            tile.taps(),
            row,
            0,
            0,
            tile.taps(),
            1,
            0,
            (long) tile.taps() * row,
            row,
            1,
            0,
            row,
            factorFloats(),
            1);
    return OneDnn.matmul(
        factors + 4L * from * row, tile.filter(reversed), w + 4L * from * tile.taps() * row, 0, s);
  }

  /** The filters' factors, plain and as most convolutions read them fastest. */
  record Factors(long plain, long packed, ConvShape like) {}

  Factors factors(long plain, long packed, TileRows.Part part) {
    return new Factors(plain, packed, like(part));
  }

  /** Packs the factors at one point. */
  boolean pack(Factors f, boolean gradInput, int point) {
    return OneDnn.packFilters(packed(f).at(point), plain(f).at(point), f.like(), gradInput);
  }

  /** Work on a part, given memory for its planes. */
  private interface Body {
    boolean run(TileRows.Part part, long inputs, long outputs);
  }

  private boolean run(TileRows.Part all, long limit, TileRows in, Body body) {
    List<TileRows.Part> parts = all.atMost(limit / bytesOfRow());
    try (Scratch scratch = Scratch.lend(parts.get(0).rows() * bytesOfRow())) {
      for (TileRows.Part part : parts) {
        long inputs = scratch.address();
        if (!body.run(part, inputs, inputs + part.rows() * in.bytes())) {
          return false;
        }
      }
    }
    return true;
  }

  private OneDnn.Series planes(long first, TileRows.Part part, TileRows rows) {
    return new OneDnn.Series(first, 4 * part.rows() * rows.row());
  }

  private OneDnn.Series packed(Factors f) {
    return new OneDnn.Series(f.packed(), packedStride());
  }

  private OneDnn.Series plain(Factors f) {
    return new OneDnn.Series(f.plain(), 4L * factorFloats());
  }

  private boolean each(IntPredicate point) {
    boolean done = true;
    for (int k = 0; k < points() && done; k++) {
      done = point.test(k);
    }
    return done;
  }

  /**
   * y of some tile rows.
   *
   * @param bias [ow,o], added to every row; 0 for none
   */
  boolean forward(long y, long x, Factors f, long bias, boolean relu, TileRows.Part all) {
    return filter(f, false, x(x), y(y), shape.padTop(), bias, relu, all);
  }

  /** dx of some tile rows, from the factors of the reversed filters. */
  boolean gradInput(long dx, long dy, Factors f, TileRows.Part all) {
    return filter(f, true, y(dy), x(dx), tile.taps() - 1 - shape.padTop(), 0, false, all);
  }

  private boolean filter(
      Factors f,
      boolean gradInput,
      TileRows in,
      TileRows out,
      int pad,
      long bias,
      boolean relu,
      TileRows.Part all) {
    return run(
        all,
        near,
        in,
        (part, v, m) -> {
          ConvShape along = along(part.rows());
          OneDnn.Series to = planes(m, part, out);
          OneDnn.Series from = planes(v, part, in);
          OneDnn.Series plain = plain(f);
          // Parts of another size may want another layout of filters.
          boolean done =
              in.inputs(v, part, pad)
                  && (OneDnn.convPacked(gradInput, points(), to, from, packed(f), along, f.like())
                      || each(
                          k ->
                              gradInput
                                  ? OneDnn.convGradInput(to.at(k), from.at(k), plain.at(k), along)
                                  : OneDnn.conv(to.at(k), from.at(k), plain.at(k), 0, along)));
          return done && out.outputs(m, part, bias) && (!relu || out.rectify(part));
        });
  }

  /** Floats that {@link #gradFactors} writes. */
  int gradFloats(boolean bias) {
    return points() * factorFloats() + (bias ? shape.o() : 0);
  }

  /**
   * The gradients of the factors [point][o][1][kw][c] and, if asked, of the bias [o] behind them,
   * over some tile rows of y.
   */
  boolean gradFactors(long du, boolean bias, long x, long dy, TileRows.Part all) {
    TileRows in = x(x);
    TileRows out = y(dy);
    int floats = gradFloats(bias);
    TileRows.Part first = all.atMost(nearSum / bytesOfRow()).get(0);
    try (Scratch more = Scratch.lend(first.equals(all) ? 0 : 4L * floats)) {
      return run(
          all,
          nearSum,
          in,
          (part, v, m) -> {
            boolean begins = part.equals(first);
            long to = begins ? du : more.address();
            return in.inputs(v, part, shape.padTop())
                && out.outputGrads(m, part)
                && gradFactors(
                    to, bias, planes(v, part, in), planes(m, part, out), along(part.rows()))
                && (begins || OneDnn.arithmetic(Arithmetic.ADD, DType.F32, du, du, to, floats));
          });
    }
  }

  private boolean gradFactors(
      long du, boolean bias, OneDnn.Series x, OneDnn.Series dy, ConvShape along) {
    OneDnn.Series to = new OneDnn.Series(du, 4L * factorFloats());
    return bias
        ? each(
            k ->
                OneDnn.convGradWeight(
                    to.at(k), k == tile.one() ? du + factorBytes() : 0, x.at(k), dy.at(k), along))
        : OneDnn.convGradWeight(points(), to, x, dy, along);
  }

  /** dw of filters {@code from} to {@code to - 1} from the gradient of their factors. */
  boolean filterGrads(long dw, long du, int from, int to) {
    int row = shape.kw() * shape.c();
    MatmulShape s =
        new MatmulShape(
            1,
            to - from,
            tile.taps(),
            points(),
            row,
            0,
            0,
            points(),
            1,
            0,
            row,
            factorFloats(),
            1,
            0,
            (long) tile.taps() * row,
            row,
            1);
    return OneDnn.matmul(
        dw + 4L * from * tile.taps() * row, tile.filterGrad(), du + 4L * from * row, 0, s);
  }
}
