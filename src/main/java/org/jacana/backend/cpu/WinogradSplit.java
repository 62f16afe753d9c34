package org.jacana.backend.cpu;

import java.nio.FloatBuffer;

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

  /** Whole images, or parts of one where there are few. */
  private TileRows.Part[] parts(int each) {
    int n = shape.n();
    int size = (n + Split.PIECES - 1) / Split.PIECES;
    int cuts = Math.max(1, Math.min(each, Split.PIECES / n));
    int rows = (each + cuts - 1) / cuts;
    TileRows.Part[] parts = new TileRows.Part[(n + size - 1) / size * ((each + rows - 1) / rows)];
    int count = 0;
    for (int i = 0; i < n; i += size) {
      for (int t = 0; t < each; t += rows) {
        parts[count++] = new TileRows.Part(i, Math.min(size, n - i), t, Math.min(each, t + rows));
      }
    }
    return parts;
  }

  private boolean filters(Split.Piece piece) {
    return split.pieces(shape.o(), (shape.o() + Split.PIECES - 1) / Split.PIECES, piece);
  }

  private boolean factors(Winograd.Factors f, long w, boolean gradInput) {
    return filters((i, from, to) -> winograd.filters(f.plain(), w, gradInput, from, to))
        && split.pieces(winograd.points(), 1, (i, from, to) -> winograd.pack(f, gradInput, i));
  }

  boolean conv(long y, long x, long w, long bias, boolean relu) {
    TileRows.Part[] parts = parts(winograd.outputRows());
    try (Scratch plain = Scratch.lend(winograd.factorBytes());
        Scratch packed = Scratch.lend(winograd.packedBytes());
        Scratch biases = bias == 0 ? null : repeated(bias)) {
      long b = bias == 0 ? 0 : biases.address();
      Winograd.Factors f = winograd.factors(plain.address(), packed.address(), parts[0]);
      return factors(f, w, false)
          && split.pieces(
              parts.length, 1, (i, from, to) -> winograd.forward(y, x, f, b, relu, parts[i]));
    }
  }

  /** The bias for every pixel of a row. */
  private Scratch repeated(long bias) {
    Scratch all = Scratch.lend(4L * shape.ow() * shape.o());
    FloatBuffer one = Native.view(bias, 4L * shape.o()).asFloatBuffer();
    FloatBuffer to = Native.view(all.address(), 4L * shape.ow() * shape.o()).asFloatBuffer();
    for (int i = 0; i < shape.ow(); i++) {
      to.put(i * shape.o(), one, 0, shape.o());
    }
    return all;
  }

  boolean gradInput(long dx, long dy, long w) {
    TileRows.Part[] parts = parts(winograd.inputRows());
    try (Scratch plain = Scratch.lend(winograd.factorBytes());
        Scratch packed = Scratch.lend(winograd.packedBytes())) {
      Winograd.Factors f = winograd.factors(plain.address(), packed.address(), parts[0]);
      return factors(f, w, true)
          && split.pieces(
              parts.length, 1, (i, from, to) -> winograd.gradInput(dx, dy, f, parts[i]));
    }
  }

  boolean gradWeight(long dw, long dbias, long x, long dy) {
    TileRows.Part[] parts = parts(winograd.outputRows());
    boolean bias = dbias != 0;
    int floats = winograd.gradFloats(bias);
    // Each piece's sum starts on a cache line of its own.
    long stride = (floats + 15L) / 16 * 16;
    try (Scratch sums = Scratch.lend(4 * parts.length * stride);
        Scratch total = Scratch.lend(4L * floats)) {
      boolean done =
          split.pieces(
              parts.length,
              1,
              (i, from, to) ->
                  winograd.gradFactors(sums.address() + 4 * i * stride, bias, x, dy, parts[i]));
      if (!done) {
        return false;
      }
      split.add(total.address(), sums, 0, stride, parts.length, floats);
      if (bias) {
        Native.copy(dbias, total.address() + winograd.factorBytes(), 4L * shape.o());
      }
      return filters((i, from, to) -> winograd.filterGrads(dw, total.address(), from, to));
    }
  }
}
