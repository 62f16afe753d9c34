package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * Gather and scatter-add: cuda/indexing.cu. An index out of range, which only the device could see,
 * is never followed: gather writes NaN (0 for integers) there, scatter-add drops the element.
 */
final class Indexing {
  private final Gpu gpu;
  private final Scatter scatter;

  Indexing(Gpu gpu) {
    this.gpu = gpu;
    scatter = new Scatter(gpu);
  }

  void gather(View out, View x, View index, int axis) {
    requireIndex("gather", index);
    if (out.dtype() != x.dtype()) {
      throw new IllegalArgumentException(
          "gather: output and input must have one type, got " + out.dtype() + " and " + x.dtype());
    }
    long stride = x.layout().stride(axis);
    int extent = x.layout().dim(axis);
    Strided.each(
        s -> gather(s, out.dtype(), index.dtype(), stride, extent),
        out,
        index,
        line(x, out.shape(), axis));
  }

  void scatterAdd(View out, View index, View x, int axis) {
    requireIndex("scatterAdd", index);
    scatter.add(out, index, x, axis);
  }

  private static void requireIndex(String op, View index) {
    if (index.dtype() != DType.I32 && index.dtype() != DType.U8) {
      throw new IllegalArgumentException(
          op + ": the index must be I32 or U8, got " + index.dtype() + "; cast it to I32");
    }
  }

  /** A view at index 0 of an axis as a view of another shape, no larger along the other axes. */
  static View line(View x, Shape to, int axis) {
    Layout l = x.layout();
    for (int a = 0; a < l.rank(); a++) {
      l = l.slice(a, 0, a == axis ? 1 : to.dim(a), 1);
    }
    return x.with(l.expand(to));
  }

  private void gather(Strided s, DType type, DType index, long stride, int extent) {
    int last = s.rank() - 1;
    boolean rows =
        last >= 0 && s.stride(1, last) == 0 && s.stride(0, last) == 1 && s.stride(2, last) == 1;
    if (!rows) {
      gpu.launch("indexing", "gather_" + type.bytes())
          .strided(s)
          .i64(s.address(0))
          .i64(s.address(1))
          .i32(index.ordinal())
          .i64(s.address(2))
          .i64(stride)
          .i32(extent)
          .i64(missing(type))
          .over(s.size());
      return;
    }
    int unit = unit(s, type.bytes(), stride);
    long width = (long) s.dim(last) * type.bytes() / unit;
    Strided r = s.rows();
    gpu.launch("indexing", "gather_rows_" + unit)
        .strided(r)
        .i64(width)
        .i32(type.bytes())
        .i64(s.address(0))
        .i64(s.address(1))
        .i32(index.ordinal())
        .i64(s.address(2))
        .i64(stride)
        .i32(extent)
        .i64(missing(type))
        .over(r.size() * width);
  }

  /** The most bytes, up to 16, that divide every row and the distances between rows. */
  private static int unit(Strided s, int bytes, long stride) {
    int last = s.rank() - 1;
    long all = s.address(0) | s.address(2) | (long) s.dim(last) * bytes | stride * bytes | 16;
    for (int a = 0; a < last; a++) {
      all |= s.stride(0, a) * bytes | s.stride(2, a) * bytes;
    }
    return (int) Long.lowestOneBit(all);
  }

  /** Eight bytes of NaN, or of 0 for types without one. */
  private static long missing(DType type) {
    return switch (type) {
      case F64 -> 0x7ff8000000000000L;
      case F32 -> 0x7fc000007fc00000L;
      case F16 -> 0x7e007e007e007e00L;
      case BF16 -> 0x7fc07fc07fc07fc0L;
      default -> 0;
    };
  }
}
