package org.jacana.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * Scatter-add of rows that are sorted by their targets first, so that every sum has a fixed order
 * and no two threads meet: a stable sort of row numbers, sums of runs in pieces, and the sums of
 * pieces.
 */
final class SortedRows {
  /** Rows that one launch can sort by comparing all with all. */
  static final int FEW = 8192;

  private static final int TILE = 4096;
  private static final int PIECE = 64;
  private static final int THREADS = 128;

  private final Gpu gpu;

  SortedRows(Gpu gpu) {
    this.gpu = gpu;
  }

  /** The kernels' suffix: sums in float or in double. */
  static String kind(DType type) {
    return type == DType.F32 || type == DType.F16 || type == DType.BF16 ? "f" : "d";
  }

  /**
   * The views with the axes along which the index does not change innermost; targets do not meet
   * there, so the order of sums stays.
   */
  static List<Strided> of(View out, View index, View x, int axis) {
    Layout l = index.layout();
    int[] order = new int[l.rank()];
    int k = 0;
    for (int constant = 0; constant < 2; constant++) {
      for (int a = 0; a < order.length; a++) {
        if ((a != axis && l.stride(a) == 0 ? 1 : 0) == constant) {
          order[k++] = a;
        }
      }
    }
    View to = Indexing.line(out, x.shape(), axis);
    List<Strided> parts = new ArrayList<>();
    Strided.each(
        parts::add,
        to.with(to.layout().permute(order)),
        index.with(l.permute(order)),
        x.with(x.layout().permute(order)));
    return parts;
  }

  /** The innermost axis's extent if one index serves all of it, else 1. */
  static int width(Strided s) {
    int last = s.rank() - 1;
    return last >= 0 && s.stride(1, last) == 0 && s.stride(0, last) != 0 ? s.dim(last) : 1;
  }

  /** Offsets of one view's rows as least + unit * number; {@code struct Grid}. */
  private record Grid(long least, long unit, long count) {
    static Grid of(Strided s, int view, int axes, long stride, int extent) {
      long least = Math.min(0, stride * (extent - 1));
      long span = Math.abs(stride) * (extent - 1);
      long unit = extent > 1 ? Math.abs(stride) : 0;
      for (int a = 0; a < axes; a++) {
        long d = s.stride(view, a);
        least += Math.min(0, d * (s.dim(a) - 1));
        span += Math.abs(d) * (s.dim(a) - 1);
        unit = gcd(unit, Math.abs(d));
      }
      unit = Math.max(1, unit);
      return new Grid(least, unit, span / unit + 1);
    }

    private static long gcd(long a, long b) {
      return b == 0 ? a : gcd(b, a % b);
    }

    boolean fits() {
      return count < 0xffffffffL;
    }

    long[] struct() {
      return new long[] {least, unit, count};
    }
  }

  private static int rowAxes(Strided s) {
    return width(s) > 1 ? s.rank() - 1 : s.rank();
  }

  /** Whether 32 bits can number the rows. */
  static boolean fits(Strided s, long stride, int extent) {
    int axes = rowAxes(s);
    return Grid.of(s, 0, axes, stride, extent).fits()
        && Grid.of(s, 2, axes, 0, 1).fits()
        && s.size() / width(s) < 0xffffffffL;
  }

  /** Adds the rows of one piece of work. */
  void add(Strided s, long stride, int extent, DType type, DType indexType, DType xType) {
    int width = width(s);
    Strided rows = width > 1 ? s.rows() : s;
    long n = rows.size();
    Grid to = Grid.of(s, 0, rows.rank(), stride, extent);
    Grid from = Grid.of(s, 2, rows.rank(), 0, 1);
    int tiles = (int) ((n + TILE - 1) / TILE);
    long pieces = (n + PIECE - 1) / PIECE;
    long list = (4 * n + 15) / 16 * 16;
    String kind = kind(type);
    try (Scratch lists = gpu.scratch(4 * list);
        Scratch counts = gpu.scratch(64L * tiles);
        Scratch partial = gpu.scratch(pieces * width * (kind.equals("f") ? 4 : 8))) {
      long keys = lists.address();
      gpu.launch("indexing", "sort_keys")
          .strided(rows)
          .longs(to.struct())
          .longs(from.struct())
          .i64(s.address(1))
          .i32(indexType.ordinal())
          .i64(stride)
          .i32(extent)
          .i64(keys)
          .i64(keys + list)
          .over(n);
      long other = keys + 2 * list;
      int bits = 64 - Long.numberOfLeadingZeros(to.count());
      if (n <= FEW) {
        gpu.launch("indexing", "sort_few")
            .i64(keys)
            .i64(keys + list)
            .i64(n)
            .i64(other)
            .i64(other + list)
            .run((int) (n + 31) / 32, 256);
        keys = other;
        bits = 0;
      }
      for (int shift = 0; shift < bits; shift += 4) {
        pass(keys, list, other, n, shift, tiles, counts.address());
        long swap = keys;
        keys = other;
        other = swap;
      }
      sum(s, width, n, keys, list, to, from, type, xType, partial.address());
    }
  }

  private void pass(long keys, long list, long to, long n, int shift, int tiles, long counts) {
    int blocks = Math.min(tiles, 16 * gpu.context().processors());
    gpu.launch("indexing", "sort_count")
        .i64(keys)
        .i64(n)
        .i32(shift)
        .i32(tiles)
        .i64(counts)
        .run(blocks, 256);
    gpu.launch("indexing", "sort_scan").i64(counts).i64(16L * tiles).run(1, 256);
    gpu.launch("indexing", "sort_place")
        .i64(keys)
        .i64(keys + list)
        .i64(n)
        .i32(shift)
        .i32(tiles)
        .i64(counts)
        .i64(to)
        .i64(to + list)
        .run(blocks, 256);
  }

  private void sum(
      Strided s,
      int width,
      long n,
      long keys,
      long list,
      Grid to,
      Grid from,
      DType type,
      DType xType,
      long partial) {
    int last = s.rank() - 1;
    long outStride = width > 1 ? s.stride(0, last) : 0;
    long xStride = width > 1 ? s.stride(2, last) : 0;
    int tx = width == 1 ? 1 : Math.min(THREADS, 2 * Integer.highestOneBit(width - 1));
    int ty = THREADS / tx;
    long pieces = (n + PIECE - 1) / PIECE;
    int blocksX = (int) Math.min((pieces + ty - 1) / ty, 1 << 20);
    int blocksY = Math.min((width + tx - 1) / tx, 64);
    gpu.launch("indexing", "sum_rows_" + kind(type))
        .i64(keys)
        .i64(keys + list)
        .i64(n)
        .i64(width)
        .longs(to.struct())
        .longs(from.struct())
        .i64(s.address(0))
        .i32(type.ordinal())
        .i64(outStride)
        .i64(s.address(2))
        .i32(xType.ordinal())
        .i64(xStride)
        .i64(partial)
        .run(blocksX, blocksY, tx, ty);
    if (pieces == 1) {
      return;
    }
    gpu.launch("indexing", "sum_partials_" + kind(type))
        .i64(keys)
        .i64(n)
        .i64(width)
        .longs(to.struct())
        .i64(s.address(0))
        .i32(type.ordinal())
        .i64(outStride)
        .i64(partial)
        .run(blocksX, blocksY, tx, ty);
  }
}
