package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.backend.View;

/** Positions of extremes and running sums along an axis: cuda/ranking.cu and cuda/scan.cu. */
final class Ranking {
  private static final int THREADS = 256;

  private final Gpu gpu;
  private final Sorting sorting;

  Ranking(Gpu gpu) {
    this.gpu = gpu;
    this.sorting = new Sorting(gpu);
  }

  private static long inner(Strided kept) {
    return kept.rank() == 0 ? Long.MAX_VALUE : Math.abs(kept.stride(1, kept.rank() - 1));
  }

  /** Into how many pieces to cut each of a few long lines. */
  private int splits(long lines, long n, int least) {
    long wanted = Math.min(4L * gpu.context().processors() / lines, n / least);
    return (int) Math.max(1, Math.min(wanted, 1024));
  }

  private int blocks(long units, int perBlock) {
    return (int) Math.min((units + perBlock - 1) / perBlock, 32L * gpu.context().processors());
  }

  void argReduce(boolean largest, View out, View x, int axis) {
    int n = x.layout().dim(axis);
    long stride = x.layout().stride(axis);
    Axes axes = Axes.along(out, x, axis);
    boolean wide = x.dtype() == DType.F64 || x.dtype() == DType.I32;
    Strided.each(
        kept -> {
          long lines = kept.size();
          boolean side = inner(kept) < Math.abs(stride) && lines >= 2048;
          int group = 1;
          while (!side && group < 32 && 4 * group < n) {
            group *= 2;
          }
          if (!side && (n >= 4096 || n >= 512 && lines < 8L * gpu.context().processors())) {
            group = THREADS;
          }
          int splits = group == THREADS ? splits(lines, n, 4096) : 1;
          if (splits == 1) {
            arg(largest, wide, kept, kept.address(0), x.dtype(), 0, n, stride, 1, group, 0);
            return;
          }
          DType type = wide ? DType.F64 : DType.F32;
          long parts = lines * splits;
          try (Scratch values = gpu.scratch(parts * type.bytes());
              Scratch at = gpu.scratch(parts * 4)) {
            long v = values.address();
            arg(largest, wide, kept, at.address(), x.dtype(), 0, n, stride, splits, group, v);
            Strided results = kept.dense(1, v, splits);
            arg(largest, wide, results, kept.address(0), type, at.address(), splits, 1, 1, 32, 0);
          }
        },
        axes.out(),
        axes.x());
  }

  private void arg(
      boolean largest,
      boolean wide,
      Strided kept,
      long out,
      DType type,
      long at,
      long n,
      long stride,
      int splits,
      int group,
      long values) {
    gpu.launch("ranking", wide ? "arg_double" : "arg_float")
        .strided(kept)
        .i64(out)
        .i64(kept.address(1))
        .i32(type.ordinal())
        .i64(at)
        .i64(n)
        .i64(stride)
        .i32(splits)
        .i32(group)
        .i32(largest ? 1 : 0)
        .i64(values)
        .run(blocks(kept.size() * splits, THREADS / group), THREADS);
  }

  void topK(boolean largest, View indices, View x) {
    sorting.topK(largest, indices, x);
  }

  void cumSum(View out, View x, int axis, boolean reverse) {
    if (x.size() == 0) {
      return;
    }
    int n = x.layout().dim(axis);
    long from = x.layout().stride(axis);
    long to = out.layout().stride(axis);
    Axes axes = Axes.along(out, x, axis);
    Strided.each(
        kept -> {
          if (n <= 32 || inner(kept) < Math.abs(from) && kept.size() >= 1024) {
            gpu.launch("scan", "scan_columns")
                .strided(kept)
                .i64(kept.address(0))
                .i32(out.dtype().ordinal())
                .i64(kept.address(1))
                .i32(x.dtype().ordinal())
                .i64(n)
                .i64(from)
                .i64(to)
                .i32(reverse ? 1 : 0)
                .over(kept.size());
          } else {
            scanRows(kept, out.dtype(), x.dtype(), n, from, to, reverse);
          }
        },
        axes.out(),
        axes.x());
  }

  private void scanRows(
      Strided kept, DType to, DType from, int n, long xStride, long outStride, boolean reverse) {
    int splits = splits(kept.size(), n, 8192);
    long pieces = kept.size() * splits;
    try (Scratch sums = gpu.scratch(splits == 1 ? 8 : 8 * pieces)) {
      if (splits > 1) {
        gpu.launch("scan", "scan_sums")
            .strided(kept)
            .i64(sums.address())
            .i64(kept.address(1))
            .i32(from.ordinal())
            .i64(n)
            .i64(xStride)
            .i32(splits)
            .i32(reverse ? 1 : 0)
            .run(blocks(pieces, 1), THREADS);
      }
      gpu.launch("scan", "scan_rows")
          .strided(kept)
          .i64(kept.address(0))
          .i32(to.ordinal())
          .i64(kept.address(1))
          .i32(from.ordinal())
          .i64(n)
          .i64(xStride)
          .i64(outStride)
          .i32(splits)
          .i32(reverse ? 1 : 0)
          .i64(sums.address())
          .run(blocks(pieces, 1), THREADS);
    }
  }
}
