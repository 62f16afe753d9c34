package org.jacana.backend.cpu;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jacana.DType;

/**
 * Makes the parts of a batch norm of BF16 [rows, channels]: the moments and the gradients' sums of
 * some rows, and what is computed of each element from them. All that belongs to channels is F32.
 */
final class NativeNorm {
  private NativeNorm() {}

  private static dnnl_memory_desc image(Assembly assembly, RowsShape s) {
    return assembly.nhwc(dnnl.dnnl_bf16, 1, s.rows(), 1, s.columns());
  }

  private static dnnl_primitive_desc forward(
      Assembly assembly, dnnl_memory_desc x, float epsilon, int flags) {
    dnnl_primitive_desc d = new dnnl_primitive_desc();
    int status =
        dnnl.dnnl_batch_normalization_forward_primitive_desc_create(
            d,
            Engine.cpu(),
            dnnl.dnnl_forward_training,
            x,
            x,
            epsilon,
            flags,
            assembly.attributes());
    return assembly.own("dnnl_batch_normalization_forward_primitive_desc_create", status, d);
  }

  /** Operands: x, mean and (biased) variance of its channels. */
  static Prepared moments(RowsShape s) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = image(assembly, s);
      dnnl_memory_desc channels = assembly.dense(s.columns());
      dnnl_primitive_desc d = forward(assembly, x, 1, dnnl.dnnl_normalization_flags_none);
      if (!assembly.kernel(d).startsWith("bnorm_jit")) {
        return null;
      }
      dnnl_memory xm = assembly.operand(x);
      dnnl_memory mean = assembly.operand(channels);
      dnnl_memory variance = assembly.operand(channels);
      assembly.step(
          d,
          new int[] {
            dnnl.DNNL_ARG_SRC, dnnl.DNNL_ARG_MEAN, dnnl.DNNL_ARG_VARIANCE, dnnl.DNNL_ARG_DST
          },
          xm,
          mean,
          variance,
          assembly.scratch(x));
      return assembly.finish();
    }
  }

  /**
   * Operands: x, dy, mean, variance, and the sums of dy (x - mean) / sqrt(variance + epsilon) and
   * of dy.
   */
  static Prepared sums(RowsShape s, float epsilon) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = image(assembly, s);
      dnnl_memory_desc channels = assembly.dense(s.columns());
      int flags = dnnl.dnnl_use_global_stats | dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_batch_normalization_backward_primitive_desc_create(
              d,
              Engine.cpu(),
              dnnl.dnnl_backward,
              x,
              x,
              x,
              epsilon,
              flags,
              forward(assembly, x, epsilon, flags),
              assembly.attributes());
      assembly.own("dnnl_batch_normalization_backward_primitive_desc_create", status, d);
      if (!assembly.kernel(d).startsWith("bnorm_jit")) {
        return null;
      }
      dnnl_memory xm = assembly.operand(x);
      dnnl_memory dy = assembly.operand(x);
      dnnl_memory mean = assembly.operand(channels);
      dnnl_memory variance = assembly.operand(channels);
      dnnl_memory scale = assembly.operand(channels);
      dnnl_memory shift = assembly.operand(channels);
      // The factor is asked for, but only the gradient of x, which is not, depends on it.
      assembly.step(
          d,
          new int[] {
            dnnl.DNNL_ARG_SRC,
            dnnl.DNNL_ARG_DIFF_DST,
            dnnl.DNNL_ARG_MEAN,
            dnnl.DNNL_ARG_VARIANCE,
            dnnl.DNNL_ARG_SCALE,
            dnnl.DNNL_ARG_DIFF_SRC,
            dnnl.DNNL_ARG_DIFF_SCALE,
            dnnl.DNNL_ARG_DIFF_SHIFT
          },
          xm,
          dy,
          mean,
          variance,
          mean,
          assembly.scratch(x),
          scale,
          shift);
      return assembly.finish();
    }
  }

  /**
   * y = ((x - a) b + c + r) d for BF16 x, r and y, and F32 a, b, c and d of channels, rounded once.
   * Operands: y, x, a, b, c, then r and d where they are asked for; y may be x.
   */
  static Prepared affine(RowsShape s, boolean plus, boolean times) {
    try (Assembly assembly = new Assembly(s)) {
      dnnl_memory_desc x = assembly.dense(DType.BF16, s.rows(), s.columns());
      dnnl_memory_desc row = assembly.dense(1, s.columns());
      int[] functions = {dnnl.dnnl_binary_mul, dnnl.dnnl_binary_add};
      dnnl_memory_desc[] layouts = {row, row};
      if (plus) {
        functions = with(functions, dnnl.dnnl_binary_add);
        layouts = with(layouts, x);
      }
      if (times) {
        functions = with(functions, dnnl.dnnl_binary_mul);
        layouts = with(layouts, row);
      }
      dnnl_primitive_desc d = new dnnl_primitive_desc();
      int status =
          dnnl.dnnl_binary_primitive_desc_create(
              d, Engine.cpu(), dnnl.dnnl_binary_sub, x, row, x, then(assembly, functions, layouts));
      assembly.own("dnnl_binary_primitive_desc_create", status, d);
      if (assembly.kernel(d).startsWith("ref")) {
        return null;
      }
      int first = 3;
      int[] kinds = Arrays.copyOf(new int[] {dnnl.DNNL_ARG_DST}, first + functions.length);
      dnnl_memory[] memories = new dnnl_memory[kinds.length];
      kinds[1] = dnnl.DNNL_ARG_SRC_0;
      kinds[2] = dnnl.DNNL_ARG_SRC_1;
      memories[0] = assembly.operand(x);
      memories[1] = assembly.operand(x);
      memories[2] = assembly.operand(row);
      for (int i = 0; i < functions.length; i++) {
        kinds[first + i] = dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (i + 1) | dnnl.DNNL_ARG_SRC_1;
        memories[first + i] = assembly.operand(layouts[i]);
      }
      assembly.step(d, kinds, memories);
      return assembly.finish();
    }
  }

  private static int[] with(int[] a, int last) {
    int[] all = Arrays.copyOf(a, a.length + 1);
    all[a.length] = last;
    return all;
  }

  private static dnnl_memory_desc[] with(dnnl_memory_desc[] a, dnnl_memory_desc last) {
    dnnl_memory_desc[] all = Arrays.copyOf(a, a.length + 1);
    all[a.length] = last;
    return all;
  }

  /** Attributes with functions of the result so far and further operands. */
  private static dnnl_primitive_attr then(
      Assembly assembly, int[] functions, dnnl_memory_desc[] layouts) {
    dnnl_primitive_attr attributes = assembly.attributes();
    dnnl_post_ops ops = new dnnl_post_ops();
    assembly.check("dnnl_post_ops_create", dnnl.dnnl_post_ops_create(ops));
    try {
      for (int i = 0; i < functions.length; i++) {
        assembly.check(
            "dnnl_post_ops_append_binary",
            dnnl.dnnl_post_ops_append_binary(ops, functions[i], layouts[i]));
      }
      assembly.check(
          "dnnl_primitive_attr_set_post_ops",
          dnnl.dnnl_primitive_attr_set_post_ops(attributes, ops));
    } finally {
      dnnl.dnnl_post_ops_destroy(ops);
    }
    return attributes;
  }
}
