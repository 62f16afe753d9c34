package org.jacana.backend.cpu;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jacana.DType;

/** Makes matrix products, which may be added to c. Operands: c, a, b and, if asked, bias. */
final class Matmul {
  private Matmul() {}

  /** One operand in oneDNN's terms: leading extents (1 where it repeats), rows, columns. */
  private static final class Side {
    long[] batch;
    long rows;
    long columns;
    long[] batchStride;
    long rowStride;
    long columnStride;

    Side(long rows, long columns, long s0, long s1, long rowStride, long columnStride) {
      this.rows = rows;
      this.columns = columns;
      this.batchStride = new long[] {s0, s1};
      this.rowStride = rowStride;
      this.columnStride = columnStride;
    }

    void drop(int axis) {
      batchStride = new long[] {batchStride[1 - axis]};
    }

    /** Gives axes of extent 1, whose strides mean nothing, the strides of a dense matrix. */
    void settle() {
      if (columns == 1) {
        columnStride = 1;
      }
      if (rows == 1) {
        rowStride = columnStride == 1 ? columns : 1;
      }
    }

    /** Whether rows or columns are contiguous and do not overlap. */
    boolean plain() {
      return (columnStride == 1 && rowStride >= columns)
          || (rowStride == 1 && columnStride >= rows);
    }

    boolean rowMajor() {
      return columnStride == 1 && rowStride >= columns;
    }

    dnnl_memory_desc layout(Assembly assembly, DType type, long[] batch) {
      int rank = batch.length + 2;
      long[] dims = new long[rank];
      long[] strides = new long[rank];
      long dense = Math.max(rows * rowStride, columns * columnStride);
      for (int i = 0; i < batch.length; i++) {
        boolean repeats = batchStride[i] == 0 || batch[i] == 1;
        dims[i] = repeats ? 1 : batch[i];
        strides[i] = repeats ? dense : batchStride[i];
      }
      dims[rank - 2] = rows;
      dims[rank - 1] = columns;
      strides[rank - 2] = rowStride;
      strides[rank - 1] = columnStride;
      return assembly.strided(Cast.type(type), dims, strides);
    }
  }

  /** Null where oneDNN has no fast kernel or the layouts are none it can describe. */
  static Prepared prepare(MatmulShape s, boolean bias, boolean add) {
    Side a = new Side(s.m(), s.k(), s.a0(), s.a1(), s.aRow(), s.aColumn());
    Side b = new Side(s.k(), s.n(), s.b0(), s.b1(), s.bRow(), s.bColumn());
    Side c = new Side(s.m(), s.n(), s.c0(), s.c1(), s.cRow(), s.cColumn());
    long[] batch = merge(new long[] {s.batch0(), s.batch1()}, a, b, c);
    a.settle();
    b.settle();
    c.settle();
    if (!a.plain() || !b.plain() || !c.rowMajor() || overlapping(batch, c)) {
      return null;
    }
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc cd = c.layout(assembly, s.result(), batch);
      dnnl_memory_desc ad = a.layout(assembly, s.type(), batch);
      dnnl_memory_desc bd = b.layout(assembly, s.type(), batch);
      dnnl_memory_desc biasLayout = null;
      if (bias) {
        long[] dims = new long[batch.length + 2];
        Arrays.fill(dims, 1);
        dims[dims.length - 1] = s.n();
        biasLayout = assembly.dense(s.type(), dims);
      }
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_matmul_primitive_desc_create(
              d,
              Engine.cpu(),
              ad,
              bd,
              biasLayout,
              cd,
              add ? assembly.attributes(assembly::appendSum) : assembly.attributes());
      assembly.own("dnnl_matmul_primitive_desc_create", status, d);
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      dnnl_memory cm = assembly.operand(cd);
      dnnl_memory am = assembly.operand(ad);
      dnnl_memory bm = assembly.operand(bd);
      dnnl_memory biasMemory = bias ? assembly.operand(biasLayout) : null;
      assembly.step(
          d,
          new int[] {
            dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_SRC, dnnl.DNNL_ARG_WEIGHTS, dnnl.DNNL_ARG_BIAS
          },
          cm,
          am,
          bm,
          biasMemory);
      return assembly.finish();
    } catch (OneDnnException e) {
      // Strides that overlap, as of a broadcast row, are none that a descriptor may have.
      if (e.status() == dnnl.dnnl_invalid_arguments) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Drops leading axes of extent 1, moves those that repeat b into the rows of a and c, and joins
   * two into one where the strides allow: fewer axes have faster kernels.
   */
  private static long[] merge(long[] batch, Side a, Side b, Side c) {
    for (int axis = 1; axis >= 0; axis--) {
      boolean last = axis == batch.length - 1;
      boolean single = batch[axis] == 1;
      if (single || (last && repeats(axis, batch[axis], a, b, c))) {
        if (!single) {
          if (a.rows == 1) {
            a.rowStride = a.batchStride[axis];
            c.rowStride = c.batchStride[axis];
          }
          a.rows *= batch[axis];
          c.rows *= batch[axis];
        }
        if (batch.length == 1) {
          return new long[0];
        }
        batch = new long[] {batch[1 - axis]};
        a.drop(axis);
        b.drop(axis);
        c.drop(axis);
      }
    }
    if (batch.length == 2 && joins(batch[1], a) && joins(batch[1], b) && joins(batch[1], c)) {
      batch = new long[] {batch[0] * batch[1]};
      a.drop(0);
      b.drop(0);
      c.drop(0);
    }
    return batch;
  }

  private static boolean repeats(int axis, long extent, Side a, Side b, Side c) {
    if (b.batchStride[axis] != 0 || a.batchStride[axis] <= 0 || c.batchStride[axis] <= 0) {
      return false;
    }
    return a.rows == 1
        || (a.batchStride[axis] == a.rows * a.rowStride
            && c.batchStride[axis] == c.rows * c.rowStride
            && extent * a.rows <= Integer.MAX_VALUE);
  }

  private static boolean joins(long inner, Side s) {
    return s.batchStride[0] == inner * s.batchStride[1];
  }

  private static boolean overlapping(long[] batch, Side c) {
    for (int i = 0; i < batch.length; i++) {
      if (batch[i] > 1 && c.batchStride[i] == 0) {
        return true;
      }
    }
    return false;
  }
}
