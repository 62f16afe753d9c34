package org.jacana.backend.cpu;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Tiles;

/**
 * The sums of a batch norm's gradient over dense F32 [rows, channels] by oneDNN, without copies to
 * small arrays. A chunk's rows are added one by one in float: several laid side by side make fewer
 * of them, so that a sum has at most 512 terms; all others are added in order in double.
 */
final class NormSumsPass {
  /** Elements that stay in the second-level cache with what is made of them. */
  private static final int CHUNK = 1 << 16;

  /** Columns up to which rows are laid side by side at no cost (measured). */
  private static final int WIDE = 128;

  /** As in {@link NormPass}: off the cache line's start, what nobody reads stays in the cache. */
  private static final int CACHED = 32;

  private final View dy;
  private final View before;
  private final View y;
  private final View x;
  private final float epsilon;
  private final int c;

  /** Rows side by side. */
  private final int side;

  private NormSumsPass(View dy, View before, View y, View x, double epsilon) {
    this.dy = dy;
    this.before = before;
    this.y = y;
    this.x = x;
    this.epsilon = (float) epsilon;
    c = x.layout().dim(x.layout().rank() - 1);
    side = Math.max(1, Integer.highestOneBit(WIDE / c));
  }

  /**
   * By channel: the sum of dy, and of dy xhat, where xhat = (x - mean) / sqrt(variance + epsilon).
   *
   * @param before where not null, dy is made of it first: what passes where y is positive
   * @return null where oneDNN has no kernel for it, views have gaps, or a sum is not finite; dy is
   *     then to be made again
   */
  static double[][] run(
      Split split, View dy, View before, View y, View x, View mean, View variance, double epsilon) {
    if (!Native.available() || epsilon < Float.MIN_NORMAL) {
      return null;
    }
    for (View v : new View[] {dy, before, y, x}) {
      if (v != null && !v.layout().isContiguous()) {
        return null;
      }
    }
    if (before != null && !ReluGrad.holds()) {
      return null;
    }
    NormSumsPass pass = new NormSumsPass(dy, before, y, x, epsilon);
    double[][] sums = pass.run(split, mean, variance);
    // An infinite dy that does not pass has become NaN.
    return sums != null && finite(sums[0]) && finite(sums[1]) ? sums : null;
  }

  private static boolean finite(double[] values) {
    double none = 0;
    for (double v : values) {
      none += 0 * v;
    }
    return none == 0;
  }

  private double[][] run(Split split, View mean, View variance) {
    int rows = Math.toIntExact(x.size() / c);
    int size = (split.pieceRows(rows, c) + side - 1) / side * side;
    int pieces = (rows + size - 1) / size;
    try (Scratch channels = Scratch.lend(8L * side * c)) {
      repeat(mean, channels, 0);
      repeat(variance, channels, side * c);
      Sums all = new Sums(channels.address(), new Parts(c, pieces), new Parts(c, pieces));
      boolean done = split.pieces(rows, size, (i, from, to) -> piece(i, from, to, all));
      return done ? new double[][] {all.dy.joined(), all.products.joined()} : null;
    }
  }

  private void repeat(View v, Scratch to, int at) {
    float[] values = Tiles.floats(c);
    new Cursor(v).get(0, c, values);
    for (int i = 0; i < side; i++) {
      to.floats().put(at + i * c, values);
    }
  }

  /** Sums by channel of each piece. */
  private record Parts(int c, double[] values) {
    Parts(int c, int pieces) {
      this(c, Tiles.doubles(pieces * c));
      Arrays.fill(values, 0);
    }

    /** Adds sums by column, of rows side by side, to a piece's. */
    void add(int piece, float[] columns, int n) {
      for (int i = 0; i < n; i += c) {
        for (int k = 0; k < c; k++) {
          values[piece * c + k] += columns[i + k];
        }
      }
    }

    double[] joined() {
      double[] sums = Tiles.doubles(c);
      System.arraycopy(values, 0, sums, 0, c);
      for (int i = c; i < values.length; i += c) {
        for (int k = 0; k < c; k++) {
          sums[k] += values[i + k];
        }
      }
      return sums;
    }
  }

  /**
   * What is summed, and the address of the means, repeated, behind which the variances lie.
   *
   * @param dy its sums
   * @param products those of dy xhat
   */
  private record Sums(long channels, Parts dy, Parts products) {}

  private boolean piece(int i, int from, int to, Sums all) {
    int most = Math.max(1, CHUNK / c / side) * side;
    boolean done = true;
    for (int at = from; at < to && done; at += most) {
      int rows = Math.min(most, to - at);
      int beside = rows / side;
      int paired = beside * side;
      done =
          (before == null || pass(at, rows))
              && add(i, at, beside, side * c, all)
              && add(i, at + paired, rows - paired, c, all);
    }
    return done;
  }

  private boolean pass(long at, int rows) {
    long offset = 4L * c * at;
    return OneDnn.reluGrad(
        Operands.address(dy) + offset,
        Operands.address(before) + offset,
        Operands.address(y) + offset,
        (long) rows * c);
  }

  /** Adds the sums of so many rows of {@code columns}, from row {@code at} of c on. */
  private boolean add(int piece, long at, int rows, int columns, Sums all) {
    if (rows == 0) {
      return true;
    }
    long offset = 4L * c * at;
    // The two sums, each on cache lines of its own, and what nobody reads.
    int stride = (columns + 15) / 16 * 16;
    try (Scratch scratch = Scratch.lend(8L * stride + CACHED + 4L * rows * columns)) {
      long variance = all.channels + 4L * side * c;
      boolean done =
          OneDnn.normSums(
              DType.F32,
              scratch.address() + 8L * stride + CACHED,
              scratch.address(),
              scratch.address() + 4L * stride,
              Operands.address(x) + offset,
              Operands.address(dy) + offset,
              all.channels,
              variance,
              variance,
              epsilon,
              rows,
              columns);
      if (done) {
        float[] part = Tiles.floats(columns);
        scratch.get(0, columns, part);
        all.products.add(piece, part, columns);
        scratch.get(stride, columns, part);
        all.dy.add(piece, part, columns);
      }
      return done;
    }
  }
}
