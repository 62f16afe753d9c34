package org.jacana.backend.cpu;

import org.jacana.backend.reference.Tiles;

/** {@link Winograd} cut into pieces of tile rows, which depend on the shape alone. */
final class WinogradSplit {
  private final Split split;
  private final ConvShape shape;
  private final Winograd winograd;

  WinogradSplit(Split split, ConvShape shape) {
    this(split, shape, new Winograd(shape));
  }

  WinogradSplit(Split split, ConvShape shape, Winograd winograd) {
    this.split = split;
    this.shape = shape;
    this.winograd = winograd;
  }

  private static int size(int n) {
    return (n + Split.PIECES - 1) / Split.PIECES;
  }

  /** Packs the filters' factors for pieces of so many tile rows. */
  private boolean pack(Scratch packed, long w, boolean gradInput, int rows) {
    try (Scratch factors = Scratch.lend(winograd.factorBytes())) {
      split.pieces(
          shape.o(),
          size(shape.o()),
          (i, first, end) -> {
            winograd.filters(factors.address(), w, gradInput, first, end);
            return true;
          });
      return split.pieces(
          winograd.points(),
          1,
          (i, from, to) -> winograd.pack(packed.address(), factors.address(), gradInput, i, rows));
    }
  }

  boolean conv(long y, long x, long w, long bias, boolean relu) {
    int rows = shape.n() * winograd.outputRows();
    int size = size(rows);
    try (Scratch packed = Scratch.lend(winograd.packedBytes())) {
      return pack(packed, w, false, size)
          && split.pieces(
              rows,
              size,
              (i, from, to) ->
                  winograd.forward(y, x, packed.address(), size, biases(bias), relu, from, to));
    }
  }

  private float[] biases(long bias) {
    if (bias == 0) {
      return null;
    }
    float[] b = Tiles.floats(shape.o());
    Native.view(bias, 4L * b.length).asFloatBuffer().get(0, b);
    return b;
  }

  boolean gradInput(long dx, long dy, long w) {
    int rows = shape.n() * winograd.inputRows();
    int size = size(rows);
    try (Scratch packed = Scratch.lend(winograd.packedBytes())) {
      return pack(packed, w, true, size)
          && split.pieces(
              rows,
              size,
              (i, from, to) -> winograd.gradInput(dx, dy, packed.address(), size, from, to));
    }
  }

  boolean gradWeight(long dw, long dbias, long x, long dy) {
    int rows = shape.n() * winograd.outputRows();
    int size = size(rows);
    int parts = (rows + size - 1) / size;
    int floats = winograd.gradFloats(dbias != 0);
    // Each piece's sum starts on a cache line of its own.
    long stride = (floats + 15L) / 16 * 16;
    try (Scratch sums = Scratch.lend(4 * parts * stride)) {
      boolean done =
          split.pieces(
              rows,
              size,
              (i, from, to) ->
                  winograd.gradFactors(
                      sums.address() + 4 * i * stride, dbias != 0, x, dy, from, to));
      if (!done) {
        return false;
      }
      split.pieces(
          shape.o(),
          size(shape.o()),
          (i, from, to) -> {
            winograd.filterGrads(dw, sums, stride, parts, from, to);
            return true;
          });
      if (dbias != 0) {
        split.add(dbias, sums, winograd.factorBytes() / 4, stride, parts, shape.o());
      }
      return true;
    }
  }
}
