package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Layout;
import org.jacana.backend.Reduction;
import org.jacana.backend.View;

/**
 * Sums, products and extrema over axes: cuda/reduce.cu. Where the reduced elements are neighbours a
 * group of lanes reads each output's; where the outputs are, threads go down columns side by side.
 * Large reductions are split into pieces whose results a second launch joins.
 */
final class Reductions {
  private static final int THREADS = 256;
  private static final int MAX_SPLITS = 1024;

  private final Gpu gpu;

  Reductions(Gpu gpu) {
    this.gpu = gpu;
  }

  void reduce(Reduction f, View out, View x) {
    if (out.size() == 0) {
      return;
    }
    if (x.size() == 0) {
      new Copies(gpu).fill(out, f.identity());
      return;
    }
    Axes axes = Axes.of(out, x);
    if (axes.reduced().layout().rank() > Strided.MAX_RANK) {
      inTwoSteps(f, out, x);
      return;
    }
    Strided reduced = Axes.one(axes.reduced());
    Strided.each(kept -> new Call(f, kept, reduced, out, x).run(), axes.out(), axes.x());
  }

  /** First some of the axes, into doubles. */
  private void inTwoSteps(Reduction f, View out, View x) {
    Shape shape = x.shape();
    int found = 0;
    for (int a = 0; a < shape.rank() && found < Strided.MAX_RANK; a++) {
      if (shape.dim(a) != 1 && out.layout().dim(a) == 1) {
        shape = shape.with(a, 1);
        found++;
      }
    }
    try (Scratch scratch = gpu.scratch(8 * shape.size())) {
      View some = new View(scratch.buffer(), DType.F64, Layout.contiguous(shape));
      reduce(f, some, x);
      reduce(f, out, some);
    }
  }

  private static int power(long atLeast) {
    int p = 1;
    while (p < atLeast) {
      p *= 2;
    }
    return p;
  }

  private static long clamp(long v, long max) {
    return Math.max(1, Math.min(v, Math.min(max, MAX_SPLITS)));
  }

  /** One reduction; {@code kept} has the views out and x. */
  private final class Call {
    private final Reduction f;
    private final Strided kept;
    private final Strided reduced;
    private final DType to;
    private final DType from;
    private final long n;
    private final long outputs;
    private final int processors = gpu.context().processors();

    Call(Reduction f, Strided kept, Strided reduced, View out, View x) {
      this.f = f;
      this.kept = kept;
      this.reduced = reduced;
      this.to = out.dtype();
      this.from = x.dtype();
      this.n = reduced.size();
      this.outputs = kept.size();
    }

    private long keptStride() {
      return kept.rank() == 0 ? Long.MAX_VALUE : Math.abs(kept.stride(1, kept.rank() - 1));
    }

    private long reducedStride() {
      return reduced.rank() == 0 ? Long.MAX_VALUE : Math.abs(reduced.stride(0, reduced.rank() - 1));
    }

    private boolean fast() {
      boolean typed = from == DType.F32 || from == DType.F16 || from == DType.BF16;
      return switch (f) {
        case SUM -> typed || from == DType.F64;
        case PROD -> false;
        case MAX, MIN -> typed;
      };
    }

    void run() {
      boolean side = keptStride() == 1 && reducedStride() == 0;
      if (kept.rank() == 0 || reducedStride() < keptStride() && !side) {
        rows();
      } else if (fast()
          && n >= 32
          && reduced.rank() == 1
          && kept.stride(1, kept.rank() - 1) == 1
          && (f == Reduction.SUM || from == DType.F32)) {
        columns();
      } else {
        anyColumns();
      }
    }

    /** Runs {@code pieces}, and joins their results when there are several. */
    private void split(int splits, Pieces pieces) {
      if (splits == 1) {
        pieces.launch(kept.address(0), to);
        return;
      }
      try (Scratch scratch = gpu.scratch(8 * outputs * splits)) {
        pieces.launch(scratch.address(), DType.F64);
        Layout line = Layout.contiguous(Shape.of(splits));
        Strided parts = Axes.one(new View(scratch.buffer(), DType.F64, line));
        Strided results = kept.dense(1, scratch.address(), splits);
        int group = Math.min(32, power(splits / 4));
        group = outputs == 1 && splits > 128 ? THREADS : group;
        anyRows(results, parts, kept.address(0), to, DType.F64, 1, group);
      }
    }

