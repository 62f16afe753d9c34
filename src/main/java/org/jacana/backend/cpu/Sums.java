package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Makes the sums of the rows of a dense matrix. */
final class Sums {
  /** Enough rows to keep many threads busy. */
  static final int ROWS = 64;

  private Sums() {}

  /** Operands: y [rows], x [rows, columns]. */
  static Prepared prepare(RowsShape s) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = assembly.dense(s.rows(), s.columns());
      dnnl_memory_desc y = assembly.dense(s.rows(), 1);
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_reduction_primitive_desc_create(
              d, Engine.cpu(), dnnl.dnnl_reduction_sum, x, y, 0, 0, assembly.attributes());
      assembly.own("dnnl_reduction_primitive_desc_create", status, d);
      dnnl_memory ym = assembly.operand(y);
      dnnl_memory xm = assembly.operand(x);
      assembly.step(d, new int[] {dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_SRC}, ym, xm);
      return assembly.finish();
    }
  }
}
