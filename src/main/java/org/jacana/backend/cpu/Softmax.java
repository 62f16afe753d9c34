package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Makes softmax and its logarithm over the columns of [rows, columns], and their gradients. */
final class Softmax {
  private Softmax() {}

  private static int algorithm(boolean log) {
    return log ? dnnl.dnnl_softmax_log : dnnl.dnnl_softmax_accurate;
  }

  private static dnnl_primitive_desc forward(
      Assembly assembly, dnnl_memory_desc x, boolean log, boolean training) {
    dnnl_primitive_desc d = new dnnl_primitive_desc();
    int status =
        dnnl.dnnl_softmax_forward_primitive_desc_create(
            d,
            Engine.cpu(),
            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
            algorithm(log),
            x,
            x,
            1,
            assembly.attributes());
    return assembly.own("dnnl_softmax_forward_primitive_desc_create", status, d);
  }

  /** Operands: y, x. */
  static Prepared forward(RowsShape s, boolean log) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = assembly.dense(s.rows(), s.columns());
      dnnl_primitive_desc d = forward(assembly, x, log, false);
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      dnnl_memory ym = assembly.operand(x);
      dnnl_memory xm = assembly.operand(x);
      assembly.step(d, new int[] {dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_SRC}, ym, xm);
      return assembly.finish();
    }
  }

  /** Operands: dx, dy, y. */
  static Prepared backward(RowsShape s, boolean log) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = assembly.dense(s.rows(), s.columns());
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_softmax_backward_primitive_desc_create(
              d,
              Engine.cpu(),
              algorithm(log),
              x,
              x,
              x,
              1,
              forward(assembly, x, log, true),
              assembly.attributes());
      assembly.own("dnnl_softmax_backward_primitive_desc_create", status, d);
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      dnnl_memory dx = assembly.operand(x);
      dnnl_memory dy = assembly.operand(x);
      dnnl_memory y = assembly.operand(x);
      assembly.step(
          d,
          new int[] {dnnl.DNNL_ARG_DIFF_SRC, dnnl.DNNL_ARG_DIFF_DST, dnnl.DNNL_ARG_DST},
          dx,
          dy,
          y);
      return assembly.finish();
    }
  }
}
