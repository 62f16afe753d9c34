package org.jacana.backend.cuda;

import java.util.List;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * Scatter-add, in a fixed order wherever that is cheap: where sources cannot meet; for I32; for few
 * sources, by letting each target look for its own; for few or wide rows and whenever the backend
 * must be deterministic, by sorting rows by target and summing runs. Atomic additions remain for
 * many narrow rows of F32 and F64 by default.
 */
final class Scatter {
  /** Comparisons, in all and by one thread, that cost less than a sort's launches. */
  private static final long CHEAP = 1L << 24;

  private static final int LOOK = 128;

  /** From this many elements on, sorting rows is cheaper than adding their elements atomically. */
  private static final int WIDE = 32;

  private final Gpu gpu;
  private final SortedRows rows;

  Scatter(Gpu gpu) {
    this.gpu = gpu;
    rows = new SortedRows(gpu);
  }

  void add(View out, View index, View x, int axis) {
    int extent = out.layout().dim(axis);
    if (x.size() == 0 || extent == 0) {
      return;
    }
    int n = x.layout().dim(axis);
    DType type = out.dtype();
    boolean atomic = type == x.dtype() && (type == DType.F32 || type == DType.F64);
    if (n == 1) {
      single(out, index, x, axis);
    } else if (type == DType.I32 && x.dtype() == DType.I32) {
      atomic(out, index, x, axis);
    } else if (n <= LOOK && (double) x.size() * extent <= CHEAP) {
      owned(out, index, x, axis);
    } else {
      List<Strided> parts = SortedRows.of(out, index, x, axis);
      long stride = out.layout().stride(axis);
      int width = SortedRows.width(parts.get(0));
      boolean many = x.size() / width > SortedRows.FEW;
      if (atomic && many && width < WIDE && !gpu.deterministic()) {
        atomic(out, index, x, axis);
      } else if (SortedRows.fits(parts.get(0), stride, extent)) {
        for (Strided s : parts) {
          rows.add(s, stride, extent, type, index.dtype(), x.dtype());
        }
      } else {
        owned(out, index, x, axis);
      }
    }
  }

  private void single(View out, View index, View x, int axis) {
    Strided.each(
        s ->
            gpu.launch("indexing", "scatter_single")
                .strided(s)
                .i64(s.address(0))
                .i32(out.dtype().ordinal())
                .i64(s.address(1))
                .i32(index.dtype().ordinal())
                .i64(s.address(2))
                .i32(x.dtype().ordinal())
                .i64(out.layout().stride(axis))
                .i32(out.layout().dim(axis))
                .over(s.size()),
        Indexing.line(out, x.shape(), axis),
        index,
        x);
  }

  private void atomic(View out, View index, View x, int axis) {
    String type = out.dtype().name().toLowerCase(java.util.Locale.ROOT);
    Strided.each(
        s ->
            gpu.launch("indexing", "scatter_atomic_" + type)
                .strided(s)
                .i64(s.address(0))
                .i64(s.address(1))
                .i32(index.dtype().ordinal())
                .i64(s.address(2))
                .i64(out.layout().stride(axis))
                .i32(out.layout().dim(axis))
                .over(s.size()),
        Indexing.line(out, x.shape(), axis),
        index,
        x);
  }

  private void owned(View out, View index, View x, int axis) {
    Shape shape = x.shape().with(axis, out.layout().dim(axis));
    Layout target = out.layout();
    int[] one = new int[target.rank()];
    java.util.Arrays.fill(one, 1);
    one[axis] = target.dim(axis);
    for (int a = 0; a < target.rank(); a++) {
      target = target.slice(a, 0, shape.dim(a), 1);
    }
    Layout coordinate = Layout.contiguous(Shape.of(one)).expand(shape);
    Strided.each(
        s ->
            gpu.launch("indexing", "scatter_owned_" + SortedRows.kind(out.dtype()))
                .strided(s)
                .i64(s.address(0))
                .i32(out.dtype().ordinal())
                .i64(s.address(2))
                .i32(index.dtype().ordinal())
                .i64(index.layout().stride(axis))
                .i64(s.address(3))
                .i32(x.dtype().ordinal())
                .i64(x.layout().stride(axis))
                .i32(x.layout().dim(axis))
                .over(s.size()),
        out.with(target),
        out.with(coordinate),
        Indexing.line(index, shape, axis),
        Indexing.line(x, shape, axis));
  }
}
