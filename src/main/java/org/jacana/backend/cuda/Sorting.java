package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.backend.View;

/**
 * The first k positions of sorted rows: cuda/ranking.cu. Tiles of 2048 are sorted in shared memory
 * and cut to k; while k is small, what is left is tiled again, and beyond that neighbouring runs
 * are merged. Keys carry their position, so that no two are equal and ties fall by position.
 */
final class Sorting {
  private static final int THREADS = 256;
  private static final int TILE = 2048;

  private final Gpu gpu;

  Sorting(Gpu gpu) {
    this.gpu = gpu;
  }

  void topK(boolean largest, View indices, View x) {
    int axis = x.layout().rank() - 1;
    int k = indices.layout().dim(axis);
    Axes axes = Axes.along(indices, x, axis);
    if (indices.size() > 0) {
      Strided.each(rows -> new Call(largest, rows, indices, x, k).run(), axes.out(), axes.x());
    }
  }

  /** One launch's worth of rows; {@code rows} has the views indices and x. */
  private final class Call {
    private final boolean largest;
    private final Strided rows;
    private final DType type;
    private final int n;
    private final long stride;
    private final long outStride;
    private final int k;
    private final String kind;

    Call(boolean largest, Strided rows, View indices, View x, int k) {
      int axis = x.layout().rank() - 1;
      this.largest = largest;
      this.rows = rows;
      this.type = x.dtype();
      this.n = x.layout().dim(axis);
      this.stride = x.layout().stride(axis);
      this.outStride = indices.layout().stride(axis);
      this.k = k;
      this.kind = type == DType.F64 ? "_wide" : "_narrow";
    }

    void run() {
      int width = 1;
      while (width < n && width < TILE) {
        width *= 2;
      }
      int keep = Math.min(k, width);
      long runs = (n + width - 1) / width;
      if (runs == 1) {
        tiles(0, n, width, keep, 0, rows.address(0));
        return;
      }
      long bytes = rows.size() * (runs + 1) * keep * (type == DType.F64 ? 16 : 8);
      try (Scratch a = gpu.scratch(bytes);
          Scratch b = gpu.scratch(bytes)) {
        long from = a.address();
        long to = b.address();
        tiles(0, n, width, keep, from, 0);
        long run = keep;
        while (runs > 1) {
          long left;
          long next = run;
          if (run <= TILE / 2) {
            long all = runs * run;
            left = (all + TILE - 1) / TILE;
            tiles(from, all, TILE, (int) run, to, left == 1 ? rows.address(0) : 0);
          } else {
            left = (runs + 1) / 2;
            next = Math.min(k, 2 * run);
            merge(from, runs, run, next, to, left == 1 ? rows.address(0) : 0);
          }
          run = next;
          runs = left;
          long swap = from;
          from = to;
          to = swap;
        }
      }
    }

    private int blocks(long units, long perBlock) {
      return (int) Math.min((units + perBlock - 1) / perBlock, 32L * gpu.context().processors());
    }

    private void tiles(long keys, long count, int width, int keep, long sorted, long out) {
      gpu.launch("ranking", "sort_tiles" + kind)
          .strided(rows)
          .i64(rows.address(1))
          .i32(type.ordinal())
          .i64(stride)
          .i64(keys)
          .i64(count)
          .i32(width)
          .i32(keep)
          .i64(k)
          .i32(largest ? 1 : 0)
          .i64(sorted)
          .i64(out)
          .i64(outStride)
          .run(blocks(rows.size() * ((count + width - 1) / width), TILE / width), THREADS);
    }

    private void merge(long keys, long runs, long run, long keep, long sorted, long out) {
      gpu.launch("ranking", "sort_merge" + kind)
          .strided(rows)
          .i64(keys)
          .i64(runs)
          .i64(run)
          .i64(keep)
          .i64(k)
          .i64(sorted)
          .i64(out)
          .i64(outStride)
          .over(rows.size() * runs * run);
    }
  }
}
