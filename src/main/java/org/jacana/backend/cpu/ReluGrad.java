package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * dx = dy where y is positive or NaN, else 0 times dy, for F32: right wherever dy is finite, and an
 * infinite or missing dy is never lost. Its comparison lets NaN pass on x86; {@link #holds} tries
 * it.
 */
final class ReluGrad {
  private ReluGrad() {}

  private static final class Trial {
    static final boolean HOLDS = tryIt();

    private static boolean tryIt() {
      int n = 37;
      try (Scratch scratch = Scratch.lend(12L * n)) {
        for (int i = 0; i < n; i++) {
          scratch.floats().put(i, i - 18);
          scratch.floats().put(n + i, output(i));
        }
        long at = scratch.address();
        boolean right = OneDnn.reluGrad(at + 8L * n, at, at + 4L * n, n);
        for (int i = 0; i < n; i++) {
          right &= scratch.floats().get(2 * n + i) == (output(i) == 0 ? 0 : i - 18);
        }
        return right;
      }
    }

    private static float output(int i) {
      return i % 3 == 0 ? Float.NaN : i % 3 == 1 ? 0 : i;
    }
  }

  /** Whether NaN lets dy pass on this processor; tried on the first call. */
  static boolean holds() {
    return Trial.HOLDS;
  }

  /** Operands: dx, dy, y; dx may be dy. */
  static Prepared prepare(RowsShape s) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = assembly.dense(s.rows());
      int relu = dnnl.dnnl_eltwise_relu_use_dst_for_bwd;
      dnnl_primitive_desc forward = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_eltwise_forward_primitive_desc_create(
              forward,
              Engine.cpu(),
              dnnl.dnnl_forward_training,
              relu,
              x,
              x,
              0,
              0,
              assembly.attributes());
      assembly.own("dnnl_eltwise_forward_primitive_desc_create", status, forward);
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      status =
          dnnl.dnnl_eltwise_backward_primitive_desc_create(
              d, Engine.cpu(), relu, x, x, x, 0, 0, forward, assembly.attributes());
      assembly.own("dnnl_eltwise_backward_primitive_desc_create", status, d);
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      assembly.step(
          d,
          new int[] {dnnl.DNNL_ARG_DIFF_SRC, dnnl.DNNL_ARG_DIFF_DST, dnnl.DNNL_ARG_DST},
          assembly.operand(x),
          assembly.operand(x),
          assembly.operand(x));
      return assembly.finish();
    }
  }
}