    private void rows() {
      long perLane = fast() ? 16 : 4;
      int group = Math.min(32, power((n + perLane - 1) / perLane));
      boolean wide = n >= 4096 || n >= 512 && outputs < 8L * processors;
      int lanes = wide ? THREADS : group;
      long wanted = 4L * processors / outputs;
      int splits = wide ? (int) clamp(wanted, n / (16 * THREADS)) : 1;
      boolean line = reduced.rank() == 0 || reduced.rank() == 1 && reduced.stride(0, 0) == 1;
      split(
          splits,
          (address, type) -> {
            if (fast() && line) {
              Launch l =
                  gpu.launch("reduce", "reduce_rows_" + kind() + "_" + name())
                      .strided(kept)
                      .i64(address)
                      .i32(type.ordinal())
                      .i64(kept.address(1))
                      .i64(n)
                      .i32(splits)
                      .i32(lanes);
              sign(l).run(blocks(outputs * splits, lanes), THREADS);
            } else {
              anyRows(kept, reduced, address, type, from, splits, lanes);
            }
          });
    }

    private int blocks(long units, int group) {
      long perBlock = THREADS / group;
      return (int) Math.min((units + perBlock - 1) / perBlock, 32L * processors);
    }

    private void anyRows(
        Strided views, Strided line, long address, DType type, DType of, int splits, int group) {
      gpu.launch("reduce", "reduce_rows_any")
          .strided(views)
          .strided(line)
          .i64(address)
          .i32(type.ordinal())
          .i64(views.address(1))
          .i32(of.ordinal())
          .i32(splits)
          .i32(group)
          .i32(f.ordinal())
          .run(blocks(views.size() * splits, group), THREADS);
    }

    private void columns() {
      int extent = kept.dim(kept.rank() - 1);
      int pack = 16 / from.bytes();
      boolean packs = f == Reduction.SUM && pack <= 8 && from != DType.F64 && packable(pack);
      long columns = packs ? extent / pack : extent;
      int width = columns <= 64 ? (int) columns : 32;
      long tiles = (columns + width - 1) / width;
      long batch = outputs / extent;
      int rows = THREADS / width;
      int splits = (int) clamp(4L * processors / (tiles * batch), n / (16L * rows));
      split(
          splits,
          (address, type) -> {
            Launch l =
                gpu.launch(
                        "reduce", "reduce_columns_" + kind() + (packs ? "_packs_" : "_") + name())
                    .strided(kept)
                    .i64(address)
                    .i32(type.ordinal())
                    .i64(kept.address(1))
                    .i64(n)
                    .i64(reduced.stride(0, 0))
                    .i32(splits)
                    .i32(width);
            sign(l).run((int) tiles, (int) Math.min(batch * splits, 65535), THREADS, 1);
          });
    }

    /** Whether each row of columns is whole aligned packs. */
    private boolean packable(int pack) {
      boolean whole =
          kept.address(1) % 16 == 0
              && kept.dim(kept.rank() - 1) % pack == 0
              && reduced.stride(0, 0) % pack == 0;
      for (int i = 0; i < kept.rank() - 1; i++) {
        whole &= kept.stride(1, i) % pack == 0;
      }
      return whole;
    }

    private void anyColumns() {
      int splits = (int) clamp(512L * processors / outputs, n / 32);
      split(
          splits,
          (address, type) ->
              gpu.launch("reduce", "reduce_columns_any")
                  .strided(kept)
                  .strided(reduced)
                  .i64(address)
                  .i32(type.ordinal())
                  .i64(kept.address(1))
                  .i32(from.ordinal())
                  .i32(splits)
                  .i32(f.ordinal())
                  .over(outputs * splits));
    }

    private String kind() {
      return f == Reduction.SUM ? "sum" : "extreme";
    }

    private String name() {
      return from.name().toLowerCase(java.util.Locale.ROOT);
    }

    private Launch sign(Launch l) {
      return f == Reduction.SUM ? l : l.i32(f == Reduction.MIN ? 1 : 0);
    }
  }

  /** Launches the kernel that makes the pieces' results. */
  @FunctionalInterface
  private interface Pieces {
    void launch(long address, DType type);
  }
}
