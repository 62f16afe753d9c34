package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jacana.DType;

/** Makes casts between float types of dense memory, rounding to the nearest, ties to even. */
final class Cast {
  private Cast() {}

  /** The number that oneDNN gives a float type; undef for the rest. */
  static int type(DType t) {
    switch (t) {
      case F32:
        return dnnl.dnnl_f32;
      case F16:
        return dnnl.dnnl_f16;
      case BF16:
        return dnnl.dnnl_bf16;
      default:
        return dnnl.dnnl_data_type_undef;
    }
  }

  static boolean supports(DType t) {
    return type(t) != dnnl.dnnl_data_type_undef;
  }

  /** Operands: y, x. */
  static Prepared prepare(RowsShape s, DType to, DType from) {
    try (Assembly assembly = new Assembly(s)) {
      long[] dims = {s.rows()};
      long[] strides = {1};
      dnnl_memory_desc y = assembly.strided(type(to), dims, strides);
      dnnl_memory_desc x = assembly.strided(type(from), dims, strides);
      dnnl_memory ym = assembly.operand(y);
      dnnl_memory xm = assembly.operand(x);
      assembly.reorder(x, xm, y, ym);
      return assembly.finish();
    }
  }
}
