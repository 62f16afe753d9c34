package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Functions whose kernel in oneDNN turns NaN into a number, with NaN put back in the same pass: y =
 * max(f(x), x), which is f(x) because f(x) >= x, and x where that is NaN, because x86's maximum is
 * the second operand where one is NaN. Other processors' need not be, so {@link #holds} tries it.
 */
enum KeepNan {
  /** max(x, 0); of -0 either zero. */
  RELU,
  /** As {@link Eltwise#EXP}. */
  EXP;

  private static final class Trial {
    static final boolean HOLDS = tryAll();

    private static boolean tryAll() {
      int n = 37;
      try (Scratch scratch = Scratch.lend(8L * n)) {
        boolean right = true;
        for (KeepNan f : values()) {
          for (int i = 0; i < n; i++) {
            scratch.floats().put(i, input(i));
          }
          right &= OneDnn.keepNan(f, scratch.address() + 4L * n, scratch.address(), n);
          for (int i = 0; i < n; i++) {
            right &= agrees(f, scratch.floats().get(n + i), input(i));
          }
        }
        return right;
      }
    }

    private static float input(int i) {
      return i % 4 == 0 ? Float.NaN : i - 18;
    }

    private static boolean agrees(KeepNan f, float y, float x) {
      double want = f == RELU ? Math.max(x, 0) : Math.exp(x);
      return Float.isNaN(x) ? Float.isNaN(y) : Math.abs(y - want) <= 1e-5 * want;
    }
  }

  /** Whether NaN is kept on this processor; tried on the first call. */
  static boolean holds() {
    return Trial.HOLDS;
  }

  /** Operands: y, x, a zero, and x once more; y may be x. */
  Prepared prepare(RowsShape s) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = assembly.dense(s.rows());
      dnnl_memory_desc one = assembly.dense(1);
      int steps = this == EXP ? 1 : 0;
      dnnl_primitive_attr attributes =
          assembly.attributes(
              after -> {
                if (this == EXP) {
                  assembly.check(
                      "dnnl_post_ops_append_eltwise",
                      dnnl.dnnl_post_ops_append_eltwise(after, dnnl.dnnl_eltwise_exp, 0, 0));
                }
                assembly.appendBinary(after, dnnl.dnnl_binary_max, x);
              });
      // Only binary kernels take such steps; adding zero changes nothing that exp sees.
      int first = this == EXP ? dnnl.dnnl_binary_add : dnnl.dnnl_binary_max;
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_binary_primitive_desc_create(d, Engine.cpu(), first, x, one, x, attributes);
      assembly.own("dnnl_binary_primitive_desc_create", status, d);
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      dnnl_memory y = assembly.operand(x);
      dnnl_memory in = assembly.operand(x);
      dnnl_memory zero = assembly.operand(one);
      dnnl_memory again = assembly.operand(x);
      int last = dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (steps + 1) | dnnl.DNNL_ARG_SRC_1;
      assembly.step(
          d,
          new int[] {dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_SRC_0, dnnl.DNNL_ARG_SRC_1, last},
          y,
          in,
          zero,
          again);
      return assembly.finish();
    }
  }
}
